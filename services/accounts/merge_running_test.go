package accounts_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
)

// moved publishes that leads moved a won deal from one customer to the other.
func (r *running) moved(deal, before, after string, origins ...string) {
	state := wonDeal(after, deal).State
	state.Origins = origins
	r.happens("deal/"+deal, after, &catalogue.DealLinked{Deal: deal, Before: before, State: state})
}

// whose collects what the stream has told of things that moved: thing by kind and
// whose it is now.
func (r *running) whose() map[string]string {
	r.t.Helper()
	out := map[string]string{}
	for _, m := range r.cluster.Messages(catalogue.TopicAccounts) {
		e, err := facts.FromMessage(m)
		if err != nil || e.Type != (&catalogue.HoldingMoved{}).Kind().Type {
			continue
		}
		d, err := facts.Decode[catalogue.HoldingMoved](e)
		if err != nil || e.Aggregate != d.Thing.Kind+"/"+d.Thing.ID || e.Customer != d.Into {
			r.t.Errorf("%v: %+v of %s for %s", err, d, e.Aggregate, e.Customer)
		}
		out[d.Thing.Kind] = d.Into
	}
	return out
}

// D-6: two customers who have both won deals and are both looked after
// become one. Nothing that a win begins is begun again; what was won since goes, when
// the merge is undone, where its deal belongs, with the processes that it began.
func TestUndoSplitsWhatWasWonSince(t *testing.T) {
	r := run(t, team)
	a, b := r.customer("上海华兴贸易有限公司", "13812345678"), r.customer("天津百川物流有限公司", "13712345678")
	r.happens("deal/d0", a, wonDeal(a, "d0"))
	r.happens("deal/d1", b, wonDeal(b, "d1"))
	for _, c := range []string{a, b} {
		until(t, "both are maintained", func() bool { _, ok := r.maintenance(c); return ok })
	}
	var m catalogue.Merge
	if status, _ := r.call("director", "POST", "/v1/merges", map[string]any{"keep": a, "drop": b, "reason": "同一家"}, &m); status >= 300 {
		t.Fatal(status)
	}
	into, from := m.Into, m.From
	mine, theirs := "d0", "d1"
	if into == b {
		mine, theirs = "d1", "d0"
	}
	r.moved(theirs, from, into, from)
	until(t, "the one customer has won both", func() bool { n, _ := r.maintenance(into); return n.Wins == 2 })
	if n, _ := r.maintenance(into); !n.Won[1].Moved || n.Won[0].Moved {
		t.Errorf("won %+v", n.Won)
	}
	since := wonDeal(into, "d2") // a deal of the one that was taken in, won since
	since.State.Origins = []string{from}
	r.happens("deal/d2", into, since)
	r.happens("deal/d3", into, wonDeal(into, "d3"))
	until(t, "two more are won", func() bool { n, _ := r.maintenance(into); return n.Wins == 4 })
	for id, deal := range map[string]string{"p2": "d2", "p3": "d3"} {
		r.call("journeys", "PUT", path(into, id), map[string]any{"process": "implementation", "occasion": "win:" + deal, "for": "2026-03-02T00:00:00Z"}, nil)
	}
	before, _ := r.maintenance(into)
	due := before.Running[slices.IndexFunc(before.Running, func(p catalogue.ProcessInstance) bool { return p.ID == "p2" })].Steps[0].Due

	r.undo(m.ID, "d2")
	r.moved(theirs, into, from)
	r.moved("d2", into, from)
	until(t, "the one that is back has won its own", func() bool {
		n, _ := r.maintenance(from)
		return n.Wins == 2 && n.Status == catalogue.MaintenanceRunning
	})
	until(t, "the other has kept its own", func() bool { n, _ := r.maintenance(into); return n.Wins == 2 })
	back, _ := r.maintenance(from)
	kept, _ := r.maintenance(into)
	deals := func(n catalogue.Maintenance) (out []string) {
		for _, w := range n.Won {
			out = append(out, w.Deal)
		}
		return out
	}
	if !slices.Equal(deals(back.Maintenance), []string{theirs, "d2"}) || !slices.Equal(deals(kept.Maintenance), []string{mine, "d3"}) {
		t.Errorf("won: back %v, kept %v", deals(back.Maintenance), deals(kept.Maintenance))
	}
	if len(back.Running) != 1 || back.Running[0].ID != "p2" || back.Running[0].Steps[0].Due != due || back.Running[0].No != back.Begun {
		t.Errorf("running at the one that is back: %+v", back.Running)
	}
	if len(kept.Running) != 1 || kept.Running[0].ID != "p3" || kept.Status != catalogue.MaintenanceRunning {
		t.Errorf("running at the other: %+v, %s", kept.Running, kept.Status)
	}
	if back.Bought.Orders != 2 || kept.Bought.Orders != 2 {
		t.Errorf("bought %+v and %+v", back.Bought, kept.Bought)
	}
}

