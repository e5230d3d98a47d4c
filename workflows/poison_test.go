package workflows_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/mock"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx/httpxtest"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows"
	"liuke.dev/workflows/decisions"
	"liuke.dev/workflows/host"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/journeytest"
	"liuke.dev/workflows/journey/lead"
)

// panics is the lead's process whose rules panic.
type panics struct{ journey.Process }

func (panics) Decide(journey.Input) (journey.Decision, error) { panic("boom") }

// lead lets a lead's journey read that it was recorded.
func (s *stand) lead(t *testing.T, d *decisions.Decider, id string) error {
	t.Helper()
	h := journeytest.New(t)
	h.Tell("lead/"+id, noon, &catalogue.LeadRecorded{After: catalogue.Lead{ID: id, Company: "海天", Owner: "zhang", Status: "new", ArrivedAt: noon, RecordedAt: noon, ClocksFrom: noon}})
	_, err := d.Decide(t.Context(), decisions.Request{Kind: "lead", ID: id, Key: "0", Now: noon, Events: h.Events})
	return err
}

// A rehearsal tells before publication how many journeys a policy touches and how
// many fire at once, by rule, and changes nothing.
func TestRehearsal(t *testing.T) {
	s := newStand(t)
	for n := range 7 {
		if err := s.lead(t, s.Decider, fmt.Sprint("l", n)); err != nil {
			t.Fatal(err)
		}
	}
	s.now = noon.Add(2 * time.Minute)
	care := policy.Defaults().LeadCare
	care.Idle[0].After = policy.D("1m")
	section, err := json.Marshal(care)
	if err != nil {
		t.Fatal(err)
	}
	rehearse := func(role string, sections map[string]json.RawMessage) (out workflows.Rehearsal, code int) {
		w := httpxtest.Serve(t, s.handler, role, "POST", "/v1/journeys/rehearsal", map[string]any{"sections": sections})
		if w.Code == 200 {
			if err := json.Unmarshal(w.Body.Bytes(), &out); err != nil {
				t.Fatal(err)
			}
		}
		return out, w.Code
	}
	got, code := rehearse("administrator", map[string]json.RawMessage{"lead_care": section})
	if code != 200 {
		t.Fatal(code)
	}
	for _, k := range got.Kinds {
		want := map[string]int{"lead": 7}[k.Kind]
		if k.Running != int64(want) || k.Asked != want || k.Firing != want || k.Rules["idle.0"] != want || k.Failing != 0 {
			t.Errorf("%+v, want %d", k, want)
		}
	}
	if got, _ := rehearse("administrator", map[string]json.RawMessage{}); got.Kinds[0].Firing != 0 {
		t.Errorf("the policy in force fires %+v", got.Kinds[0])
	}
	if _, code := rehearse("salesperson", map[string]json.RawMessage{}); code != 403 {
		t.Errorf("salesperson: %d", code)
	}
	for _, bad := range []map[string]json.RawMessage{{"dragons": section}, {"lead_care": []byte(`{"idle":[{"after":"x","action":"remind"}]}`)}} {
		if _, code := rehearse("administrator", bad); code < 400 || code >= 500 {
			t.Errorf("%s: %d", bad, code)
		}
	}
	if doc, version, err := s.Decider.Get(t.Context(), "lead", "l0"); err != nil || version != 1 || doc.Policy != 1 {
		t.Errorf("the rehearsal changed something: version %d, policy %d, %v", version, doc.Policy, err)
	}
}

// A journey whose rules panic is among the troubled ones, with what they said, and
// whoever answers for it may have it decide again at once.
func TestAJourneyWhoseRulesPanicIsSeen(t *testing.T) {
	s := newStand(t)
	bad, err := decisions.New(t.Context(), s.Store, s.Policy, s.People.Calendars, func(_, id string) string { return id }, panics{journey.Of(lead.Rules)})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.lead(t, bad, "l1"); err == nil {
		t.Fatal("a panic is no decision")
	}
	if err := s.lead(t, s.Decider, "l2"); err != nil {
		t.Fatal("another journey:", err)
	}
	var page struct{ Items []workflows.Listed }
	if code := s.call(t, "GET", "/v1/journeys?kind=lead&state=troubled", "administrator", &page); code != 200 || len(page.Items) != 1 ||
		page.Items[0].Fault == nil || page.Items[0].Fault.Error == "" || len(page.Items[0].Fault.Waiting) != 1 {
		t.Fatalf("%d: %+v", code, page.Items)
	}
	if n := s.count(t)["lead"]; n.Troubled != 1 || n.Running != 2 {
		t.Errorf("counts %+v", n)
	}
	s.temporal.On("SignalWithStartWorkflow", mock.Anything, "lead/l1", host.SignalReconsider, host.Reconsider{Why: "p"}, mock.Anything, "LeadJourney", mock.Anything).Return(nil, nil).Once()
	for role, want := range map[string]int{"salesperson": 403, "administrator": 202} {
		if code := s.call(t, "POST", "/v1/journeys/lead/l1/retry", role, nil); code != want {
			t.Errorf("%s: %d, want %d", role, code, want)
		}
	}
	s.temporal.AssertExpectations(t)
	if err := s.lead(t, s.Decider, "l1"); err != nil { // the rules are mended
		t.Fatal(err)
	}
	if doc, _, err := s.Decider.Get(t.Context(), "lead", "l1"); err != nil || doc.Troubled || doc.Fault != nil || doc.Number != 1 {
		t.Errorf("after: %+v, %v", doc.Fault, err)
	}
}
