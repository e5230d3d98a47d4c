package e2e

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"liuke.dev/deploy/recount"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/programtest"
)

// a salesperson with hundreds of open items leaves. On the whole program no open
// lead, deal, customer, task or transfer stays with somebody who is not active, each
// goes exactly once, and what was due is due to the new owner, at the same time.
func TestWhoLeavesLeavesNothingBehind(t *testing.T) {
	ctx := bounded(t, 3*time.Minute)
	o := open(ctx, t)
	s := follow(t, o.Follow(ctx))
	leaver, heir := o.Sellers[0], o.Sellers[1]
	leads := burdened(ctx, t, o, leaver)
	allRead(ctx, t, o, s) // every lead has its customer by now
	inTransfer(ctx, t, o, leaver, o.Sellers[2], leads[0])
	due := comesDue(ctx, t, o, s, leaver, leads[:5])
	before, ledger := holders(t, s), ledgerOf(t, s)
	if n := len(before.By(leaver)); n < 3*heldLeads+2*heldDeals {
		t.Fatalf("who leaves holds %d items: the test proves little", n)
	}
	begin := time.Now()
	if err := o.As(o.Administrator).Post(ctx, "/v1/people/"+leaver+"/deactivation", map[string]any{"successor": heir}, nil); err != nil {
		t.Fatal(err)
	}
	soon(ctx, t, "nothing is left with who left", func() bool { return len(holders(t, s).By(leaver)) == 0 && holdsNothing(ctx, t, o, leaver) })
	gone := instant.Now()
	t.Logf("%d items handed over within %s", len(before.By(leaver)), time.Since(begin).Round(10*time.Millisecond))
	rest(ctx, t, due.Sub(gone))
	soon(ctx, t, "the heir is told what came due", func() bool { return told(ledgerOf(t, s), leads[:5], heir, gone) })
	allRead(ctx, t, o, s)
	after := ledgerOf(t, s)
	checkHandedOver(t, before, holders(t, s), leaver, heir)
	checkStillDue(t, ledger, after)
	for id, issued := range after.Reminders {
		if r := issued[0]; slices.Contains(r.To, leaver) && r.At > gone {
			t.Errorf("reminder %s goes to who left", id)
		}
	}
	checkOwnersActive(ctx, t, o)
	report(t, "broken promises", after.Broken(instant.Now(), 10*time.Second))
}

// burdened gives a salesperson leads, deals of other customers and tasks of their own;
// it gives the leads.
func burdened(ctx context.Context, t *testing.T, o *programtest.Office, person string) []string {
	t.Helper()
	const hands = 10 // that record side by side
	journal := recount.NewJournal()
	var all sync.WaitGroup
	for i := range hands {
		one := &recount.Seller{Client: o.As(person), Name: fmt.Sprintf("留%c", 'A'+i), Journal: journal, Rand: rand.New(rand.NewPCG(uint64(i), 0)), Day: 24 * time.Hour} //nolint:gosec // chances that can be repeated
		all.Go(func() {
			for range heldLeads / hands {
				one.Record(ctx)
			}
			for range heldDeals / hands {
				one.Open(ctx)
			}
			for _, subject := range one.Mine[len(one.Mine)-heldDeals/hands:] {
				one.FollowUp(ctx, subject)
			}
		})
	}
	all.Wait()
	report(t, "calls that failed", journal.Lost)
	for n := range 5 {
		if err := o.As(person).Post(ctx, "/v1/tasks", map[string]any{"title": fmt.Sprintf("整理资料 %d", n), "due": instant.Now().Add(48 * time.Hour)}, nil); err != nil {
			t.Fatal(err)
		}
	}
	if len(journal.Leads) != heldLeads || len(journal.Deals) != heldDeals {
		t.Fatalf("%d leads and %d deals: %v", len(journal.Leads), len(journal.Deals), journal.Refused)
	}
	return slices.Sorted(maps.Keys(journal.Leads))
}

