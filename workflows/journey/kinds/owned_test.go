package kinds_test

import (
	"encoding/json"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/journeytest"
	"liuke.dev/workflows/journey/kinds"
)

// R-033, D-6: a running journey learns at once that its thing is another customer's,
// and of two facts the one later in history wins, whichever arrives first; what its
// rules ask for from then on is for that customer.
func TestJourneysMoveWithTheirThings(t *testing.T) {
	at := journeytest.At(t, "2026-03-02 09:00")
	const hour = instant.Time(3_600_000)
	begins := map[string]func(customer string) catalogue.Data{
		"case": func(c string) catalogue.Data {
			return &catalogue.CaseOpened{After: catalogue.Case{ID: "x", Customer: c, Kind: "support", Status: catalogue.CaseNew, Owner: "li", Round: 1, RoundAt: at}}
		},
		"contract": func(c string) catalogue.Data {
			return &catalogue.ContractDrafted{After: catalogue.Contract{ID: "x", Customer: c, Status: catalogue.ContractDraft, Owner: "li"}}
		},
		"intervention": func(c string) catalogue.Data {
			return &catalogue.InterventionOpened{After: catalogue.Intervention{ID: "x", Customer: c, Status: catalogue.TeamOpen, Lead: "li", OpenedAt: at, Due: at + 100*hour}}
		},
		"churn_review": func(c string) catalogue.Data {
			return &catalogue.ChurnReviewOpened{After: catalogue.ChurnReview{ID: "x", Customer: c, Status: catalogue.ChurnOpen, Owner: "li", ConfirmedAt: at}}
		},
		"need_change": func(c string) catalogue.Data {
			return &catalogue.NeedChangeStepped{After: catalogue.NeedChange{ID: "x", Customer: c, Status: catalogue.NeedRequested, Approver: "li", RequestedAt: at}}
		},
	}
	for _, p := range kinds.All() {
		begin := begins[p.Name()]
		if begin == nil {
			continue
		}
		h := journeytest.New(t)
		j := journeytest.Start(t, p, "x", journeytest.View(t))
		of := func(want string) {
			t.Helper()
			if got := j.Last.Status.Customer; got != want {
				t.Errorf("%s is of %s, want %s", p.Name(), got, want)
			}
		}
		move := func(from, into string) journey.Event {
			return h.Tell(p.Name()+"/x", at+hour, &catalogue.HoldingMoved{Thing: catalogue.Thing{Kind: p.Name(), ID: "x"}, From: from, Into: into})
		}
		j.Decide(at, h.Tell(p.Name()+"/x", at, begin("c2")))
		of("c2")
		fired := len(j.Fired)
		d := j.Decide(at+hour, move("c2", "c1"))
		if of("c1"); len(d.Read) != 1 {
			t.Errorf("%s has not read it", p.Name())
		}
		for _, e := range j.Effects[len(j.Effects)-len(d.Effects):] {
			var body struct{ Customer string }
			if err := json.Unmarshal(e.Body, &body); err != nil || body.Customer != "" && body.Customer != "c1" {
				t.Errorf("%s asks for %s", p.Name(), e.Body)
			}
		}
		late := h.Tell(p.Name()+"/x", at+2*hour, begin("c1"))
		back := move("c1", "c2")
		j.Decide(at+3*hour, back)
		j.Decide(at+3*hour, late)
		of("c2")
		if j.Until(at + 4*hour); len(j.Fired) < fired {
			t.Errorf("%s forgot what fired", p.Name())
		}
	}
}
