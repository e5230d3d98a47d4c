package series

import "time"

type tried struct {
	alert  string
	series string // as Prometheus' tests write them: an interval, then values
	at     time.Duration
	holds  bool
}

const (
	minute = time.Minute
	hour   = time.Hour
	day    = 24 * hour
)

var cases = map[string]tried{
	"a rule that fired twice a day is silent": {"LiukeRuleSilent", `load 12h
  liuke_rule_fired_total{kind="lead",rule="idle.0",instance="a"} 0+1x22 22x8`, 14*day + 12*hour, true},
	"a rule fires on another instance": {"LiukeRuleSilent", `load 12h
  liuke_rule_fired_total{kind="lead",rule="idle.0",instance="a"} 0+1x22 22x8
  liuke_rule_fired_total{kind="lead",rule="idle.0",instance="b"} 0x22 1+1x8`, 14*day + 12*hour, false},
	"a rule that seldom fires": {"LiukeRuleSilent", `load 12h
  liuke_rule_fired_total{kind="deal",rule="dwell.1",instance="a"} 0+0x10 3x20`, 14*day + 12*hour, false},
	"a program that was started again": {"LiukeRuleSilent", `load 12h
  liuke_rule_fired_total{kind="lead",rule="idle.0",instance="a"} 0+1x24 0 1 2 3 4 5`, 14*day + 12*hour, false},

	"a journey overslept":   {"LiukeJourneyStuck", "load 1m\n  liuke_journeys{kind=\"lead\",state=\"overdue\",instance=\"a\"} 0 0 1", 2 * minute, true},
	"journeys only run":     {"LiukeJourneyStuck", "load 1m\n  liuke_journeys{kind=\"lead\",state=\"running\"} 5 5 5\n  liuke_journeys{kind=\"lead\",state=\"overdue\"} 0 0 0", 2 * minute, false},
	"an effect failed":      {"LiukeJourneyTroubled", "load 1m\n  liuke_journeys{kind=\"deal\",state=\"troubled\"} 0 0 2", 2 * minute, true},
	"nothing is troubled":   {"LiukeJourneyTroubled", "load 1m\n  liuke_journeys{kind=\"deal\",state=\"troubled\"} 2 1 0", 2 * minute, false},
	"promises came late":    {"LiukePromisesLate", "load 1m\n  liuke_promises_late_total{kind=\"lead\"} 0x10 40x5", 15 * minute, true},
	"they did an hour ago":  {"LiukePromisesLate", "load 1m\n  liuke_promises_late_total{kind=\"lead\"} 0x10 40x70", 75 * minute, false},
	"decisions fail":        {"LiukeDecisionsFail", "load 1m\n  liuke_decisions_total{kind=\"lead\",outcome=\"failed\"} 0+1x10", 10 * minute, true},
	"decisions are made":    {"LiukeDecisionsFail", "load 1m\n  liuke_decisions_total{kind=\"lead\",outcome=\"recorded\"} 0+9x10\n  liuke_decisions_total{kind=\"lead\",outcome=\"failed\"} 3x10", 10 * minute, false},
	"an effect is given up": {"LiukeEffectsFail", "load 1m\n  liuke_effect_attempts_total{effect=\"remind\",outcome=\"failed\"} 0x7 1x8", 15 * minute, true},
	"one is tried again":    {"LiukeEffectsFail", "load 1m\n  liuke_effect_attempts_total{effect=\"remind\",outcome=\"again\"} 0+5x15", 15 * minute, false},
	"a mail is given up":    {"LiukeDeliveriesFail", "load 1m\n  liuke_deliveries_total{channel=\"email\",status=\"failed\"} 0x20 2x10", 30 * minute, true},
	"mails arrive":          {"LiukeDeliveriesFail", "load 1m\n  liuke_deliveries_total{channel=\"email\",status=\"delivered\"} 0+3x30", 30 * minute, false},

	"a dead letter waits":      {"LiukeDeadLetters", "load 1m\n  liuke_dead_letters_pending{group=\"insights\",instance=\"a\"} 0 1", minute, true},
	"it was replayed":          {"LiukeDeadLetters", "load 1m\n  liuke_dead_letters_pending{group=\"insights\",instance=\"a\"} 1 0", minute, false},
	"facts wait for a minute":  {"LiukeFactsDoNotLeave", "load 1m\n  liuke_outbox_oldest_seconds{service=\"leads\"} 0 30 90", 2 * minute, true},
	"facts wait for seconds":   {"LiukeFactsDoNotLeave", "load 1m\n  liuke_outbox_oldest_seconds{service=\"leads\"} 0 3 2", 2 * minute, false},
	"a lag grows":              {"LiukeLagGrows", "load 1m\n  liuke_consumer_lag{group=\"accounts\",topic=\"liuke.leads\"} 600+100x10", 10 * minute, true},
	"a lag is caught up":       {"LiukeLagGrows", "load 1m\n  liuke_consumer_lag{group=\"accounts\",topic=\"liuke.leads\"} 6000-100x10", 10 * minute, false},
	"a lag is a moment's":      {"LiukeLagGrows", "load 1m\n  liuke_consumer_lag{group=\"accounts\",topic=\"liuke.leads\"} 0 0 9000 0 0 0 0 0 0 9000 9000", 10 * minute, false},
	"leads and no decision":    {"LiukeNothingDecided", "load 1m\n  liuke_relay_published_total{service=\"leads\"} 0+10x15\n  liuke_decisions_total{kind=\"lead\"} 7x15", 15 * minute, true},
	"leads that are decided":   {"LiukeNothingDecided", "load 1m\n  liuke_relay_published_total{service=\"leads\"} 0+10x15\n  liuke_decisions_total{kind=\"lead\"} 7+2x15", 15 * minute, false},
	"a quiet night":            {"LiukeNothingDecided", "load 1m\n  liuke_relay_published_total{service=\"leads\"} 500x15\n  liuke_decisions_total{kind=\"lead\"} 7x15", 15 * minute, false},
	"a process is gone":        {"LiukeProcessDown", "load 1m\n  up{job=\"liuke\",instance=\"a\"} 1 0\n  up{job=\"liuke\",instance=\"b\"} 1 1", minute, true},
	"another job's is gone":    {"LiukeProcessDown", "load 1m\n  up{job=\"liuke\",instance=\"a\"} 1 1\n  up{job=\"node\",instance=\"a\"} 1 0", minute, false},
	"Kafka is away":            {"LiukeDependencyDown", "load 1m\n  liuke_dependency_up{dependency=\"kafka\",kind=\"used\",instance=\"a\"} 1 0", minute, true},
	"the store is away":        {"LiukeDependencyDown", "load 1m\n  liuke_dependency_up{dependency=\"store:leads\",kind=\"needed\",instance=\"a\"} 1 0", minute, true},
	"a relay stands still":     {"LiukePartStandsStill", "load 1m\n  liuke_dependency_up{dependency=\"relay:leads\",kind=\"own\",instance=\"a\"} 1 0", minute, true},
	"a relay is no dependency": {"LiukeDependencyDown", "load 1m\n  liuke_dependency_up{dependency=\"relay:leads\",kind=\"own\",instance=\"a\"} 1 0", minute, false},
	"Kafka is no part":         {"LiukePartStandsStill", "load 1m\n  liuke_dependency_up{dependency=\"kafka\",kind=\"used\",instance=\"a\"} 1 0", minute, false},
	"the mail server is away":  {"LiukeOutsideAway", "load 1m\n  liuke_dependency_up{dependency=\"mail\",kind=\"aside\",instance=\"a\"} 1 0", minute, true},
	"a clock is no server":     {"LiukeOutsideAway", "load 1m\n  liuke_dependency_up{dependency=\"clock\",kind=\"aside\",instance=\"a\"} 1 0", minute, false},
	"clocks differ":            {"LiukeClocksDiffer", "load 1m\n  liuke_dependency_up{dependency=\"clock\",kind=\"aside\",instance=\"a\"} 1 0", minute, true},
	"clocks agree":             {"LiukeClocksDiffer", "load 1m\n  liuke_dependency_up{dependency=\"clock\",kind=\"aside\",instance=\"a\"} 0 1\n  liuke_dependency_up{dependency=\"mail\",kind=\"aside\",instance=\"a\"} 0 0", minute, false},

	"one in twenty requests fails": {"LiukeRequestsFail", "load 1m\n  liuke_http_request_seconds_count{service=\"leads\",status=\"201\"} 0+95x5\n  liuke_http_request_seconds_count{service=\"leads\",status=\"503\"} 0+5x5", 5 * minute, true},
	"one in twenty is refused":     {"LiukeRequestsFail", "load 1m\n  liuke_http_request_seconds_count{service=\"leads\",status=\"201\"} 0+95x5\n  liuke_http_request_seconds_count{service=\"leads\",status=\"422\"} 0+5x5", 5 * minute, false},
	"one in twenty takes seconds": {"LiukeRequestsSlow", `load 1m
  liuke_http_request_seconds_bucket{service="leads",route="/v1/leads",le="1"} 0+95x10
  liuke_http_request_seconds_bucket{service="leads",route="/v1/leads",le="5"} 0+100x10
  liuke_http_request_seconds_bucket{service="leads",route="/v1/leads",le="+Inf"} 0+100x10`, 10 * minute, true},
	"who listens to events waits": {"LiukeRequestsSlow", `load 1m
  liuke_http_request_seconds_bucket{service="notifications",route="/v1/events",le="1"} 0+1x10
  liuke_http_request_seconds_bucket{service="notifications",route="/v1/events",le="5"} 0+1x10
  liuke_http_request_seconds_bucket{service="notifications",route="/v1/events",le="+Inf"} 0+100x10`, 10 * minute, false},
	"SQLite refuses a write":     {"LiukeStoreFails", "load 1m\n  liuke_sqlite_failures_total{store=\"leads\",instance=\"a\"} 0x7 1x3", 10 * minute, true},
	"MongoDB fails a dozen":      {"LiukeStoreFails", "load 1m\n  liuke_mongo_failures_total{command=\"insert\",instance=\"a\"} 0+2x10", 10 * minute, true},
	"MongoDB elects a new first": {"LiukeStoreFails", "load 1m\n  liuke_mongo_failures_total{command=\"insert\",instance=\"a\"} 0x7 4x3\n  liuke_sqlite_failures_total{store=\"leads\",instance=\"a\"} 1x10", 10 * minute, false},
}
