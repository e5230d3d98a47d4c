package e2e

import (
	"context"
	"strings"
	"testing"
	"time"

	"liuke.dev/deploy/recount"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/programtest"
)

// checkReceipt checks the outage's receipt against the count from outside: when
// it was, why, and what became of every promise that came due meanwhile.
func checkReceipt(ctx context.Context, t *testing.T, o *programtest.Office, l *recount.Ledger, cause string, stopping, down, back instant.Time) {
	t.Helper()
	read := func() error { return nil } // the ledger is settled
	r, err := l.AwaitReceipt(ctx, o.As(o.Boss), recount.Outage{Cause: cause, Begun: down, Ended: back}, time.Minute, read)
	if err != nil {
		t.Fatal(err)
	}
	if r.From < stopping.Add(-6*time.Second) {
		t.Errorf("the receipt says down from %s; it was asked to end at %s", r.From, stopping)
	}
	if r.Late < 20 {
		t.Errorf("only %d late: the test proves little", r.Late)
	}
	for language, want := range map[string]string{"en": "None was lost, and each fired once", "zh-CN": "无一遗漏，每项只执行一次"} {
		page, err := o.Run(ctx, binary, "outages", r.ID, "--lang", language)
		if err != nil || !strings.Contains(page, want) {
			t.Errorf("liuke outages in %s: %v\n%s", language, err, page)
		}
		t.Log("\n" + page)
	}
}