// inTransfer puts the customer of a lead on its way to somebody else: the hand-over
// note is the next thing to be written.
func inTransfer(ctx context.Context, t *testing.T, o *programtest.Office, from, to, lead string) {
	t.Helper()
	var have catalogue.Lead
	if err := o.As(from).Get(ctx, "/v1/leads/"+lead, &have); err != nil {
		t.Fatal(err)
	}
	var made recount.Created
	if err := o.As(from).Post(ctx, "/v1/transfers", map[string]any{"customer": have.Customer, "to": to, "reason": "区域调整"}, &made); err != nil {
		t.Fatal(err)
	}
	if err := o.As(o.Manager).Post(ctx, "/v1/transfers/"+made.ID+"/approval", map[string]any{}, nil); err != nil {
		t.Fatal(err)
	}
}

// comesDue follows leads up and names a next time soon after; it gives that time, once
// tasks and journeys know of it.
func comesDue(ctx context.Context, t *testing.T, o *programtest.Office, s *programtest.Stream, by string, leads []string) instant.Time {
	t.Helper()
	due := instant.Now().Add(slower * 7 * time.Second)
	for _, lead := range leads {
		if err := o.As(by).Post(ctx, "/v1/leads/"+lead+"/follow-ups", map[string]any{"occurred_at": instant.Now(), "channel": "phone", "direction": "outbound", "key_points": "谈了",
			"next_action": "再联系", "next_touch_at": due, "result": "interested", "customer_type": "new", "budget_band": "medium", "objections": []string{"price"}}, nil); err != nil {
			t.Fatal(err)
		}
	}
	soon(ctx, t, "tasks and journeys know of the next touch", func() bool {
		h, l := holders(t, s), ledgerOf(t, s)
		return !slices.ContainsFunc(leads, func(lead string) bool { return !plans(h, l, lead, due) })
	})
	return due
}

// plans tells whether a lead's next touch is its only task, and pending or over in its journey.
func plans(h *recount.Holders, l *recount.Ledger, lead string, due instant.Time) bool {
	for _, task := range h.Tasks {
		if task.Subject.Kind == catalogue.KindLead && task.Subject.ID == lead && task.Due != due {
			return false
		}
	}
	decisions := l.Decisions["lead/"+lead]
	last := decisions[len(decisions)-1]
	promised := func(o catalogue.Obligation) bool { return o.Rule == "next_touch.0" && o.Due == due }
	return slices.ContainsFunc(last.Pending, promised) || slices.ContainsFunc(last.Fired, func(f catalogue.Fired) bool { return promised(f.Obligation) })
}

