package races

import (
	"math/rand/v2"
	"testing"

	"github.com/anishathalye/porcupine"

	"liuke.dev/shared/policy"
	"liuke.dev/shared/store"
)

// standing is where a deal stands, and the version of it.
type standing struct {
	Stage   string
	Version int64
}

// stages is the model of a deal: a move under If-Match happens to the very version
// that it names, and to no other; every change is one version more.
func stages(first standing) porcupine.Model {
	return model(byThing, first, func(d standing, s step, o seen) []standing {
		after, legal := standing{d.Stage, d.Version + 1}, s.At == 0 || s.At == d.Version
		if s.What == "move" {
			after.Stage, legal = s.By, legal && s.By != d.Stage
		}
		switch {
		case s.What == "read":
			return when(!o.OK || o.Stage == d.Stage && o.Version == d.Version, d)
		case o.Unknown && legal:
			return []standing{d, after}
		case o.Unknown:
			return []standing{d}
		case o.OK:
			told := o.Version == after.Version && o.Stage == after.Stage
			return when(legal && (told || o.Again && o.Version >= after.Version), after)
		case o.Status == 412:
			return when(s.At != d.Version, d)
		case o.Rule == "same_stage":
			return when(s.By == d.Stage, d)
		}
		return []standing{d}
	})
}

// stops are stages that a deal is moved to and fro.
var stops = []string{"contacted", "need_confirmed", "proposed"}

// passable lets deals go from every stage to every other, without questions.
func passable(s *policy.Sections) {
	for i := range s.Pipelines.Pipelines {
		p := &s.Pipelines.Pipelines[i]
		var all []string
		for _, st := range p.Stages {
			all = append(all, st.ID)
		}
		for j := range p.Stages {
			p.Stages[j].Exits, p.Stages[j].Questions, p.Stages[j].Requires = all, nil, nil
		}
	}
}

// stage changes and edits of the same deals at once, with the version they
// were made for and without: none is lost, none happens twice.
func TestStageChangesOfDeals(t *testing.T) {
	eachStore(t, func(t *testing.T, engines []store.Engine) {
		o, h, first := raceOfDeals(t, engines, false)
		h.happened(t, 5, "move", "move!", "edit", "read")
		o.fail(0)
		h.check(t, stages(first))
	})
}

// A store that acknowledges what lost a race loses changes: the check finds it.
func TestALostUpdateIsFound(t *testing.T) {
	_, h, first := raceOfDeals(t, onSQLite(t, 2), true)
	if !h.refuted(stages(first)) {
		t.Errorf("a store that loses updates passed: %v", h.counts())
	}
}

func raceOfDeals(t *testing.T, engines []store.Engine, careless bool) (*office, *history, standing) {
	t.Helper()
	o, h := open(t, engines, passable), newHistory()
	var all []string
	var first standing
	for range 3 {
		a := o.must("wang", "POST", "/v1/deals", body{"title": "项目", "company": "海天"})
		all = append(all, a.text("id"))
		first = standing{a.text("stage"), a.version}
	}
	for _, s := range o.shaken {
		s.careless.Store(careless)
	}
	o.fail(4)
	o.together(clients, rounds, func(client int, r *rand.Rand) {
		id := all[r.IntN(len(all))]
		path := "/v1/deals/" + id
		call := h.now()
		now := o.call("chen", "GET", path, nil)
		h.add(client, call, step{What: "read", On: id}, now.seen())
		s := step{What: "move", On: id, By: stops[r.IntN(len(stops))]}
		var header []string
		if r.IntN(3) > 0 {
			s.At = now.version
			header = []string{"If-Match", now.etag}
		}
		call = h.now()
		var a answer
		if r.IntN(3) == 0 {
			s.What, s.By = "edit", ""
			a = o.call("wang", "PATCH", path, body{"title": "项目" + string(rune('a'+r.IntN(26))) + string(rune('a'+r.IntN(26))) + string(rune('a'+r.IntN(26)))}, header...)
		} else {
			a = o.call("wang", "POST", path+"/stage", body{"stage": s.By}, header...)
		}
		h.add(client, call, s, a.seen())
	})
	return o, h, first
}
