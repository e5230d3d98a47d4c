package outage_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"liuke.dev/services/insights/internal/outage"
	"liuke.dev/services/insights/internal/project"
	"liuke.dev/services/insights/internal/record"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/store"
	"liuke.dev/shared/store/sqlite"
)

const nine = instant.Time(1772355600000) // 2026-03-01T09:00:00Z

func at(minutes int) instant.Time { return nine.Add(time.Duration(minutes) * time.Minute) }

type desk struct {
	t *testing.T
	b *outage.Book
	p *project.Projector
}

func open(t *testing.T) *desk {
	t.Helper()
	e, err := sqlite.Open(t.Context(), t.TempDir()+"/insights.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	return on(t, e)
}

func on(t *testing.T, e store.Engine) *desk {
	t.Helper()
	c, err := record.Open(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	b, err := outage.Open(t.Context(), e, c)
	if err != nil {
		t.Fatal(err)
	}
	return &desk{t, b, project.New(c, b)}
}

func (k *desk) take(aggregate string, version int, at instant.Time, d catalogue.Data) {
	k.t.Helper()
	raw, err := json.Marshal(d)
	if err != nil {
		k.t.Fatal(err)
	}
	e := facts.Event{ID: fmt.Sprintf("%s/%d/0", aggregate, version), Type: d.Kind().Type, Subject: aggregate, Aggregate: aggregate, Version: int64(version), Time: at, Data: raw}
	for range 2 { // facts may come twice
		if err := k.p.One(k.t.Context(), e); err != nil {
			k.t.Fatal(err)
		}
	}
}

func (k *desk) interrupted(n int, program, cause string, from, until int) {
	k.take("presence/"+program, n, at(until), &catalogue.Interrupted{Program: program, Cause: cause, From: at(from), Until: at(until)})
}

func (k *desk) draw(minute int) []outage.Receipt {
	k.t.Helper()
	if err := k.b.Draw(k.t.Context(), at(minute)); err != nil {
		k.t.Fatal(err)
	}
	all, _, err := k.b.Page(k.t.Context(), 50, "")
	if err != nil {
		k.t.Fatal(err)
	}
	return all
}

func owes(id string, due int) catalogue.Obligation {
	return catalogue.Obligation{ID: id, Rule: "idle.0", Due: at(due), Does: lang.T("提醒负责人", "remind the owner")}
}

func (k *desk) decides(journey string, number, minute int, fired, pending []catalogue.Obligation) {
	d := &catalogue.Decided{Journey: "deal/" + journey, Process: "deal", Number: int64(number), At: at(minute), Pending: pending}
	for _, o := range fired {
		d.Fired = append(d.Fired, catalogue.Fired{Obligation: o, At: d.At, Late: d.At.Sub(o.Due) > time.Minute})
	}
	k.take("journey/deal:"+journey, number, d.At, d)
}

type list = []catalogue.Obligation

// From interruptions and decisions to the receipt: it grows as journeys catch
// up, says the same in both languages, and is left alone once final.
func TestReceiptFollowsTheCatchingUp(t *testing.T) {
	k := open(t)
	for n := range 30 {
		d := fmt.Sprint("d", n)
		k.decides(d, 1, 0, nil, list{owes(d+":a", 61+n), owes(d+":later", 2000)})
	}
	k.decides("quiet", 1, 0, nil, list{owes("quiet:a", 3000)})
	k.interrupted(1, "liuke", catalogue.CauseCrashed, 60, 120)
	if got := k.draw(120); len(got) != 1 || got[0].Counts != (outage.Counts{Due: 30, Open: 30}) || got[0].Final {
		t.Fatalf("at once: %+v", got)
	}
	for n := range 29 {
		d := fmt.Sprint("d", n)
		k.decides(d, 2, 121, list{owes(d+":a", 61+n)}, list{owes(d+":later", 2000)})
	}
	if got := k.draw(121)[0]; got.Counts != (outage.Counts{Due: 30, Fired: 29, Late: 29, Open: 1}) || got.OpenOnes[0].ID != "d29:a" {
		t.Fatalf("nearly: %+v", got.Counts)
	}
	k.decides("d29", 2, 125, nil, list{owes("d29:new", 900)})
	k.decides("d0", 3, 300, nil, list{owes("d0:new", 9000)}) // long after: changes nothing
	got := k.draw(301)[0]
	if got.Counts != (outage.Counts{Due: 30, Fired: 29, Late: 29, Settled: 1}) || !got.Final || got.LastFired != at(121) || got.LateOnes[0].ID != "d0:a" {
		t.Fatalf("at last: %+v", got.Counts)
	}
	k.decides("d1", 3, 302, list{owes("d1:a", 62)}, nil)
	if again := k.draw(400)[0]; again.DrawnAt != got.DrawnAt {
		t.Error("a final receipt was counted again")
	}
	page := got.Page(func(at instant.Time) string { return at.Std().Format("15:04:05") })
	for _, want := range []string{"停机回执　10:00:00 至 11:00:00，历时 1小时", "liuke：意外终止", "其间到期 30 项：已执行 29 项，其中 29 项超过时限", "无一遗漏，每项只执行一次", "应于 10:01:00　迟 1小时　deal/d0　提醒负责人", "另有 9 项", "最终"} {
		if !strings.Contains(page.Zh, want) {
			t.Errorf("not on the page: %s\n%s", want, page.Zh)
		}
	}
	for _, want := range []string{"down 10:00:00 to 11:00:00, 1h0m0s", "liuke ended without a word", "30 obligations came due meanwhile: 29 fired, 29 of them late beyond target; 1 needed not fire", "None was lost, and each fired once", "due 10:01:00  late 1h0m0s  deal/d0  remind the owner", "and 9 more", "final"} {
		if !strings.Contains(page.En, want) {
			t.Errorf("not on the page: %s\n%s", want, page.En)
		}
	}
}

// Interruptions that touch are one outage, whichever is heard of first; those
// apart are two. Either beginning finds it.
func TestInterruptionsThatTouchAreOneOutage(t *testing.T) {
	k := open(t)
	k.interrupted(1, "worker", catalogue.CauseCrashed, 60, 70)
	k.interrupted(1, "leads", catalogue.CauseStopped, 300, 310)
	if got := k.draw(311); len(got) != 2 {
		t.Fatalf("%d outages, want 2", len(got))
	}
	k.interrupted(2, "leads", catalogue.CauseStopped, 50, 65)
	k.interrupted(2, "worker", catalogue.CauseStalled, 70, 71)
	got := k.draw(312)
	if len(got) != 2 || got[1].From != at(50) || got[1].Until != at(71) || len(got[1].Interruptions) != 3 {
		t.Fatalf("%+v", got)
	}
	for _, minute := range []int{50, 60, 71} {
		if r, err := k.b.At(t.Context(), at(minute)); err != nil || r.From != at(50) {
			t.Errorf("at %d: %v %v", minute, r.From, err)
		}
	}
	for _, minute := range []int{49, 72, 200} {
		if _, err := k.b.At(t.Context(), at(minute)); err == nil {
			t.Errorf("there is an outage at %d", minute)
		}
	}
}

// What is not settled within a week is left to people, and says so.
func TestReceiptThatNeverSettles(t *testing.T) {
	k := open(t)
	k.decides("d1", 1, 0, nil, list{owes("d1:a", 61)})
	k.interrupted(1, "liuke", catalogue.CauseSuspended, 60, 120)
	if got := k.draw(120 + 8*24*60)[0]; !got.Final || got.Open != 1 || !strings.Contains(got.Verdict().En, "liuke doctor") {
		t.Errorf("%+v", got)
	}
}

// drawn remembers which receipts were committed.
type drawn struct {
	store.Engine
	ids []string
}

func (d *drawn) Commit(ctx context.Context, collection string, w store.Write) error {
	if collection == "outage" {
		d.ids = append(d.ids, w.Record.ID)
	}
	return d.Engine.Commit(ctx, collection, w)
}

// Somebody waits for the newest receipt; it does not wait until older ones are counted anew.
func TestTheNewestReceiptIsDrawnFirst(t *testing.T) {
	e, err := sqlite.Open(t.Context(), t.TempDir()+"/insights.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	d := &drawn{Engine: e}
	k := on(t, d)
	for n, from := range []int{0, 20, 10} {
		k.interrupted(n+1, "liuke", catalogue.CauseCrashed, from, from+1)
	}
	k.draw(22)
	if want := []string{at(20).String(), at(10).String(), at(0).String()}; !slices.Equal(d.ids, want) {
		t.Errorf("drawn up in the order %v, want %v", d.ids, want)
	}
}
