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
	for name, add := range map[string]func(*Board, string, func(context.Context) error){"needed": (*Board).Need, "used": (*Board).Use} {
		t.Run(name, func(t *testing.T) { callsForARestart(t, add) })
	}
}

func callsForARestart(t *testing.T, add func(*Board, string, func(context.Context) error)) {
	synctest.Test(t, func(t *testing.T) {
		b := New(instant.Now)
		var away error
		add(b, "engine", func(context.Context) error { return away })
		b.Beside("mail", func(context.Context) error { return errors.New("away") })
		b.Part("relay:leads", func(context.Context) error { return errors.New("stands still") })
		if all := b.States(t.Context()); !Ready(all) || len(Stuck(all, instant.Now())) > 0 {
			t.Error("a part that has just stopped makes the process unready, or calls for a restart")
		}
		time.Sleep(stuckFor + time.Second)
		if stuck := Stuck(b.States(t.Context()), instant.Now()); len(stuck) != 1 || stuck[0].Name != "relay:leads" {
			t.Errorf("%+v", stuck)
		}
		away = errors.New("away")
		time.Sleep(goodFor)
		if stuck := Stuck(b.States(t.Context()), instant.Now()); len(stuck) > 0 {
			t.Errorf("a restart brings no engine back: %+v", stuck)
		}
	})
}

// A mail server that swallows what it is asked holds up no probe but the first.
func TestNoProbeWaitsForWhatStandsAside(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(instant.Now)
		hangs := make(chan struct{})
		var silent bool
		b.Beside("mail", func(context.Context) error {
			if silent {
				<-hangs
			}
			return nil
		})
		b.States(t.Context())
		silent = true
		time.Sleep(asideFor)
		begin := time.Now()
		if s := find(t, b.States(t.Context()), "mail"); s.State != OK || time.Since(begin) > 0 {
			t.Errorf("after %s: %+v", time.Since(begin), s)
		}
		time.Sleep(within + time.Millisecond)
		if s := find(t, b.States(t.Context()), "mail"); s.State != Failing || time.Since(begin) > within+time.Millisecond {
			t.Errorf("after %s: %+v", time.Since(begin), s)
		}
		close(hangs)
	})
}

// What stands aside is told, makes nothing unready, and is not asked by every probe.
func TestWhatStandsAsideIsShownAndAskedSeldom(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(instant.Now)
		var asked int
		b.Beside("mail", func(context.Context) error { asked++; return errors.New("refused") })
		for range 10 {
			all := b.States(t.Context())
			if s := find(t, all, "mail"); s.State != Failing || s.Kind != Aside || s.Needed || !Ready(all) {
				t.Errorf("%+v", s)
			}
			time.Sleep(asideFor/10 - time.Millisecond)
		}
		if asked != 1 {
			t.Errorf("asked %d times", asked)
		}
		time.Sleep(time.Second)
		b.States(t.Context())
		synctest.Wait()
		if asked != 2 {
			t.Errorf("asked %d times", asked)
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
