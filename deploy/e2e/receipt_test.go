package e2e

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"liuke.dev/deploy/recount"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/programtest"
)

// receipt is what the API says of an outage.
type receipt struct {
	ID            string         `json:"id"`
	From          instant.Time   `json:"from"`
	Until         instant.Time   `json:"until"`
	Interruptions []interruption `json:"interruptions"`
	Due           int64          `json:"due"`
	Fired         int64          `json:"fired"`
	Late          int64          `json:"late"`
	Settled       int64          `json:"settled"`
	Open          int64          `json:"open"`
	Doubled       int64          `json:"doubled"`
	LateOnes      []struct {
		ID string `json:"id"`
	} `json:"late_ones"`
}

type interruption struct {
	Program string `json:"program"`
	Cause   string `json:"cause"`
}

// checkReceipt checks the outage's receipt against the count from outside: when
// it was, why, and what became of every promise that came due meanwhile.
func checkReceipt(ctx context.Context, t *testing.T, o *programtest.Office, l *recount.Ledger, cause string, stopping, down, back instant.Time) {
	t.Helper()
	r := awaitReceipt(ctx, t, o, down)
	if !slices.ContainsFunc(r.Interruptions, func(i interruption) bool { return i.Cause == cause }) {
		t.Errorf("the receipt knows no cause %q: %+v", cause, r.Interruptions)
	}
	if r.From < stopping.Add(-6*time.Second) || r.From > down || r.Until < back {
		t.Errorf("the receipt says down %s to %s; it was %s to %s", r.From, r.Until, down, back)
	}
	fired, late := int64(0), int64(0)
	for _, all := range l.Fired {
		if f := all[0]; f.Obligation.Due >= r.From && f.Obligation.Due < r.Until {
			fired++
			if f.Late {
				late++
			}
		}
	}
	if r.Fired != fired || r.Late != late || r.Doubled != 0 || r.Due != r.Fired+r.Settled || int64(len(r.LateOnes)) != min(late, 200) {
		t.Errorf("the receipt says %+v; counted from outside: %d fired, %d late", r, fired, late)
	}
	if late < 20 {
		t.Errorf("only %d late: the test proves little", late)
	}
	for language, want := range map[string]string{"en": "None was lost, and each fired once", "zh-CN": "无一遗漏，每项只执行一次"} {
		page, err := o.Run(ctx, binary, "outages", r.ID, "--lang", language)
		if err != nil || !strings.Contains(page, want) {
			t.Errorf("liuke outages in %s: %v\n%s", language, err, page)
		}
		t.Log("\n" + page)
	}
}

// awaitReceipt waits until everything that came due meanwhile is settled.
func awaitReceipt(ctx context.Context, t *testing.T, o *programtest.Office, at instant.Time) (r receipt) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); rest(ctx, t, time.Second) {
		err := o.As(o.Boss).Get(ctx, "/v1/insights/outages/"+at.String(), &r)
		if err == nil && r.Open == 0 && r.Due > 0 {
			return r
		}
	}
	t.Fatalf("no settled receipt within a minute: %+v", r)
	return r
}
