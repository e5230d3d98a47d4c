package observability

// Several workers show the same counts of journeys and letters, so these are
// taken as the largest; what each process counts by itself is added up.

func quantile(q, metric, by string) string {
	return "histogram_quantile(" + q + ", sum by (le, " + by + ") (rate(" + metric + "_bucket[5m])))"
}

var sections = []section{
	{"Does it keep its promises?", []panel{
		{title: "Overdue journeys", stat: true, unit: "short", about: "Slept two minutes past a due time: their timer did not wake them. LiukeJourneyStuck",
			lines: []line{{`sum(max by (kind) (liuke_journeys{state="overdue"}))`, ""}}},
		{title: "Troubled journeys", stat: true, unit: "short", about: "An effect failed for good, or the rules fail. LiukeJourneyTroubled",
			lines: []line{{`sum(max by (kind) (liuke_journeys{state="troubled"}))`, ""}}},
		{title: "Late promises, last hour", stat: true, unit: "short", about: "Fired more than a minute after they were due. LiukePromisesLate",
			lines: []line{{`sum(increase(liuke_promises_late_total[1h]))`, ""}}},
		{title: "Dead letters", stat: true, unit: "short", about: "Facts that a consumer gave up. LiukeDeadLetters",
			lines: []line{{`sum(max by (group) (liuke_dead_letters_pending)) or vector(0)`, ""}}},
		{title: "Away or standing still", stat: true, unit: "short", about: "Dependencies that do not answer, and parts of processes that stand still. LiukeDependencyDown, LiukePartStandsStill",
			lines: []line{{`count(liuke_dependency_up == 0) or vector(0)`, ""}}},
		{title: "Running journeys", stat: true, good: true, unit: "short", about: "Of all kinds",
			lines: []line{{`sum(max by (kind) (liuke_journeys{state="running"}))`, ""}}},
		{title: "Rules that fire", unit: "short", about: "Obligations fired, per hour", lines: []line{{`sum by (kind, rule) (increase(liuke_rule_fired_total[1h]))`, "{{kind}} {{rule}}"}}},
		{title: "How late", unit: "s", about: "Due until fired, of the 99th of a hundred", lines: []line{{quantile("0.99", "liuke_promise_lateness_seconds", "kind"), "{{kind}}"}}},
		{title: "Time since a rule fired", unit: "s", about: "A rule that usually fires and has fallen silent stands out. LiukeRuleSilent",
			lines: []line{{`time() - max by (kind, rule) (liuke_rule_last_fired_timestamp_seconds)`, "{{kind}} {{rule}}"}}},
	}},
	{"Requests", []panel{
		{title: "Rate", unit: "reqps", lines: []line{{`sum by (service) (rate(liuke_http_request_seconds_count[5m]))`, "{{service}}"}}},
		{title: "Time, p99", unit: "s", lines: []line{{quantile("0.99", "liuke_http_request_seconds", "service"), "{{service}}"}}},
		{title: "Failed (5xx)", unit: "reqps", lines: []line{{`sum by (service) (rate(liuke_http_request_seconds_count{status=~"5.."}[5m]))`, "{{service}}"}}},
	}},
	{"Facts", []panel{
		{title: "Published", unit: "short", about: "Facts per second", lines: []line{{`sum by (service) (rate(liuke_relay_published_total[5m]))`, "{{service}}"}}},
		{title: "Waiting to leave", unit: "s", about: "Age of the oldest fact that is committed and not published. LiukeFactsDoNotLeave",
			lines: []line{{`max by (service) (liuke_outbox_oldest_seconds)`, "{{service}}"}}},
		{title: "Outbox", unit: "short", lines: []line{{`max by (service) (liuke_outbox_pending)`, "{{service}}"}}},
		{title: "Lag", unit: "short", about: "Facts that a group has not handled. LiukeLagGrows", lines: []line{{`max by (group, topic) (liuke_consumer_lag)`, "{{group}} {{topic}}"}}},
		{title: "Age when handled, p99", unit: "s", lines: []line{{quantile("0.99", "liuke_fact_age_seconds", "group"), "{{group}}"}}},
		{title: "Trouble", unit: "short", about: "Attempts per second that failed, by consumers and relays", lines: []line{
			{`sum by (group) (rate(liuke_consumer_retries_total[5m]))`, "{{group}} tries again"}, {`sum by (service, step) (rate(liuke_relay_errors_total[5m]))`, "relay {{service}} {{step}}"},
			{`sum by (group) (rate(liuke_consumer_dead_letters_total[5m]))`, "{{group}} gives up"}, {`sum by (service) (rate(liuke_relay_refused_total[5m]))`, "{{service}} cannot publish"},
			{`sum by (group) (rate(liuke_consumer_repeated_total[5m]))`, "{{group}} repeats"}}},
	}},
	{"Journeys and effects", []panel{
		{title: "Decisions", unit: "short", about: "Per second", lines: []line{{`sum by (kind, outcome) (rate(liuke_decisions_total[5m]))`, "{{kind}} {{outcome}}"}}},
		{title: "Time of a decision, p99", unit: "s", lines: []line{{quantile("0.99", "liuke_decision_seconds", "kind"), "{{kind}}"}}},
		{title: "From a fact to its journey", unit: "s", lines: []line{{`max(liuke_journeys_lag)`, "newest fact"}}},
		{title: "Effects", unit: "short", about: "Attempts per second", lines: []line{{`sum by (effect, outcome) (rate(liuke_effect_attempts_total[5m]))`, "{{effect}} {{outcome}}"}}},
		{title: "Time of an effect, p99", unit: "s", lines: []line{{quantile("0.99", "liuke_effect_seconds", "effect"), "{{effect}}"}}},
		{title: "Behind the policy", unit: "short", about: "Running journeys whose newest decision was by an older policy", lines: []line{{`max by (kind) (liuke_journeys{state="behind"})`, "{{kind}}"}}},
	}},
	{"Reaching people", []panel{
		{title: "Deliveries", unit: "short", about: "Per hour", lines: []line{{`sum by (channel, status) (increase(liuke_deliveries_total[1h]))`, "{{channel}} {{status}}"}}},
		{title: "Reminder to delivery, p90", unit: "s", about: "What quiet hours withhold is old", lines: []line{{quantile("0.9", "liuke_delivery_age_seconds", "channel"), "{{channel}}"}}},
		{title: "Handled", unit: "short", about: "Facts handled per second", lines: []line{{`sum by (group) (rate(liuke_consumer_handled_total[5m]))`, "{{group}}"}}},
	}},
	{"Stores and processes", []panel{
		{title: "SQLite: commits per transaction", unit: "short", lines: []line{{`sum by (store) (rate(liuke_sqlite_group_commits_sum[5m])) / sum by (store) (rate(liuke_sqlite_group_commits_count[5m]))`, "{{store}}"}}},
		{title: "SQLite: transaction, p99", unit: "s", lines: []line{{quantile("0.99", "liuke_sqlite_transaction_seconds", "store"), "{{store}}"},
			{`sum by (store) (rate(liuke_sqlite_failures_total[5m]))`, "{{store}} failures a second"}}},
		{title: "MongoDB: command, p99", unit: "s", lines: []line{{quantile("0.99", "liuke_mongo_command_seconds", "command"), "{{command}}"},
			{`sum by (command) (rate(liuke_mongo_failures_total[5m]))`, "{{command}} failures a second"}}},
		{title: "Processor", unit: "percentunit", about: "Cores in use", lines: []line{{`rate(process_cpu_seconds_total{job="liuke"}[5m])`, "{{instance}}"}}},
		{title: "Memory", unit: "bytes", lines: []line{{`process_resident_memory_bytes{job="liuke"}`, "{{instance}}"}}},
		{title: "Goroutines", unit: "short", lines: []line{{`go_goroutines{job="liuke"}`, "{{instance}}"}}},
	}},
}