// undo takes a merge back; the deals that are named, and all else that nobody can
// tell, are the one's that is back.
func (r *running) undo(merge string, deals ...string) {
	r.t.Helper()
	var preview struct {
		Since []struct{ Kind, ID, Goes string }
	}
	if status, _ := r.call("director", "GET", "/v1/merges/"+merge+"/undo", nil, &preview); status != 200 {
		r.t.Fatal(status)
	}
	var answers []map[string]any
	for _, s := range preview.Since {
		switch {
		case slices.Contains(deals, s.ID):
			answers = append(answers, map[string]any{"kind": s.Kind, "id": s.ID, "to": "from"})
		case s.Goes == "":
			answers = append(answers, map[string]any{"kind": s.Kind, "id": s.ID, "to": "into"})
		}
	}
	if status, p := r.call("director", "POST", "/v1/merges/"+merge+"/undo", map[string]any{"reason": "两家", "answers": answers}, nil); status >= 300 {
		r.t.Fatalf("undo: %d %v", status, p)
	}
}

// R-033, D-6: the journeys of what moves learn at once whose it is: a case and a change
// of need tell it by a fact of their own, with the merge and with its undoing.
func TestJourneysLearnAtOnceWhoseTheyAre(t *testing.T) {
	var d desk
	r := run(t, d.with)
	keep, drop := r.customer("上海华兴贸易有限公司", "13812345678"), r.customer("北京大成科技有限公司", "13912345678")
	r.kase("li", "POST", complaints, map[string]any{"customer": drop, "text": "慢"})
	var m catalogue.Merge
	if status, _ := r.call("director", "POST", "/v1/merges", map[string]any{"keep": keep, "drop": drop, "reason": "同一家"}, &m); status >= 300 {
		t.Fatal(status)
	}
	until(t, "the case has told it", func() bool { return r.whose()[catalogue.KindCase] == m.Into || m.From == keep })
	r.undo(m.ID)
	if m.From == drop {
		until(t, "and that it went back", func() bool { return r.whose()[catalogue.KindCase] == drop })
	}
}

