package why_test

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"liuke.dev/services/insights/internal/project"
	"liuke.dev/services/insights/internal/record"
	"liuke.dev/services/insights/internal/why"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/store/sqlite"
)

const nine = instant.Time(1772355600000) // 2026-03-01T09:00:00Z

type fixture struct {
	projector *project.Projector
	explainer *why.Explainer
}

func start(t interface {
	Context() context.Context
	Fatal(...any)
}, dir string) fixture {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	engine, err := sqlite.Open(t.Context(), dir+"/insights.db")
	if err != nil {
		t.Fatal(err)
	}
	c, err := record.Open(t.Context(), engine)
	if err != nil {
		t.Fatal(err)
	}
	names := map[string]string{"wang": "王芳", "li": "李雷"}
	return fixture{project.New(c), why.New(c, func(id string) string { return names[id] })}
}

func event(t interface{ Fatal(...any) }, id string, at instant.Time, head catalogue.Head, d catalogue.Data) facts.Event {
	d.SetHead(head)
	data, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.SplitN(id, "/", 3)
	return facts.Event{ID: id, Type: d.Kind().Type, Subject: parts[0] + "/" + parts[1], Time: at, Data: data}
}

// story is a forgotten lead: recorded by Wang, its idle rule fires, Li is warned.
func story(t interface{ Fatal(...any) }) []facts.Event {
	due := nine.Add(72 * 3600e9)
	idle := catalogue.Obligation{ID: "lead:L1:idle.0:1", Rule: "idle.0", Episode: "1", Due: due, Does: lang.T("提醒负责人", "remind the owner"), Because: []string{"lead/L1/1/0"},
		Policy: "lead_care.idle[0]"}
	next := catalogue.Obligation{ID: "lead:L1:idle.1:1", Rule: "idle.1", Due: due.Add(48 * 3600e9), Does: lang.T("预警主管", "warn the supervisor")}
	wang, journey := catalogue.Actor{ID: "wang", Kind: catalogue.ActorPerson}, catalogue.Actor{ID: "journeys", Kind: catalogue.ActorJourney}
	return []facts.Event{
		event(t, "lead/L1/1/0", nine, catalogue.Head{Actor: wang}, &catalogue.LeadRecorded{After: catalogue.Lead{ID: "L1", Company: "华东机械", Need: "询价"}}),
		event(t, "journey/lead:L1/1/0", nine, catalogue.Head{Actor: journey}, &catalogue.Decided{Journey: "lead/L1", Process: "lead", Number: 1, At: nine, Policy: 4,
			Pending: []catalogue.Obligation{idle, next}}),
		event(t, "journey/lead:L1/2/0", due, catalogue.Head{Actor: journey}, &catalogue.Decided{Journey: "lead/L1", Process: "lead", Number: 2, At: due, Policy: 4,
			Fired:   []catalogue.Fired{{Obligation: idle, At: due, Effects: []catalogue.EffectRef{{ID: idle.ID + ":0", Verb: "remind"}}}},
			Pending: []catalogue.Obligation{next}}),
		event(t, "reminder/lead:L1:idle.0:1:0/1/0", due, catalogue.Head{Actor: journey, Cause: idle.ID},
			&catalogue.ReminderIssued{After: catalogue.Reminder{ID: "lead:L1:idle.0:1:0", Rule: "idle.0", Text: lang.T("三天无跟进", "three days without follow-up")}}),
		event(t, "lead/L1/2/0", due, catalogue.Head{Actor: journey, Cause: idle.ID}, &catalogue.MarkSet{Mark: catalogue.Mark{Rule: "at_risk"}}),
	}
}

func TestReminderIsExplainedDownToWhatWasRecorded(t *testing.T) {
	f := start(t, t.TempDir())
	for _, e := range story(t) {
		if err := f.projector.One(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	a, err := f.explainer.Subject(t.Context(), "reminder/lead:L1:idle.0:1:0")
	if err != nil {
		t.Fatal(err)
	}
	if !a.Complete || len(a.Chain) != 3 {
		t.Fatalf("chain of %d links, complete %t: %+v", len(a.Chain), a.Complete, a.Chain)
	}
	obligation, root := a.Chain[1], a.Chain[2]
	if obligation.Rule != "idle.0" || obligation.Policy != 4 || obligation.Setting != "lead_care.idle[0]" || obligation.Decision != 2 {
		t.Errorf("obligation %+v", obligation)
	}
	if root.ID != "lead/L1/1/0" || root.Actor.ID != "wang" || !strings.Contains(root.Text.Zh, "王芳") || !strings.Contains(root.Text.Zh, "华东机械") {
		t.Errorf("root %+v", root)
	}
	if len(a.Next) != 1 || a.Next[0].Rule != "idle.1" || !strings.Contains(a.Says.En, "if nobody acts") {
		t.Errorf("next %+v, says %s", a.Next, a.Says.En)
	}
}

func TestMissingCauseIsNotHidden(t *testing.T) {
	f := start(t, t.TempDir())
	events := story(t)
	for _, e := range events[1:] { // the lead's own record has not arrived
		if err := f.projector.One(t.Context(), e); err != nil {
			t.Fatal(err)
		}
	}
	a, err := f.explainer.Fact(t.Context(), "lead/L1/2/0")
	if err != nil || a.Complete {
		t.Errorf("complete %t, error %v: a chain that ends nowhere is called complete", a.Complete, err)
	}
	if _, err := f.explainer.Fact(t.Context(), "lead/L9/1/0"); err == nil {
		t.Error("an unknown fact is explained")
	}
}

// Facts come twice and in any order: the explanation is the same.
func TestOrderAndRepetitionChangeNothing(t *testing.T) {
	dir := t.TempDir()
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		f := start(t, filepath.Join(dir, strconv.Itoa(n)))
		events := story(t)
		order := rapid.Permutation(append(events, events...)).Draw(rt, "order")
		for _, e := range order {
			if err := f.projector.One(t.Context(), e); err != nil {
				rt.Fatal(err)
			}
		}
		a, err := f.explainer.Subject(t.Context(), "reminder/lead:L1:idle.0:1:0")
		if err != nil || !a.Complete || len(a.Chain) != 3 || len(a.Next) != 1 {
			rt.Fatalf("%v: %+v", err, a)
		}
	})
}
