package races

import (
	"fmt"
	"testing"

	"github.com/anishathalye/porcupine"
)

// at is a step that took from call to end; end 0 means that nobody knows.
func at(call, end int64, in step, out seen) porcupine.Operation {
	out.OK = out.Status == 0 && end != 0
	if out.Unknown = end == 0; out.Unknown {
		end = 1 << 60
	}
	return porcupine.Operation{Input: in, Output: out, Call: call, Return: end}
}

// What must not happen is refused by the models, and what may is not: a check that
// cannot fail proves nothing.
func TestModelsRefuseWhatMustNotHappen(t *testing.T) {
	claim := func(who string) step { return step{What: "claim", On: "x", By: who} }
	recycle := step{What: "recycle", On: "x", From: "wang"}
	accept := step{What: "accept", On: "x", By: "li", From: "wang"}
	move := func(to string, v int64) step { return step{What: "move", On: "d", By: to, At: v} }
	stage := func(s string, v int64) seen { return seen{Stage: s, Version: v} }
	step1 := func(what string) step { return step{What: what, On: "x", From: "t1"} }
	publish := step{What: "publish"}
	decide := func(w int, by int64) (step, seen) {
		return step{What: "decide", On: "j", By: fmt.Sprint(w)}, seen{Version: by}
	}
	d05, s05 := decide(0, 2)
	d14, s14 := decide(1, 1)
	for name, c := range map[string]struct {
		model porcupine.Model
		fine  bool
		steps []porcupine.Operation
	}{
		"one wins":                     {holdings("wang"), true, []porcupine.Operation{at(1, 2, recycle, seen{}), at(3, 6, claim("li"), seen{}), at(3, 6, claim("zhao"), seen{Status: 409, Rule: "R-047"})}},
		"two win":                      {holdings("wang"), false, []porcupine.Operation{at(1, 2, recycle, seen{}), at(3, 6, claim("li"), seen{}), at(3, 6, claim("zhao"), seen{})}},
		"nobody wins":                  {holdings("wang"), false, []porcupine.Operation{at(1, 2, recycle, seen{}), at(3, 6, claim("zhao"), seen{Status: 409, Rule: "R-047"})}},
		"maybe somebody won":           {holdings("wang"), true, []porcupine.Operation{at(1, 2, recycle, seen{}), at(3, 0, claim("li"), seen{}), at(4, 6, claim("zhao"), seen{Status: 409, Rule: "R-047"})}},
		"accepted and gave nothing":    {holdings("wang"), false, []porcupine.Operation{at(1, 9, recycle, seen{}), at(1, 9, accept, seen{})}},
		"an old answer is read":        {holdings("wang"), false, []porcupine.Operation{at(1, 2, recycle, seen{}), at(3, 4, step{What: "read", On: "x"}, seen{Owner: "wang", Version: 1})}},
		"a version goes back":          {holdings("wang"), false, []porcupine.Operation{at(1, 2, step{What: "read", On: "x"}, seen{Owner: "wang", Version: 3}), at(3, 4, step{What: "read", On: "x"}, seen{Owner: "wang", Version: 2})}},
		"a lost update":                {stages(standing{"a", 1}), false, []porcupine.Operation{at(1, 9, move("b", 1), stage("b", 2)), at(1, 9, move("c", 1), stage("c", 2))}},
		"one of two moves":             {stages(standing{"a", 1}), true, []porcupine.Operation{at(1, 9, move("b", 1), stage("b", 2)), at(1, 9, move("c", 1), seen{Status: 412})}},
		"refused for no reason":        {stages(standing{"a", 1}), false, []porcupine.Operation{at(1, 2, move("b", 1), seen{Status: 412})}},
		"a maybe that showed":          {stages(standing{"a", 1}), true, []porcupine.Operation{at(1, 0, move("b", 1), seen{}), at(5, 6, step{What: "read", On: "d"}, stage("b", 2))}},
		"a maybe that came and went":   {stages(standing{"a", 1}), false, []porcupine.Operation{at(1, 0, move("b", 1), seen{}), at(5, 6, step{What: "read", On: "d"}, stage("b", 2)), at(7, 8, step{What: "read", On: "d"}, stage("a", 1))}},
		"a lost answer, and an edit":   {stages(standing{"a", 1}), true, []porcupine.Operation{at(1, 9, move("b", 1), seen{Again: true, Stage: "b", Version: 3}), at(4, 6, step{What: "edit", On: "d"}, stage("b", 3))}},
		"an edit that nobody made":     {stages(standing{"a", 1}), false, []porcupine.Operation{at(1, 3, move("b", 1), seen{Stage: "b", Version: 3}), at(4, 6, step{What: "edit", On: "d"}, stage("b", 3))}},
		"a transfer from end to end":   {transfers(), true, []porcupine.Operation{at(1, 2, step{What: "request", On: "x"}, seen{ID: "t1"}), at(3, 4, step1("approve"), seen{}), at(5, 6, step1("hand-over"), seen{}), at(7, 8, step1("accepted"), seen{})}},
		"two transfers at a time":      {transfers(), false, []porcupine.Operation{at(1, 2, step{What: "request", On: "x"}, seen{ID: "t1"}), at(3, 4, step{What: "request", On: "x"}, seen{ID: "t2"})}},
		"approved twice":               {transfers(), false, []porcupine.Operation{at(1, 2, step{What: "request", On: "x"}, seen{ID: "t1"}), at(3, 9, step1("approve"), seen{}), at(3, 9, step1("approve"), seen{})}},
		"accepted without a note":      {transfers(), false, []porcupine.Operation{at(1, 2, step{What: "request", On: "x"}, seen{ID: "t1"}), at(3, 4, step1("approve"), seen{}), at(5, 6, step1("accepted"), seen{})}},
		"a version published twice":    {books(), false, []porcupine.Operation{at(1, 9, publish, seen{Version: 2}), at(1, 9, publish, seen{Version: 2})}},
		"decided before it is known":   {books(), false, []porcupine.Operation{at(1, 2, d05, s05), at(3, 4, publish, seen{Version: 2})}},
		"a worker lags":                {books(), true, []porcupine.Operation{at(1, 2, publish, seen{Version: 2}), at(3, 4, d14, s14), at(5, 6, d05, s05)}},
		"a journey goes back":          {books(), false, []porcupine.Operation{at(1, 2, publish, seen{Version: 2}), at(3, 4, d05, s05), at(5, 6, d14, s14)}},
		"decided by less than it read": {books(), false, []porcupine.Operation{at(1, 2, publish, seen{Version: 2}), at(1, 3, step{What: "read", By: "1"}, seen{Version: 2}), at(4, 5, d14, s14)}},
	} {
		t.Run(name, func(t *testing.T) {
			h := &history{steps: c.steps}
			if h.refuted(c.model) == c.fine {
				t.Errorf("refused: %v, want %v", !c.fine, !c.fine)
			}
		})
	}
}
