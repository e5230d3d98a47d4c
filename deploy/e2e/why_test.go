package e2e

import (
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"liuke.dev/deploy/recount"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/programtest"
	"liuke.dev/workflows/journey"
)

// question asks why something is as it is.
type question struct {
	about string // what kind of thing, for the count
	query string // of GET /v1/insights/why
	fact  string // whose cause is asked for
}

// explanation is the answer, as far as it is looked at here.
type explanation struct {
	Says     lang.Text `json:"says"`
	Complete bool      `json:"complete"`
	Chain    []struct {
		Kind     string           `json:"kind"`
		ID       string           `json:"id"`
		CausedBy []string         `json:"caused_by"`
		Type     string           `json:"type"`
		Rule     string           `json:"rule"`
		Actor    *catalogue.Actor `json:"actor"`
	} `json:"chain"`
}

// questions are all that can be asked about a fact: none about most of them.
func questions(t *testing.T, e facts.Event) []question {
	t.Helper()
	f, err := journey.Read(journey.Event{ID: e.ID, Type: e.Type, Data: e.Data})
	if err != nil {
		t.Fatalf("fact %s: %v", e.ID, err)
	}
	kind, id, _ := strings.Cut(e.Aggregate, "/")
	ask := func(about string, pairs ...string) question {
		v := url.Values{}
		for i := 0; i+1 < len(pairs); i += 2 {
			v.Set(pairs[i], pairs[i+1])
		}
		return question{about, v.Encode(), e.ID}
	}
	switch d := f.Data.(type) {
	case *catalogue.TaskCreated:
		return []question{ask("task "+d.After.Kind, "task", id)}
	case *catalogue.ReminderIssued:
		return []question{ask("reminder "+d.After.Level, "reminder", id)}
	case *catalogue.MarkSet:
		return []question{ask(kind+" mark", kind, id, "mark", d.Mark.Rule), ask(kind+" mark, by fact", "fact", e.ID)}
	case *catalogue.LeadAssigned, *catalogue.LeadPooled, *catalogue.DealAssigned:
		return []question{ask(kind+" owner", kind, id, "owner", "true"), ask(kind+" owner, by fact", "fact", e.ID)}
	case *catalogue.TaskChanged:
		return []question{ask("task moved, by fact", "fact", e.ID)}
	case *catalogue.CustomerPooled:
		return []question{ask("customer pooled", "customer", id, "owner", "true"), ask("customer pooled, by fact", "fact", e.ID)}
	case *catalogue.OwnerChanged, *catalogue.CustomerClaimed:
		return []question{ask("customer owner", "customer", id, "owner", "true"), ask("customer owner, by fact", "fact", e.ID)}
	}
	return nil
}

// mustCome are the things that the story below must make, each asked about.
var mustCome = []string{"task first_touch", "task next_touch", "reminder remind", "reminder escalate", "lead mark", "deal mark", "lead owner", "deal owner", "customer owner",
	"customer pooled", "task moved, by fact", "task approve", "task hand_over", "task accept"}

// Everything that happened to somebody, in the words of the system: for every
// task, reminder, mark and reassignment there is, the chain of causes goes down
// to what a person, a form or an import recorded.
func TestEveryTaskReminderMarkAndReassignmentSaysWhy(t *testing.T) {
	ctx := bounded(t, 4*time.Minute)
	o := open(ctx, t, fmt.Sprint("LIUKE_SPEED=", fast))
	s := follow(t, o.Follow(ctx))
	liveThrough(ctx, t, o)
	asked := map[string]int{}
	seen := map[string]bool{}
	for end := time.Now().Add(100 * time.Second); ; rest(ctx, t, time.Second) {
		for _, e := range s.Facts() {
			for _, q := range questions(t, e) {
				if !seen[q.fact+q.query] {
					seen[q.fact+q.query] = true
					asked[q.about]++
					explained(ctx, t, o, q)
				}
			}
		}
		missing := slices.DeleteFunc(slices.Clone(mustCome), func(about string) bool { return asked[about] > 0 })
		if len(missing) == 0 {
			break
		}
		if time.Now().After(end) {
			t.Fatalf("nothing was asked about %q: it never came; asked %v", missing, asked)
		}
	}
	for _, about := range slices.Sorted(maps.Keys(asked)) {
		t.Logf("%5d %s", asked[about], about)
	}
}

