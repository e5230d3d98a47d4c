package merging_test

import (
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/app"
	"liuke.dev/services/accounts/internal/merging"
	"liuke.dev/services/accounts/internal/storage"
	"liuke.dev/services/accounts/internal/timeline"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy/policytest"
	"liuke.dev/shared/service"
	"liuke.dev/shared/store"
	"liuke.dev/shared/store/sqlite"
)

const hour = instant.Time(3_600_000)

// desk is accounts with timeline and merging, and a clock of its own.
type desk struct {
	t       testing.TB
	engine  store.Engine
	now     instant.Time
	files   *app.Accounts
	line    *timeline.Timeline
	merging *merging.Merging
	n       int
	read    map[string]int64 // facts of files that were brought to the parts
}

func open(t testing.TB) *desk {
	t.Helper()
	e, err := sqlite.Open(t.Context(), t.TempDir()+"/accounts.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	d := &desk{t: t, engine: e, now: instant.Now(), read: map[string]int64{}}
	clock := func() instant.Time { return d.now }
	docs, err := storage.Open(t.Context(), e)
	if err != nil {
		t.Fatal(err)
	}
	guard := access.New(directory.Of(), clock)
	book := policytest.Holder(t)
	d.files = app.New(docs, guard, clock, book)
	if d.line, err = timeline.New(t.Context(), timeline.Config{Engine: e, Files: d.files, Guard: guard, Policy: book, Clock: clock, Log: slog.New(slog.DiscardHandler)}); err != nil {
		t.Fatal(err)
	}
	d.merging, err = merging.New(t.Context(), merging.Config{Accounts: d.files, Line: d.line, Holders: d.line.Holders(),
		Deps: service.Deps{Store: e, Policy: book, Clock: clock, Log: slog.New(slog.DiscardHandler)}})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func (d *desk) customer(name, phone, contact string) string {
	d.t.Helper()
	d.n++
	m, err := d.files.MatchOrCreate(d.t.Context(), fmt.Sprintf("id-%02d", d.n), "boss", app.Ask{MatchCustomer: effects.MatchCustomer{Kind: "company", Name: name, Phone: phone, Contact: contact}})
	if err != nil || !m.Created {
		d.t.Fatalf("%s: %+v %v", name, m, err)
	}
	return m.Customer
}

// tell puts an entry on a customer's timeline.
func (d *desk) tell(customer, contact string, ref *catalogue.Subject) string {
	d.t.Helper()
	d.n++
	d.now += hour
	id := fmt.Sprint("e", d.n)
	err := d.line.Append(d.t.Context(), []catalogue.TimelineEntry{{ID: "test:" + id, Customer: customer, Kind: "call", Source: "test", SourceID: id,
		OccurredAt: d.now, RecordedAt: d.now, Direction: "inbound", Contact: contact, Ref: ref, Says: lang.T("来电", "called")}})
	if err != nil {
		d.t.Fatal(err)
	}
	return "test:" + id
}

// settle brings what happened to files to the parts, as the consumer does.
func (d *desk) settle(customers ...string) {
	d.t.Helper()
	for _, c := range customers {
		kept, err := d.engine.History(d.t.Context(), "customer/"+c, d.read[c], 1000)
		if err != nil {
			d.t.Fatal(err)
		}
		for _, k := range kept {
			d.read[c] = k.Version
			e, err := facts.Stored(k)
			if err != nil {
				d.t.Fatal(err)
			}
			if e.Type != (&catalogue.CustomerFolded{}).Kind().Type && e.Type != (&catalogue.CustomerUnfolded{}).Kind().Type {
				continue
			}
			for range 2 { // facts may come twice
				if err := d.merging.Observe(d.t.Context(), e); err != nil {
					d.t.Fatal(err)
				}
			}
		}
	}
}

func (d *desk) entries(customer string) []string {
	d.t.Helper()
	var out []string
	if err := d.line.Each(d.t.Context(), customer, func(e timeline.Entry) error {
		out = append(out, e.ID)
		return nil
	}); err != nil {
		d.t.Fatal(err)
	}
	slices.Sort(out)
	return out
}

func (d *desk) file(id string) string {
	d.t.Helper()
	f, err := d.files.Root(d.t.Context(), id)
	if err != nil {
		d.t.Fatal(err)
	}
	raw, err := json.Marshal(f.Customer)
	if err != nil {
		d.t.Fatal(err)
	}
	return string(raw)
}

// R-033, D-6: merge, random events, undo: the originals come back with what was
// theirs and what can be told to be theirs; the rest went where the answers said.
func TestMergeRandomEventsUndo(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		d := open(t)
		ctx := auth.With(t.Context(), auth.Principal{ID: "boss", Roles: []auth.Role{auth.SalesDirector}})
		a, b := d.customer("华兴贸易", "13812341234", "张伟"), d.customer("大成实业", "13912341234", "李娜")
		people := map[string]string{a: "张伟", b: "李娜"}
		want := map[string][]string{}
		deals := map[string]*catalogue.Subject{a: {Kind: "deal", ID: "da"}, b: {Kind: "deal", ID: "db"}}
		for _, c := range []string{a, b} {
			want[c] = append(want[c], d.tell(c, people[c], deals[c]))
		}
		fileA, fileB := d.file(a), d.file(b)
		keep, drop := a, b
		if rapid.Bool().Draw(rt, "the other way") {
			keep, drop = b, a
		}
		m, err := d.merging.Merge(ctx, keep, drop, "同一家")
		if err != nil {
			rt.Fatal(err)
		}
		d.settle(a, b)
		if got := d.entries(m.Body.Into); len(got) != 2 || len(d.entries(m.Body.From)) != 0 {
			rt.Fatalf("after the merge: %v", got)
		}
		if one, err := d.files.MatchOrCreate(ctx, "late", "x", app.Ask{MatchCustomer: effects.MatchCustomer{Name: "大成实业", Phone: "13912341234"}}); err != nil || one.Customer != m.Body.Into {
			rt.Fatalf("a known phone leads to %+v %v", one, err)
		}
		var answers []merging.Answer
		for i := range rapid.IntRange(0, 8).Draw(rt, "events") {
			whose := rapid.SampledFrom([]string{a, b}).Draw(rt, "whose")
			side := map[bool]string{true: merging.ToFrom, false: merging.ToInto}[whose == m.Body.From]
			var id string
			switch rapid.IntRange(0, 3).Draw(rt, "by what") {
			case 0: // belongs to a deal that was theirs
				id = d.tell(m.Body.Into, "某人", deals[whose])
			case 1: // with somebody whom only one of them has
				id = d.tell(m.Body.Into, people[whose], nil)
			case 2: // nobody can tell
				id = d.tell(m.Body.Into, "新人", nil)
				answers = append(answers, merging.Answer{Kind: timeline.Kind, ID: id, To: side})
			case 3: // of a new thing that nobody can tell
				ref := &catalogue.Subject{Kind: "deal", ID: fmt.Sprint("new", i)}
				id = d.tell(m.Body.Into, "新人", ref)
				answers = append(answers, merging.Answer{Kind: "deal", ID: ref.ID, To: side})
			}
			want[whose] = append(want[whose], id)
		}
		d.now += hour // what Liuke does by itself is asked of nobody
		own := catalogue.TimelineEntry{ID: "liuke:standing", Customer: m.Body.Into, Kind: catalogue.EntryStanding, Source: timeline.Own, SourceID: "standing",
			OccurredAt: d.now, RecordedAt: d.now, Direction: "none", Says: lang.T("健康分 40", "health 40")}
		if err := d.line.Append(ctx, []catalogue.TimelineEntry{own}); err != nil {
			rt.Fatal(err)
		}
		want[m.Body.Into] = append(want[m.Body.Into], own.ID)
		see, err := d.merging.PreviewUndo(ctx, m.ID)
		if err != nil || see.Doubtful != len(answers) {
			rt.Fatalf("preview: %d doubtful, want %d: %v", see.Doubtful, len(answers), err)
		}
		if len(answers) > 0 {
			if _, err := d.merging.Undo(ctx, m.ID, "x", answers[1:]); err == nil {
				rt.Fatal("undone although something was not answered")
			}
		}
		if _, err := d.merging.Undo(ctx, m.ID, "原来是两家", answers); err != nil {
			rt.Fatal(err)
		}
		d.settle(a, b)
		for _, c := range []string{a, b} {
			slices.Sort(want[c])
			if got := d.entries(c); !slices.Equal(got, want[c]) {
				rt.Fatalf("%s has %v, want %v", c, got, want[c])
			}
		}
		if d.file(a) != fileA && m.Body.Into != a || d.file(b) != fileB && m.Body.Into != b {
			rt.Fatalf("files:\n%s\n%s\nwere\n%s\n%s", d.file(a), d.file(b), fileA, fileB)
		}
		// No key makes them one again, even for somebody who has a key of each.
		one, err := d.files.MatchOrCreate(ctx, "both", "x", app.Ask{MatchCustomer: effects.MatchCustomer{Name: "大成实业", Phone: "13812341234"}})
		if err != nil || one.Customer != a && one.Customer != b {
			rt.Fatalf("%+v %v", one, err)
		}
		for _, c := range []string{a, b} {
			if f, err := d.files.Root(ctx, c); err != nil || f.ID != c {
				rt.Fatalf("%s became %s: %v", c, f.ID, err)
			}
		}
	})
}
