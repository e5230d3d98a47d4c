package e2e

import (
	"slices"
	"testing"
	"time"

	"liuke.dev/shared/programtest"
)

// A lead's first-contact task is in the list soon after the lead is recorded,
// also while leads come in steadily. The bounds are loose, for machines that do
// much else; bench measures.
func TestATaskIsVisibleSoonAfterItsLead(t *testing.T) {
	ctx := bounded(t, 2*time.Minute)
	o := open(ctx, t)
	took, err := programtest.TaskLatency(ctx, o, 5, 8*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(took)
	p50, p99 := took[len(took)/2], took[len(took)*99/100]
	t.Logf("%d leads: p50 %s, p99 %s", len(took), p50, p99)
	if p50 > 2*time.Second || p99 > 8*time.Second {
		t.Errorf("p50 %s, p99 %s", p50, p99)
	}
}