// liveThrough lets people work for a few days and then forget everything.
func liveThrough(ctx context.Context, t *testing.T, o *programtest.Office) {
	t.Helper()
	journal := recount.NewJournal()
	for n, id := range o.Sellers[:2] {
		s := &recount.Seller{Client: o.As(id), Name: fmt.Sprint("缘由", n), Journal: journal, Rand: rand.New(rand.NewPCG(7, uint64(n))), Day: day} //nolint:gosec // any will do
		for range 12 {
			s.Act(ctx)
		}
		s.Open(ctx)
		s.Convert(ctx)
	}
	report(t, "answers that may not come", journal.Lost)
	transferOne(ctx, t, o)
	// Who got it leaves: somebody else has it again.
	if err := o.As(o.Administrator).Post(ctx, "/v1/people/"+o.Sellers[3]+"/deactivation", map[string]any{"successor": o.Sellers[4]}, nil); err != nil {
		t.Fatal(err)
	}
}

// transferOne takes a customer through all steps of a transfer.
func transferOne(ctx context.Context, t *testing.T, o *programtest.Office) {
	t.Helper()
	from, to := o.As(o.Sellers[2]), o.Sellers[3]
	var made recount.Created
	if err := from.Post(ctx, "/v1/deals", map[string]any{"title": "转交", "company": "转交有限公司", "source": "referral", "need": "需求"}, &made); err != nil {
		t.Fatal(err)
	}
	var deal catalogue.Deal
	for deal.Customer == "" { // its journey looks for the customer
		if err := from.Get(ctx, "/v1/deals/"+made.ID, &deal); err != nil {
			t.Fatal(err)
		}
		rest(ctx, t, 50*time.Millisecond)
	}
	var transfer recount.Created
	for _, step := range []struct {
		who, path string
		body      map[string]any
		asks      string // kind of the task that its journey then gives to whose turn it is
	}{
		{o.Sellers[2], "", map[string]any{"customer": deal.Customer, "to": to, "reason": "区域调整"}, "approve"},
		{o.Manager, "/approval", map[string]any{}, "hand_over"},
		{o.Sellers[2], "/hand-over", map[string]any{"note": "一切都在这里"}, "accept"},
		{to, "/acceptance", map[string]any{}, ""},
	} {
		path, into := "/v1/transfers/"+transfer.ID+step.path, any(nil)
		if step.path == "" {
			path, into = "/v1/transfers", &transfer
		}
		if err := o.As(step.who).Post(ctx, path, step.body, into); err != nil {
			t.Fatal(err)
		}
		for asked := step.asks == ""; !asked; rest(ctx, t, 50*time.Millisecond) {
			tasks, err := programtest.All[catalogue.Task](ctx, o.As(o.Boss), "/v1/tasks?scope=all&subject=transfer/"+transfer.ID)
			if err != nil {
				t.Fatal(err)
			}
			asked = slices.ContainsFunc(tasks, func(one catalogue.Task) bool { return one.Kind == step.asks })
		}
	}
}

// explained asks, again until insights has read that far, and looks at the chain.
func explained(ctx context.Context, t *testing.T, o *programtest.Office, q question) {
	t.Helper()
	var a explanation
	var err error
	for end := time.Now().Add(20 * time.Second); ; {
		a = explanation{}
		err = o.As(o.Boss).Get(ctx, "/v1/insights/why?"+q.query, &a)
		if err == nil && a.Complete || time.Now().After(end) || ctx.Err() != nil {
			break
		}
		rest(ctx, t, 100*time.Millisecond)
	}
	if err != nil || !a.Complete || len(a.Chain) == 0 || a.Says.Zh == "" || a.Says.En == "" {
		t.Errorf("%s (%s): complete %t, %v\n%+v", q.query, q.fact, a.Complete, err, a.Chain)
		return
	}
	for _, l := range a.Chain {
		if len(l.CausedBy) > 0 {
			continue
		}
		if strings.HasPrefix(l.ID, "review/") { // an occasion of the policy's rhythm: the calendar brings it
			continue
		}
		if l.Kind != "fact" || l.Actor == nil || !slices.Contains([]string{catalogue.ActorPerson, catalogue.ActorImport, catalogue.ActorPublic}, l.Actor.Kind) {
			t.Errorf("%s (%s): the chain ends in %s %s of %+v", q.query, q.fact, l.Kind, l.ID, l.Actor)
		}
	}
}
