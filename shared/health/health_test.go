package health

import (
	"context"
	"errors"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"liuke.dev/shared/instant"
)

func find(t *testing.T, all []State, name string) State {
	t.Helper()
	for _, s := range all {
		if s.Name == name {
			return s
		}
	}
	t.Fatalf("%s is not on the board", name)
	return State{}
}

func TestProbesAreNoLoadAndSeeAChangeSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(instant.Now)
		var asked atomic.Int32
		var broken atomic.Bool
		b.Need("store", func(context.Context) error {
			asked.Add(1)
			if broken.Load() {
				return errors.New("disk full")
			}
			return nil
		})
		var many sync.WaitGroup
		for range 100 {
			many.Go(func() { b.States(t.Context()) })
		}
		many.Wait()
		if n := asked.Load(); n != 1 {
			t.Errorf("asked %d times for 100 probes at once", n)
		}
		first := find(t, b.States(t.Context()), "store")
		broken.Store(true)
		time.Sleep(goodFor + time.Millisecond)
		fell := find(t, b.States(t.Context()), "store")
		if fell.State != Failing || fell.Error != "disk full" || !fell.Since.After(first.Since) || Ready(b.States(t.Context())) {
			t.Errorf("%+v", fell)
		}
		time.Sleep(time.Minute)
		if still := find(t, b.States(t.Context()), "store"); still.Since != fell.Since || !still.Checked.After(fell.Checked) || still.LastOK != first.Checked {
			t.Errorf("since %v and not %v, last seen well at %v and not %v", still.Since, fell.Since, still.LastOK, first.Checked)
		}
		broken.Store(false)
		time.Sleep(badFor + time.Millisecond)
		if !Ready(b.States(t.Context())) {
			t.Error("it answers again, and the process is not ready")
		}
	})
}

func TestNoAnswerIsAnAnswer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(instant.Now)
		never := make(chan struct{})
		b.Need("broker", func(context.Context) error { <-never; return nil })
		b.Need("store", func(context.Context) error { return nil })
		begin := time.Now()
		all := b.States(t.Context())
		if took := time.Since(begin); took > within+time.Millisecond {
			t.Errorf("a probe took %s", took)
		}
		if s := find(t, all, "broker"); s.State != Failing || !strings.Contains(s.Error, "no answer within") {
			t.Errorf("%+v", s)
		}
		if s := find(t, all, "store"); s.State != OK {
			t.Errorf("%+v", s)
		}
		close(never)
	})
}

func TestAPartThatStandsStillCallsForARestartOnlyWhileAllElseAnswers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(instant.Now)
		var away error
		b.Use("kafka", func(context.Context) error { return away })
		b.Part("relay:leads", func(context.Context) error { return errors.New("stands still") })
		if all := b.States(t.Context()); !Ready(all) || len(Stuck(all, instant.Now())) > 0 {
			t.Error("a part that has just stopped makes the process unready, or calls for a restart")
		}
		away = errors.New("away")
		time.Sleep(stuckFor + time.Second)
		if all := b.States(t.Context()); !Ready(all) || len(Stuck(all, instant.Now())) > 0 {
			t.Errorf("it can be without a broker, and no new start brings one back: %+v", Stuck(all, instant.Now()))
		}
		away = nil
		time.Sleep(stuckFor + time.Second)
		if stuck := Stuck(b.States(t.Context()), instant.Now()); len(stuck) != 1 || stuck[0].Name != "relay:leads" {
			t.Errorf("%+v", stuck)
		}
		away = errors.New("away")
		time.Sleep(goodFor)
		if stuck := Stuck(b.States(t.Context()), instant.Now()); len(stuck) > 0 {
			t.Errorf("it is the broker that is away: %+v", stuck)
		}
	})
}

func TestClocksThatDifferAreSeenForAWhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(instant.Now)
		b.Ahead(time.Second, "fact a")
		if s := find(t, b.States(t.Context()), "clock"); s.State != OK {
			t.Errorf("a second is no difference: %+v", s)
		}
		b.Ahead(5*time.Second, "fact b")
		time.Sleep(goodFor)
		if s := find(t, b.States(t.Context()), "clock"); s.State != Failing || !strings.Contains(s.Error, "fact b") || s.Needed {
			t.Errorf("%+v", s)
		}
		time.Sleep(skewSeen + time.Second)
		if s := find(t, b.States(t.Context()), "clock"); s.State != OK {
			t.Errorf("%+v", s)
		}
	})
	var none *Board
	none.Ahead(time.Hour, "x")
	none.Need("x", nil)
}
