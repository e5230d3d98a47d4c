package trial

import (
	"context"
	"time"

	"liuke.dev/shared/moment"
)

// struck is an engine or a link that is broken at the instant at which a process passes
// a moment: it stands still there until the fault is made, and goes on without what it
// was about to need, or was waiting for.
func struck(f Fault, process string, m moment.Moment) Fault {
	at := armed(process, f.Kind, m, "stop")
	at.Target, at.When = f.Target, At(m)+When(" of "+process)
	at.do = func(ctx context.Context, t *Trial) (time.Time, error) {
		p, err := t.standing(ctx, process)
		if err != nil {
			return time.Time{}, err
		}
		t.then = p.Continue
		defer func() { t.then = nil }()
		return f.do(ctx, t)
	}
	return at
}

// made says that the fault is made, and lasts from now on.
func (t *Trial) made() error {
	then := t.then
	if t.then = nil; then == nil {
		return nil
	}
	return then()
}
