package races

import (
	"cmp"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"
)

// step is one command or question as models see it.
type step struct {
	What string // claim, recycle, …
	On   string // the thing; histories are checked thing by thing
	By   string // who gains it, or the stage that is asked for
	From string // whom it is taken from
	At   int64  // version that the command named, or the one that a policy follows
}

// seen is what was answered. Unknown: a command that may have happened or not.
// Again: the first answer was lost and the command sent once more; what its first
// try did is answered with the thing as it stands by then, which others may have
// changed since.
type seen struct {
	Unknown bool
	Again   bool
	OK      bool
	Status  int
	Rule    string // that refused
	Owner   string
	Pooled  bool
	Stage   string
	ID      string
	Version int64
}

func describe(in, out any) string {
	s, o := in.(step), out.(seen)
	answer := fmt.Sprintf("%d", o.Status)
	switch {
	case o.Unknown:
		answer = "?"
	case o.OK:
		answer = "ok"
	}
	words := []string{s.What, s.By}
	if s.From != "" {
		words = append(words, "from "+s.From)
	}
	if s.At != 0 {
		words = append(words, fmt.Sprintf("if v%d", s.At))
	}
	if o.Again {
		words = append(words, "again")
	}
	return strings.Join(words, " ") + " → " + strings.TrimSpace(fmt.Sprintf("%s %s%s%s v%d", answer, o.Owner, o.Stage, map[bool]string{true: "(pool)"}[o.Pooled], o.Version))
}

// history is what clients did and were told, in real time.
type history struct {
	mu    sync.Mutex
	begun time.Time
	steps []porcupine.Operation
}

func newHistory() *history { return &history{begun: time.Now()} }

func (h *history) now() int64 { return int64(time.Since(h.begun)) }

// add records a step that was called at call and answered just now. One of
// unknown outcome has no end: it may take effect later than everything else.
func (h *history) add(client int, call int64, in step, out seen) {
	end := h.now()
	if out.Unknown {
		end = int64(1) << 60
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.steps = append(h.steps, porcupine.Operation{ClientId: client, Input: in, Call: call, Output: out, Return: end})
}

// counts tells how often each step was answered how.
func (h *history) counts() map[string]int {
	n := map[string]int{}
	for _, o := range h.steps {
		out := o.Output.(seen)
		n[o.Input.(step).What+map[bool]string{true: "?", false: map[bool]string{true: "", false: "!"}[out.OK]}[out.Unknown]]++
	}
	return n
}

// happened fails the test unless so many of each took place: a race in which
// little happened proves little.
func (h *history) happened(t *testing.T, least int, what ...string) {
	t.Helper()
	n := h.counts()
	for _, w := range what {
		if n[w] < least {
			t.Errorf("%q happened %d times only: %v", w, n[w], n)
		}
	}
}

// byThing splits a history by what it is about.
func byThing(all []porcupine.Operation) [][]porcupine.Operation {
	groups := map[string][]porcupine.Operation{}
	var order []string
	for _, o := range all {
		on := o.Input.(step).On
		if groups[on] == nil {
			order = append(order, on)
		}
		groups[on] = append(groups[on], o)
	}
	out := make([][]porcupine.Operation, len(order))
	for i, on := range order {
		out[i] = groups[on]
	}
	return out
}

// model of single steps on states S: next gives the states that a step may lead
// to when it was answered so, none if it cannot have been answered so.
func model[S comparable](partition func([]porcupine.Operation) [][]porcupine.Operation, first S, next func(S, step, seen) []S) porcupine.Model {
	m := porcupine.NondeterministicModel{
		Partition: partition,
		Init:      func() []any { return []any{first} },
		Step: func(state, in, out any) []any {
			var all []any
			for _, s := range next(state.(S), in.(step), out.(seen)) {
				all = append(all, s)
			}
			return all
		},
		DescribeOperation: describe,
		DescribeState:     func(s any) string { return fmt.Sprintf("%+v", s) },
	}
	return m.ToModel()
}

// checkFor bounds the search for an order.
const checkFor = 30 * time.Second

// check fails the test unless one order of single steps explains the history.
func (h *history) check(t *testing.T, m porcupine.Model) {
	t.Helper()
	begun := time.Now()
	result, info := porcupine.CheckOperationsVerbose(m, h.steps, checkFor)
	t.Logf("%s: %d steps %v, searched for %v", result, len(h.steps), h.counts(), time.Since(begun).Round(time.Millisecond))
	if result == porcupine.Ok {
		return
	}
	path := filepath.Join(os.TempDir(), "liuke-race-"+strings.NewReplacer("/", "-", " ", "_").Replace(t.Name())+".html")
	if err := porcupine.VisualizePath(m, info, path); err != nil {
		t.Error(err)
	}
	for _, one := range m.Partition(h.steps) {
		if porcupine.CheckOperationsTimeout(m, one, checkFor) != porcupine.Ok {
			tell(t, one)
		}
	}
	t.Errorf("no order of single steps explains what was answered (%s): see %s", result, path)
}

// refuted tells whether no order explains the history.
func (h *history) refuted(m porcupine.Model) bool {
	return porcupine.CheckOperationsTimeout(m, h.steps, checkFor) == porcupine.Illegal
}

// tell writes the history of one thing down, in the order of answers.
func tell(t *testing.T, all []porcupine.Operation) {
	t.Helper()
	slices.SortFunc(all, func(a, b porcupine.Operation) int { return cmp.Compare(a.Call, b.Call) })
	for _, o := range all {
		t.Logf("%9.3f–%9.3f %d %s", float64(o.Call)/1e6, float64(o.Return)/1e6, o.ClientId, describe(o.Input, o.Output))
	}
}
