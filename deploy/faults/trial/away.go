package trial

import (
	"context"
	"fmt"
	"strings"
	"time"

	"liuke.dev/deploy/recount"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
)

// away is an engine that cannot be reached for so long that the suite must account
// for it: there must be a receipt that names the engine, the time, and what became
// of every promise that came due meanwhile.
func away(target string, kind Kind, dependency string) Fault {
	f := broken(target, kind, Long)
	f.away = dependency
	return f
}

// longer is how long an engine is away then: more than the ten seconds from which
// on programs record what interrupted them.
const longer = 12 * time.Second

const (
	// receiptWithin bounds how long the receipt may take to be right: programs look
	// every five seconds, and so does who draws it up.
	receiptWithin = time.Minute
	// fewestDue come due while an engine is away; with fewer the receipt says little.
	fewestDue = 10
)

// enough lets people work until so many promises come due while an engine is away.
func (t *Trial) enough(ctx context.Context, f Fault) error {
	for f.away != "" {
		if err := t.read(); err != nil {
			return err
		}
		if now := instant.Now(); t.ledger.Pending(now, now.Add(longer)) > fewestDue {
			break
		}
		if err := rest(ctx, look); err != nil {
			return err
		}
	}
	return nil
}

// receipt compares the receipt of an engine's absence with the facts.
func (t *Trial) receipt(ctx context.Context, f Fault, ended time.Time, r *Result) {
	if f.away == "" {
		return
	}
	o := recount.Outage{Cause: catalogue.CauseAway, Dependency: f.away, Begun: instant.Of(ended.Add(-longer)), Ended: instant.Of(ended)}
	got, err := t.ledger.AwaitReceipt(ctx, t.Office.As(t.Office.Boss), o, receiptWithin, t.read)
	if err != nil {
		r.Findings = append(r.Findings, err.Error())
		return
	}
	if got.Due < fewestDue {
		r.Findings = append(r.Findings, fmt.Sprintf("only %d came due while %s was away: the row proves little", got.Due, f.away))
	}
	t.say("    the receipt: %s to %s, %d due, %d fired, %d late, %d settled; the same from outside", got.From, got.Until, got.Due, got.Fired, got.Late, got.Settled)
	for language, says := range map[string][]string{"en": {f.away + " did not answer", "None was lost, and each fired once"}, "zh-CN": {"无法访问 " + f.away, "无一遗漏，每项只执行一次"}} {
		page, err := t.Office.Run(ctx, t.liuke, "outages", got.ID, "--lang", language)
		for _, one := range says {
			if err != nil || !strings.Contains(page, one) {
				r.Findings = append(r.Findings, fmt.Sprintf("liuke outages in %s does not say %q: %v\n%s", language, one, err, page))
			}
		}
	}
}
