package trial

import "liuke.dev/shared/moment"

// Links of the suite on real engines, besides those of the embedded set.
const (
	toStore    = "suite → MongoDB"
	toKafka    = "suite → Kafka 1"
	toKafkas   = "suite → Kafka" // every node
	toTemporal = "suite → Temporal"
	toPostgres = "Temporal → PostgreSQL"
)

// Processes of the suite: a service's instance, or all of them by the service's name.
const (
	mongoServer    = "MongoDB server"
	broker         = "broker"
	leader         = "broker that leads liuke.leads/0"
	coordinator    = "broker that coordinates liuke.journeys"
	temporalServer = "Temporal"
	postgresServer = "PostgreSQL of Temporal"
	worker1        = "journeys-1"
)

// RealProcesses is the table of processes of the suite, with one Kafka node. What
// the rows leave behind makes the MongoDB stand-in slower, so that the rows with one
// node are tried on three suites.
func RealProcesses() []Fault {
	return []Fault{
		killed(broker, Load), killed(broker, Idle), paused(broker, Load),
		killed(mongoServer, Load), killed(mongoServer, Idle), paused(mongoServer, Load),
		killed(temporalServer, Load), killed(temporalServer, Idle), paused(temporalServer, Load),
		killed(postgresServer, Load), paused(postgresServer, Load),

		killed("leads-1", Load), killedAt("leads-1", moment.BeforeCommit), killedAt("leads-1", moment.AfterCommit), killedAt("leads-1", moment.BeforePublish),
		killedAt("leads-1", moment.AfterPublish), paused("leads-1", Load), pausedAt("leads-1", moment.AfterCommit), killed("leads", Load),
		killed("notifications-1", Load), killedAt("notifications-1", moment.AfterCommit), killedAt("notifications-1", moment.AfterPublish), paused("notifications-1", Load),
		killedAt("notifications-1", moment.BeforeDelivery).delivers(), killedAt("notifications-1", moment.AfterDelivery).delivers(),
		killed("accounts-1", Load), paused("accounts-1", Load), killed("organization-1", Load), paused("organization-1", Load), killed("insights-1", Load), paused("insights-1", Load),
		killed(worker1, Load), killed(worker1, Idle), killed("journeys", Load), paused(worker1, Load), killedAt(worker1, moment.BeforeDecision), killedAt(worker1, moment.AfterDecision),
		pausedAt(worker1, moment.AfterDecision), killedAt(worker1, moment.BeforeEffect), killedAt(worker1, moment.AfterEffect), pausedAt(worker1, moment.AfterEffect),
	}
}

// RealInstants are engines and links that are broken at an instant, and engines that
// are away for long, with one Kafka node.
func RealInstants() []Fault {
	return []Fault{
		struck(killed(mongoServer, Load), "leads-1", moment.BeforeCommit), struck(broken(toStore, Lose, Load), "leads-1", moment.BeforeCommit), struck(broken(toStore, Cut, Load), "leads-1", moment.AfterCommit),
		struck(killed(broker, Load), "leads-1", moment.BeforePublish), struck(broken(toKafkas, Lose, Load), "leads-1", moment.BeforePublish), struck(broken(toKafkas, Cut, Load), "leads-1", moment.AfterPublish),
		struck(killed(temporalServer, Load), worker1, moment.AfterDecision), struck(broken(toTemporal, Lose, Load), worker1, moment.AfterDecision), struck(broken(toTemporal, Cut, Load), worker1, moment.AfterEffect),
		struck(killed(postgresServer, Load), worker1, moment.AfterDecision), struck(broken(toServices, Lose, Load), worker1, moment.BeforeEffect), struck(killed("notifications", Load), worker1, moment.BeforeEffect),
		struck(broken(toMail, Lose, Load), "notifications-1", moment.BeforeDelivery).delivers(), struck(broken(toHook, Lose, Load), "notifications-1", moment.BeforeDelivery).delivers(),
		away(toStore, Cut, "store"), away(toKafkas, Hang, "kafka"), away(toTemporal, Hang, "temporal"), away(toPostgres, Cut, "temporal"),
	}
}

// RealLinks is the table of links between processes of the suite, with one Kafka node.
func RealLinks() []Fault {
	table := []Fault{broken(toPostgres, Slow, Load), broken(toPostgres, Cut, Load)}
	for _, name := range []string{toStore, toKafka, toTemporal, toServices, toProgram} {
		table = append(table, broken(name, Slow, Load), broken(name, Cut, Load), broken(name, Hang, Load), broken(name, Lose, Load))
	}
	for _, name := range []string{toMail, toHook} {
		table = append(table, broken(name, Slow, Load).delivers(), broken(name, Cut, Load).delivers(), broken(name, Hang, Load).delivers())
	}
	return table
}

// RealLarge is the table with three Kafka nodes, and the rows that CI tries.
func RealLarge() []Fault {
	return []Fault{
		killedAt("notifications-1", moment.AfterDelivery).short(), // early: what was under way is sent again after its lease, a minute
		killed(leader, Load).short(), killed(leader, Idle), paused(leader, Load),
		killed(coordinator, Load).short(), killed(coordinator, Idle), paused(coordinator, Load),
		broken(toKafka, Slow, Load), broken(toKafka, Cut, Load), broken(toKafka, Hang, Load),
		killedAt("leads-1", moment.AfterCommit).short(),
		killedAt(worker1, moment.AfterDecision).short(),
		killed(temporalServer, Load).short(),
		broken(toStore, Lose, Load).short(),
		away(toStore, Hang, "store").short(), away(toKafkas, Cut, "kafka").short(), away(toTemporal, Cut, "temporal").short(),
	}
}
