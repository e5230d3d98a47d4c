package httpapi_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"liuke.dev/shared/policy"
)

// R-067, C-01: the board has a column per stage with counts, sums and the first
// deals; its cursors lead through the rest; managers see their team's.
func TestBoard(t *testing.T) {
	h := newHouse(t)
	for i := range 5 {
		for _, who := range []string{"ann", "ben", "carl"} {
			h.openDeal(who, fmt.Sprintf(`{"title":"%s %d","amount":{"minor":100,"currency":"CNY"}}`, who, i))
		}
		h.pass(time.Minute)
	}
	moved := h.openDeal("ann", `{"title":"moved","amount":{"minor":70,"currency":"USD"}}`)
	h.call("ann", "POST", moved+"/stage", `{"stage":"need_confirmed"}`).is(200)
	b := h.call("mia", "GET", "/v1/deals/board?limit=4", "").is(200, "pipeline", "p7", "columns.0.stage", "contacted", "columns.0.count", 10,
		"columns.0.sums", "[map[currency:CNY minor:1000]]", "columns.0.whole", true, "columns.1.count", 1, "columns.1.sums.0.minor", 70, "columns.2.count", 0,
		"columns.7.stage", "lost", "columns.8", nil)
	titles := titlesOf(b.at("columns.0.deals"))
	for next := b.text("columns.0.next"); next != "<nil>"; {
		more := h.call("mia", "GET", "/v1/deals/board?limit=4&stage=contacted&after="+next, "").is(200, "columns.1", nil)
		titles = append(titles, titlesOf(more.at("columns.0.deals"))...)
		next = more.text("columns.0.next")
	}
	slices.Sort(titles)
	if want := "[ann 0 ann 1 ann 2 ann 3 ann 4 ben 0 ben 1 ben 2 ben 3 ben 4]"; fmt.Sprint(titles) != want {
		t.Errorf("the column holds %v", titles)
	}
	h.call("ann", "GET", "/v1/deals/board", "").is(200, "columns.0.count", 5)
	h.call("dora", "GET", "/v1/deals/board", "").is(200, "columns.0.count", 15)
	h.call("max", "GET", "/v1/deals/board?owner=carl", "").is(200, "columns.0.count", 5)
	h.call("max", "GET", "/v1/deals/board?owner=ann", "").is(403, "rule", "board.read:team")
	h.call("dora", "GET", "/v1/deals/board?pipeline=p5", "").is(200, "columns.1.reported_stage", "need_confirmed", "columns.0.count", 0)
	h.call("dora", "GET", "/v1/deals/board?pipeline=p9", "").is(404)
	h.call("dora", "GET", "/v1/deals/board?after=x", "").is(422)
}

// a deal whose stage the pipeline no longer has keeps its place.
func TestBoardKeepsFormerStages(t *testing.T) {
	h := newHouse(t)
	path := h.openDeal("ann", plain)
	h.call("ann", "POST", path+"/stage", `{"stage":"need_confirmed"}`).is(200)
	s := policy.Defaults()
	s.Pipelines.Pipelines[0].Stages = slices.Delete(s.Pipelines.Pipelines[0].Stages, 1, 2)
	if err := h.policy.Put(policy.Book{Version: 2, Sections: s}); err != nil {
		t.Fatal(err)
	}
	h.call("ann", "GET", "/v1/deals/board", "").is(200, "columns.7.stage", "need_confirmed", "columns.7.former", true, "columns.7.count", 1)
	h.call("ann", "POST", path+"/pipeline-version", "").is(409, "rule", "R-054")
	h.call("ann", "POST", path+"/loss", `{"reason":"price"}`).is(200)
	h.call("ann", "GET", "/v1/deals/board", "").is(200, "columns.7", nil)
}

func titlesOf(deals any) []string {
	var out []string
	for _, d := range deals.([]any) {
		out = append(out, d.(map[string]any)["title"].(string))
	}
	return out
}

