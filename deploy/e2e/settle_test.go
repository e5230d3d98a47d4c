package e2e

import (
	"context"
	"fmt"
	"testing"
	"time"

	"liuke.dev/deploy/recount"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/programtest"
)

// settle waits until nothing is under way: every fact published and read, no
// obligation pending, no effect missing. What stands in the way is the failure.
// What is done meanwhile is done with every look at the facts.
func settle(ctx context.Context, t *testing.T, o *programtest.Office, s *programtest.Stream, within time.Duration, meanwhile ...func(*recount.Ledger)) *recount.Ledger {
	t.Helper()
	if err := s.CaughtUp(ctx); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(leeway * slower * within); ; {
		waiting, l := unsettled(ctx, t, o, s)
		if waiting == "" {
			return l
		}
		for _, do := range meanwhile {
			do(l)
		}
		if time.Now().After(end) {
			show(t, o)
			t.Fatalf("not settled within %s: %s\n%s", within, waiting, l.Count())
		}
		rest(ctx, t, time.Second)
	}
}

func unsettled(ctx context.Context, t *testing.T, o *programtest.Office, s *programtest.Stream) (string, *recount.Ledger) {
	t.Helper()
	quiet := s.Quiet()
	l, err := recount.ReadLedger(s.Facts())
	if err != nil {
		t.Fatal(err)
	}
	m, err := o.Metrics(ctx)
	if err != nil {
		t.Fatal(err)
	}
	due, id := l.DueSoon()
	broken, unknown := l.Broken(instant.Now(), 10*time.Second), l.Unknown()
	switch {
	case len(m.Above("liuke_outbox_pending", 0)) > 0:
		return fmt.Sprint("facts wait in outboxes: ", m.Above("liuke_outbox_pending", 0)), l
	case len(m.Above("liuke_consumer_lag", 0)) > 0:
		return fmt.Sprint("consumers lag behind: ", m.Above("liuke_consumer_lag", 0)), l
	case len(unknown) > 0: // a consumer that has not joined its group since it was started shows no lag
		return fmt.Sprintf("no journey has decided about leads %q", unknown), l
	case len(broken) > 0:
		return fmt.Sprintf("%d promises are not kept: %q", len(broken), broken[:min(5, len(broken))]), l
	case due != 0:
		return fmt.Sprintf("%s is pending, due at %s", id, due), l
	case quiet < 3*time.Second:
		return fmt.Sprintf("the last fact came %s ago", quiet), l
	}
	return "", l
}

// allRead waits until every fact was read and nothing new comes.
func allRead(ctx context.Context, t *testing.T, o *programtest.Office, s *programtest.Stream) {
	t.Helper()
	if err := s.CaughtUp(ctx); err != nil {
		t.Fatal(err)
	}
	for {
		m, err := o.Metrics(ctx)
		if err != nil {
			t.Fatal(err)
		}
		waiting := len(m.Above("liuke_outbox_pending", 0)) + len(m.Above("liuke_consumer_lag", 0))
		if waiting == 0 && s.Quiet() > 2*time.Second {
			return
		}
		rest(ctx, t, time.Second)
	}
}
