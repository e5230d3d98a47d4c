package trial

import "liuke.dev/shared/moment"

// The program with the embedded engines is one process: killing it kills store,
// broker, Temporal, worker and every service at the same instant.
const program = "program"

// Links of the embedded set.
const (
	toServices = "worker → services"
	toProgram  = "people → services"
	toMail     = "notifications → SMTP server"
	toHook     = "notifications → webhook"
)

// Embedded is the table on the embedded engines.
func Embedded() []Fault {
	table := []Fault{
		killed(program, Idle).short(),
		killed(program, Load),
		killedAt(program, moment.AfterDelivery).short(), // early: what was under way is sent again after its lease, a minute
		killedAt(program, moment.BeforeDelivery),
		killedAt(program, moment.BeforeCommit),
		killedAt(program, moment.AfterCommit).short(),
		killedAt(program, moment.BeforePublish),
		killedAt(program, moment.AfterPublish).short(),
		killedAt(program, moment.BeforeDecision),
		killedAt(program, moment.AfterDecision).short(),
		killedAt(program, moment.BeforeEffect),
		killedAt(program, moment.AfterEffect).short(),

		paused(program, Idle),
		paused(program, Load).short(),
		pausedAt(program, moment.AfterCommit),
		pausedAt(program, moment.AfterPublish),
		pausedAt(program, moment.AfterDecision),
		pausedAt(program, moment.AfterEffect),

		ailing("store", program, Slow, moment.BeforeCommit, "sleep=100ms", 60),
		ailing("store", program, Cut, moment.BeforeCommit, "error", 60).short(),
		ailing("broker", program, Slow, moment.BeforePublish, "sleep=500ms", 12),
		ailing("broker", program, Cut, moment.BeforePublish, "error", 20),
		ailing("broker", program, Lose, moment.AfterPublish, "error", 20),
		ailing("worker", program, Slow, moment.AfterDecision, "sleep=500ms", 12),
		ailing("worker", program, Cut, moment.BeforeDecision, "error", 12),
		ailing("worker", program, Lose, moment.AfterDecision, "error", 12).short(),
		ailing("services", program, Slow, moment.BeforeEffect, "sleep=500ms", 12),
		ailing("services", program, Cut, moment.BeforeEffect, "error", 12),
		ailing("services", program, Lose, moment.AfterEffect, "error", 12),
		ailing("SMTP server, webhook", program, Cut, moment.BeforeDelivery, "error", 5).delivers(),
		ailing("SMTP server, webhook", program, Lose, moment.AfterDelivery, "error", 5).delivers(),
	}
	for _, name := range []string{toServices, toProgram} {
		table = append(table, broken(name, Slow, Load), broken(name, Cut, Load), broken(name, Hang, Load), broken(name, Lose, Load))
	}
	for _, name := range []string{toMail, toHook} {
		table = append(table, broken(name, Slow, Load).delivers(), broken(name, Cut, Load).delivers(), broken(name, Hang, Load).delivers(),
			broken(name, Lose, Load).delivers())
	}
	table = append(table, broken(toServices, Cut, Idle), broken(toMail, Cut, Idle).delivers(), broken(toHook, Cut, Idle).delivers())
	for i, f := range table {
		switch {
		case f.Target == toProgram && f.Kind == Lose, f.Target == toServices && f.Kind == Hang, f.Target == toMail && f.Kind == Cut && f.When == Load:
			table[i] = f.short()
		}
	}
	return table
}