// a transfer that was refused, or that nobody acted on, is noted at the
// hand-over that three parties confirmed, each once; one that took place is not.
func TestARefusedTransferOfAHandOver(t *testing.T) {
	r := run(t, team)
	c := r.customer("上海华兴贸易有限公司", "13812345678")
	r.happens("deal/d1", c, wonDeal(c, "d1"))
	until(t, "maintained", func() bool { _, ok := r.maintenance(c); return ok })
	ended := func(id, status, to, remark string) {
		r.happens("transfer/"+id, c, &catalogue.TransferStepped{Before: "requested", After: catalogue.Transfer{ID: id, Customer: c, From: "wang", To: to, RequestedBy: "journeys",
			Status: status, Remark: remark, RequestedAt: instant.Now(), EndedAt: instant.Now()}})
	}
	ended("t0", catalogue.TransferRejected, "su", "太早") // before anybody confirmed
	r.call("journeys", "PUT", path(c, "h1"), map[string]any{"process": "hand_over", "occasion": "hand_over", "for": "2026-03-02T00:00:00Z"}, nil)
	for i, party := range []string{"sales", "implementation", "success"} {
		if status, _ := r.call([]string{"wang", "im", "su"}[i], "POST", path(c, "h1", "steps", party, "completion"), map[string]any{"outcome": "确认"}, nil); status != 200 {
			t.Fatalf("%s: %d", party, status)
		}
	}
	ended("t1", catalogue.TransferRejected, "su", "客户不同意")
	ended("t1", catalogue.TransferRejected, "su", "客户不同意")
	until(t, "the refusal is noted", func() bool { m, _ := r.maintenance(c); return m.HandOver.Refusals >= 1 })
	ended("t2", catalogue.TransferCancelled, "su", "expired")
	until(t, "so is one that nobody acted on", func() bool { m, _ := r.maintenance(c); return m.HandOver.Refusals >= 2 })
	ended("t3", catalogue.TransferAccepted, "su", "")
	r.happens("ownership/"+c, c, &catalogue.OwnerChanged{Before: catalogue.Ownership{Customer: c, Owner: "wang"}, After: catalogue.Ownership{Customer: c, Owner: "su"}, Reason: "transfer"})
	until(t, "the window moved", func() bool { m, _ := r.maintenance(c); return m.HandOver.MovedAt != 0 })
	m, _ := r.maintenance(c)
	if h := m.HandOver; h.Refusals != 2 || h.Refused.Transfer != "t2" || h.Refused.Remark != "expired" || h.RefusedAt <= h.ConfirmedAt {
		t.Errorf("%+v", m.HandOver)
	}
}

// D-6: what was ordered since a merge and is the other's goes back with
// it: both know how often and when they last bought.
func TestUndoSplitsWhatWasOrderedSince(t *testing.T) {
	r := run(t, team)
	a, b := r.customer("上海华兴贸易有限公司", "13812345678"), r.customer("天津百川物流有限公司", "13712345678")
	ago := func(days int) instant.Time { return instant.Now().Add(-time.Duration(days) * 24 * time.Hour) }
	order := func(customer, id string, at instant.Time) {
		t.Helper()
		ask := orderOf(customer, id, 100)
		ask["placed_at"] = at.String()
		if status, _ := r.call("journeys", "POST", "/v1/orders", ask, nil); status != 201 {
			t.Fatalf("order %s: %d", id, status)
		}
	}
	bought := func(customer string, times int) (m catalogue.Repurchases) {
		t.Helper()
		until(t, fmt.Sprint("bought ", times, " times"), func() bool {
			n, ok := r.maintenance(customer)
			m = n.Bought
			return ok && m.Orders == times
		})
		return m
	}
	first, kept, given := ago(30), ago(20), ago(10)
	order(a, "a", first)
	order(b, "b", first)
	bought(a, 1)
	bought(b, 1)
	var m catalogue.Merge
	if status, _ := r.call("director", "POST", "/v1/merges", map[string]any{"keep": a, "drop": b, "reason": "同一家"}, &m); status >= 300 {
		t.Fatal(status)
	}
	order(m.Into, "kept", kept)
	order(m.Into, "given", given)
	if both := bought(m.Into, 3); both.LastAt != given {
		t.Errorf("merged: %+v", both)
	}
	until(t, "all is on the timeline", func() bool { return len(r.timeline(m.Into, "?kind=order").Items) == 4 })
	r.undo(m.ID, "shop:given")
	if back := bought(m.From, 2); back.LastAt != given || back.FirstAt != first || back.Again != 1 {
		t.Errorf("the one that is back bought %+v", back)
	}
	if stays := bought(m.Into, 2); stays.LastAt != kept || stays.FirstAt != first || stays.Again != 1 {
		t.Errorf("the other bought %+v", stays)
	}
}
