package policy

import (
	"encoding/json"
	"testing"
	"time"

	"liuke.dev/shared/instant"
)

func view(t testing.TB, speed int64) *View {
	t.Helper()
	v, err := NewView(&Book{Version: 1, Sections: Defaults()}, speed)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func shanghai(t testing.TB, text string) instant.Time {
	t.Helper()
	v, err := time.Parse("2006-01-02 15:04:05 -0700", text+" +0800")
	if err != nil {
		t.Fatal(err)
	}
	return instant.Of(v)
}

func TestAfter(t *testing.T) {
	v := view(t, 1)
	friday := shanghai(t, "2026-11-20 17:00:00")
	for d, want := range map[string]string{
		"0m": "2026-11-20 17:00:00", "": "2026-11-20 17:00:00", "90s": "2026-11-20 17:01:30", "10m": "2026-11-20 17:10:00",
		"24h": "2026-11-21 17:00:00", "7d": "2026-11-27 17:00:00", "99999d": "2300-09-04 17:00:00",
		"60wm": "2026-11-20 18:00:00", "61wm": "2026-11-23 09:01:00", "2wh": "2026-11-23 10:00:00",
		"1wd": "2026-11-23 17:00:00", "3wd": "2026-11-25 17:00:00",
	} {
		if got := v.After(friday, D(d)); got != shanghai(t, want) {
			t.Errorf("%q: %s, want %s", d, got.Std().Add(8*time.Hour), want)
		}
	}
}

func TestDemoShortensEveryDuration(t *testing.T) {
	v := view(t, 86400)
	at := shanghai(t, "2026-11-21 03:00:00") // a Saturday night
	for d, want := range map[string]time.Duration{"7d": 7 * time.Second, "24h": time.Second, "3wd": 3 * time.Second, "12wh": 500 * time.Millisecond} {
		if got := v.After(at, D(d)).Sub(at); got != want {
			t.Errorf("%s takes %s, want %s", d, got, want)
		}
	}
	if !v.Working(at) {
		t.Error("a demo works round the clock")
	}
}

func TestDurationText(t *testing.T) {
	for _, good := range []string{"", "0m", "10m", "24h", "7d", "3wd", "4wh", "90wm", "99999s"} {
		if d, err := ParseDuration(good); err != nil || d.String() != good {
			t.Errorf("%q: %v %v", good, d, err)
		}
	}
	for _, bad := range []string{"7", "d", "-1d", "1.5h", "7 d", "7D", "100000d", "1w", "1h30m", "７d"} {
		if d, err := ParseDuration(bad); err == nil {
			t.Errorf("%q was read as %v", bad, d)
		}
	}
	var d Duration
	if err := json.Unmarshal([]byte(`"3wd"`), &d); err != nil || !d.Working() || d.Elapsed() != 72*time.Hour {
		t.Errorf("%v %v", d, err)
	}
}

// The version in force is, of those effective by then, the one published last.
func TestInForce(t *testing.T) {
	h := NewHolder(1)
	if _, err := h.At(1000); err != ErrNoPolicy {
		t.Errorf("empty: %v", err)
	}
	for _, b := range []struct{ version, from int64 }{{3, 300}, {1, 0}, {4, 200}, {2, 100}} { // facts may come in any order
		if err := h.Put(Book{Version: b.version, EffectiveFrom: instant.Time(b.from), Sections: Defaults()}); err != nil {
			t.Fatal(err)
		}
	}
	for at, want := range map[int64]int64{0: 1, 99: 1, 100: 2, 199: 2, 200: 4, 300: 4, 9999: 4} {
		if v, err := h.At(instant.Time(at)); err != nil || v.Version != want {
			t.Errorf("at %d: %v %v, want %d", at, v, err, want)
		}
	}
	if v, ok := h.Version(3); !ok || v.Version != 3 {
		t.Error("version 3 is not known")
	}
	if _, ok := h.Version(5); ok {
		t.Error("version 5 is known")
	}
	if v, ok := h.Latest(); !ok || v.Version != 4 {
		t.Error("the latest is 4")
	}
	if err := h.Put(Book{Version: 1, EffectiveFrom: 5000}); err != nil {
		t.Errorf("a version that is known is left alone: %v", err)
	}
}

func TestDiff(t *testing.T) {
	changed := edited(t, func(s *Sections) {
		s.Intake.EntryWithin = D("12h")
		s.Pipelines.Pipelines[0].Stages[3].RevisitWithin = D("12h")
		s.Intake.Sources = s.Intake.Sources[1:]
		s.Tasks.Overdue = append(s.Tasks.Overdue, Step{D("2d"), ActReassign})
		st := s.Pipelines.Pipelines[1].Stages
		st[0], st[1] = st[1], st[0]
		s.Priority.StageWeights["quoted"] = 31
	})
	want := map[string]bool{"intake.entry_within": true, "intake.sources[ads]": true, "pipelines.pipelines[p7].stages[quoted].revisit_within": true,
		"pipelines.pipelines[p5].stages (order)": true, "tasks.overdue[2]": true, "priority.stage_weights.quoted": true}
	for _, c := range Diff(Defaults(), changed) {
		if !want[c.Path] {
			t.Errorf("unexpected: %+v", c)
		}
		delete(want, c.Path)
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
	if d := Diff(Defaults(), Defaults()); len(d) > 0 {
		t.Errorf("a book differs from itself: %v", d)
	}
}

func TestAfterDoesNotAllocate(t *testing.T) {
	v, from := view(t, 1), shanghai(t, "2026-02-13 17:00:00")
	if n := testing.AllocsPerRun(100, func() { v.After(from, D0); v.After(from, D1); v.After(from, D2) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

var D0, D1, D2 = D("7d"), D("12wh"), D("3wd")

func BenchmarkAfterWorkingDays(b *testing.B) {
	v, from := view(b, 1), shanghai(b, "2026-02-13 17:00:00")
	for b.Loop() {
		v.After(from, D2)
	}
}

func BenchmarkInForce(b *testing.B) {
	h := NewHolder(1)
	for n := range int64(200) {
		if err := h.Put(Book{Version: n + 1, EffectiveFrom: instant.Time(n), Sections: Defaults()}); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		if _, err := h.At(5000); err != nil {
			b.Fatal(err)
		}
	}
}