// a manager sees where deals are stuck, since when, in what danger, and steps in from there.
func TestStuckAndIntervention(t *testing.T) {
	h := newHouse(t)
	old := h.openDeal("ann", `{"title":"old"}`)
	h.pass(15 * day)
	young := h.openDeal("ben", `{"title":"young"}`)
	h.openDeal("carl", `{"title":"of another team"}`)
	h.call("mia", "GET", "/v1/deals/stuck", "").is(200, "items.0.deal.title", "old", "items.0.standing.level", "danger", "items.0.standing.stage_name.en", "Contacted",
		"items.0.standing.since_progress_ms", (15 * day).Milliseconds(), "items.1.deal.title", "young", "items.1.standing.level", "watch", "items.2", nil)
	h.call("mia", "GET", "/v1/deals/stuck?level=danger", "").is(200, "items.0.deal.title", "old", "items.1", nil)
	first := h.call("mia", "GET", "/v1/deals/stuck?limit=1", "").is(200, "items.0.deal.title", "old")
	h.call("mia", "GET", "/v1/deals/stuck?limit=1&after="+first.text("next"), "").is(200, "items.0.deal.title", "young", "next", nil)
	h.call("ann", "GET", "/v1/deals/stuck", "").is(200, "items.0.deal.title", "old", "items.1", nil)

	if h.call("mia", "GET", "/v1/deals/stuck", "").text("items.0.actions.0.path") != old+"/intervention" {
		t.Error("the manager cannot step in from the screen")
	}
	h.call("mia", "POST", old+"/intervention", `{"note":"call them together"}`).is(200, "owner", "ann")
	h.call("mia", "POST", old+"/intervention", `{"note":"take over","owner":"ben"}`).is(200, "owner", "ben")
	h.call("mia", "POST", old+"/intervention", `{"note":"take over","owner":"carl"}`).is(403)
	h.call("mia", "POST", old+"/intervention", `{"note":"take over","owner":"nobody"}`).is(422)
	h.call("mia", "POST", old+"/intervention", `{"note":""}`).is(422)
	h.call("max", "POST", old+"/intervention", `{"note":"mine"}`).is(403)
	h.call("ben", "POST", young+"/intervention", `{"note":"me"}`).is(403)
	h.call("mia", "GET", old+"/history", "").is(200, "items.1.type", "liuke.deals.deal_intervened.v1", "items.1.data.note", "call them together",
		"items.2.data.action", "reassign", "items.3.type", "liuke.deals.deal_assigned.v1")
}

// Lists go by declared indexes, each with its keyset; what no index answers is refused.
func TestDealLists(t *testing.T) {
	h := newHouse(t)
	for i := range 7 {
		h.openDeal([]string{"ann", "ben", "carl"}[i%3], fmt.Sprintf(`{"title":"%d","customer":"c%d"}`, i, i%3))
		if i%2 == 0 {
			h.pass(time.Second) // some are opened at the same instant
		}
	}
	for query, want := range map[string]int{"": 7, "owner=ann": 3, "outcome=open": 7, "outcome=won": 0, "owner=ann&outcome=open": 3, "stage=contacted": 7,
		"owner=ben&stage=contacted&pipeline=p7": 2, "customer=c0": 3, "stage=quoted": 0} {
		seen := map[string]bool{}
		for after := ""; ; {
			a := h.call("dora", "GET", "/v1/deals?limit=2&"+query+after, "").is(200)
			for _, title := range titlesOf(a.at("items")) {
				if seen[title] {
					t.Errorf("%s: %s twice", query, title)
				}
				seen[title] = true
			}
			if a.at("next") == nil {
				break
			}
			after = "&after=" + a.text("next")
		}
		if len(seen) != want {
			t.Errorf("%s: %d deals, want %d", query, len(seen), want)
		}
	}
	// A manager's list is merged over the team, in order, without gaps or repeats.
	var titles []string
	for after := ""; ; {
		a := h.call("mia", "GET", "/v1/deals?limit=2"+after, "").is(200)
		titles = append(titles, titlesOf(a.at("items"))...)
		if a.at("next") == nil {
			break
		}
		after = "&after=" + a.text("next")
	}
	slices.Sort(titles)
	if fmt.Sprint(titles) != "[0 1 3 4 6]" {
		t.Errorf("Mia's team has %v", titles)
	}
	for _, query := range []string{"customer=c0&owner=ann", "outcome=open&stage=contacted", "pipeline=p7", "after=x", "limit=0", "colour=red", "outcome=half"} {
		h.call("dora", "GET", "/v1/deals?"+query, "").is(422)
	}
	h.call("carl", "GET", "/v1/deals?owner=ann", "").is(403)
}