func holders(t *testing.T, s *programtest.Stream) *recount.Holders {
	t.Helper()
	h, err := recount.ReadHolders(s.Facts())
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func ledgerOf(t *testing.T, s *programtest.Stream) *recount.Ledger {
	t.Helper()
	l, err := recount.ReadLedger(s.Facts())
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// holdsNothing asks the program itself what is left with somebody.
func holdsNothing(ctx context.Context, t *testing.T, o *programtest.Office, person string) bool {
	t.Helper()
	var h struct{ Customers, Leads, Deals, Transfers int }
	if err := o.As(o.Boss).Get(ctx, "/v1/ownerships/holdings/"+person, &h); err != nil {
		t.Fatal(err)
	}
	return h.Customers+h.Leads+h.Deals+h.Transfers == 0
}

// checkHandedOver wants each item to have gone once, to the heir, and tasks to be due
// when they were. The task of a transfer's step may be given anew instead.
func checkHandedOver(t *testing.T, before, after *recount.Holders, leaver, heir string) {
	t.Helper()
	kinds := map[string]int{}
	var wrong []string
	for _, item := range before.By(leaver) {
		kind, id, _ := strings.Cut(item, "/")
		kinds[kind]++
		was, isTask := before.Tasks[id]
		isTask = isTask && kind == "task"
		now, moves := after.Of[item], after.Moves[item]-before.Moves[item]
		switch {
		case isTask && was.Subject.Kind == catalogue.KindTransfer:
			if n := alike(after, was, heir); n != 1 {
				wrong = append(wrong, fmt.Sprintf("%s: %d tasks of its step wait for the heir", item, n))
			}
		case now != heir || moves != 1:
			wrong = append(wrong, fmt.Sprintf("%s went %d times and is with %q", item, moves, now))
		case isTask && after.Tasks[id].Due != was.Due:
			wrong = append(wrong, fmt.Sprintf("%s was due %s and is due %s", item, was.Due, after.Tasks[id].Due))
		}
	}
	t.Logf("handed over: %v", kinds)
	report(t, "items that did not go to the heir once", wrong)
	report(t, "items with who left", after.By(leaver))
	if kinds["lead"] < heldLeads || kinds["deal"] < heldDeals || kinds["customer"] < heldLeads || kinds["task"] < heldLeads+heldDeals || kinds["transfer"] != 1 {
		t.Errorf("only %v: the test proves little", kinds)
	}
}

// alike counts somebody's open tasks of the same kind about the same thing, due at the same time.
func alike(h *recount.Holders, as catalogue.Task, person string) (n int) {
	for _, task := range h.Tasks {
		if task.Assignee == person && task.Kind == as.Kind && task.Subject == as.Subject && task.Due == as.Due {
			n++
		}
	}
	return n
}

// checkStillDue wants every promise about a lead or deal to be pending for the time
// that it was pending for, or to have fired. Only the public pool waits longer: the
// new owner gets all of the time before it.
func checkStillDue(t *testing.T, before, after *recount.Ledger) {
	t.Helper()
	var wrong []string
	promises := 0
	for name, decisions := range before.Decisions {
		if kind, _, _ := strings.Cut(name, "/"); kind != "lead" && kind != "deal" {
			continue
		}
		now := after.Decisions[name]
		for _, o := range decisions[len(decisions)-1].Pending {
			if strings.HasPrefix(o.Rule, "recycle") {
				continue
			}
			promises++
			pending := slices.ContainsFunc(now[len(now)-1].Pending, func(p catalogue.Obligation) bool { return p.ID == o.ID && p.Due == o.Due })
			if !pending && len(after.Fired[o.ID]) != 1 {
				wrong = append(wrong, fmt.Sprintf("%s, due at %s, is not pending and fired %d times", o.ID, o.Due, len(after.Fired[o.ID])))
			}
		}
	}
	t.Logf("%d promises go on", promises)
	report(t, "promises that got lost", wrong)
	if promises < 2*heldLeads {
		t.Errorf("only %d promises: the test proves little", promises)
	}
}

// told tells whether the heir was reminded of the next touch of every lead; who left
// was, if it came due before they held nothing.
func told(l *recount.Ledger, leads []string, heir string, gone instant.Time) bool {
	of := map[string]bool{}
	for _, issued := range l.Reminders {
		if r := issued[0]; r.Rule == "next_touch.0" && (slices.Contains(r.To, heir) || r.At <= gone) {
			of[r.Subject.ID] = true
		}
	}
	return !slices.ContainsFunc(leads, func(lead string) bool { return !of[lead] })
}

// checkOwnersActive reads the lists that people see.
func checkOwnersActive(ctx context.Context, t *testing.T, o *programtest.Office) {
	t.Helper()
	boss := o.As(o.Boss)
	people, err := programtest.All[catalogue.Person](ctx, boss, "/v1/people")
	if err != nil {
		t.Fatal(err)
	}
	active := map[string]bool{}
	for _, p := range people {
		active[p.ID] = p.Active
	}
	type listed struct {
		ID, Owner, Assignee string
		Pooled              bool
	}
	seen := 0
	for _, path := range []string{"/v1/leads", "/v1/deals", "/v1/customers", "/v1/tasks?scope=all&status=open"} {
		list, err := programtest.All[listed](ctx, boss, path)
		if err != nil {
			t.Fatal(err)
		}
		seen += len(list)
		for _, l := range list {
			task := strings.HasPrefix(path, "/v1/tasks")
			if !l.Pooled && !active[l.Owner] || task && !active[l.Assignee] {
				t.Errorf("%s %s is with %q, to be done by %q", path, l.ID, l.Owner, l.Assignee)
			}
		}
	}
	if seen < 3*heldLeads {
		t.Errorf("the lists show %d items", seen)
	}
}
