package recount

import (
	"encoding/json"
	"strings"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
)

// A receipt is held against what happened: each way of being wrong is found.
func TestAReceiptThatIsWrongIsFoundOut(t *testing.T) {
	due := func(id string, at instant.Time) catalogue.Obligation { return catalogue.Obligation{ID: id, Due: at} }
	fired := func(o catalogue.Obligation, late bool) catalogue.Fired {
		return catalogue.Fired{Obligation: o, At: 2000, Late: late}
	}
	before, one, two, gone, after := due("before", 999), due("one", 1000), due("two", 1099), due("gone", 1050), due("after", 1100)
	var events []facts.Event
	for i, d := range []catalogue.Decided{
		{Journey: "lead/a", Number: 1, At: 10, Pending: []catalogue.Obligation{before, one, two, after}},
		{Journey: "lead/a", Number: 2, At: 2000, Fired: []catalogue.Fired{fired(before, false), fired(one, true), fired(two, false), fired(after, false)}},
		{Journey: "lead/b", Number: 1, At: 10, Pending: []catalogue.Obligation{gone, due("moved", 1060)}},
		{Journey: "lead/b", Number: 2, At: 1055, Read: []catalogue.FactRef{{}}}, // after gone came due, before moved did
	} {
		data, err := json.Marshal(d)
		if err != nil {
			t.Fatal(err)
		}
		events = append(events, facts.Event{ID: string(rune('a' + i)), Type: d.Kind().Type, Data: data})
	}
	l, err := ReadLedger(events)
	if err != nil {
		t.Fatal(err)
	}
	o := Outage{Cause: catalogue.CauseAway, Dependency: "temporal", Begun: 1010, Ended: 1090}
	const right = `{"from":"1970-01-01T00:00:01Z","until":"1970-01-01T00:00:01.1Z","interruptions":[{"program":"journeys","cause":"away","dependency":"temporal"}],
		"due":3,"fired":2,"late":1,"settled":1,"open":0,"doubled":0,"late_ones":[{"id":"one"}]}`
	for name, c := range map[string]struct {
		spoil func(r *Receipt)
		want  string
	}{
		"right":              {func(*Receipt) {}, ""},
		"another engine":     {func(r *Receipt) { r.Interruptions[0].Dependency = "kafka" }, "no cause"},
		"another cause":      {func(r *Receipt) { r.Interruptions[0].Cause = catalogue.CauseStalled }, "no cause"},
		"begins too late":    {func(r *Receipt) { r.From = 1011 }, "it was"},
		"ends too early":     {func(r *Receipt) { r.Until = 1089 }, "it was"},
		"one is missing":     {func(r *Receipt) { r.Due, r.Settled = 2, 0 }, "counted from outside"},
		"one has not fired":  {func(r *Receipt) { r.Fired, r.Open = 1, 1 }, "counted from outside"},
		"one too many late":  {func(r *Receipt) { r.Late = 2 }, "counted from outside"},
		"one fired twice":    {func(r *Receipt) { r.Doubled = 1 }, "counted from outside"},
		"the late unnamed":   {func(r *Receipt) { r.LateOnes = nil }, "counted from outside"},
		"settled and no sum": {func(r *Receipt) { r.Settled = 2 }, "counted from outside"},
	} {
		var r Receipt
		if err := json.Unmarshal([]byte(right), &r); err != nil {
			t.Fatal(err)
		}
		c.spoil(&r)
		err := l.Differs(r, o)
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	begun, err := ReadLedger(events[:1])
	if err != nil {
		t.Fatal(err)
	}
	if now, then := begun.Pending(1000, 1100), l.Pending(0, 5000); now != 2 || then != 0 {
		t.Errorf("%d are pending at first and %d at the end, want 2 and none", now, then)
	}
}
