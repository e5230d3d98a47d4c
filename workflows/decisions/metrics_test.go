package decisions

import (
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/testutil"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/workflows/journey"
)

// An alert looks for rules that fell silent by what their counters grow by: a counter
// that begins at one with the first firing after a start has not grown.
func TestARuleIsCountedFromWhenItIsArmed(t *testing.T) {
	m := measured(prometheus.NewRegistry())
	m.recorded("lead", journey.Decision{Pending: []catalogue.Obligation{{Rule: "idle.0"}, {Rule: "idle.1"}}}, time.Now(), instant.Now())
	if n := testutil.CollectAndCount(m.fired); n != 2 {
		t.Fatalf("%d rules are counted, 2 are armed", n)
	}
	if n := testutil.ToFloat64(m.fired.WithLabelValues("lead", "idle.0")); n != 0 {
		t.Errorf("a rule that is only armed fired %v times", n)
	}
	m.recorded("lead", journey.Decision{Fired: []catalogue.Fired{{Obligation: catalogue.Obligation{Rule: "idle.0"}}}}, time.Now(), instant.Now())
	if n := testutil.ToFloat64(m.fired.WithLabelValues("lead", "idle.0")); n != 1 {
		t.Errorf("it fired once, counted are %v", n)
	}
}
