package app

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"time"

	"github.com/oklog/ulid/v2"

	"liuke.dev/services/notifications/internal/task"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
)

// a task is about something that is in the system. What facts told of is
// taken, what certainly does not exist is refused by its field, and where it cannot
// be told the task is taken and marked until it can.
func TestTasksAreAboutWhatExists(t *testing.T) {
	d, _, _ := newDesk(t, t.TempDir()+"/notifications.db")
	var current atomic.Bool
	d.Current, d.Patience = func(context.Context) bool { return current.Load() }, 30*time.Millisecond
	react := func(do func(context.Context, facts.Event) error, aggregate string, data catalogue.Data) {
		t.Helper()
		if err := do(t.Context(), event(t, aggregate, 1, noon, data)); err != nil {
			t.Fatal(err)
		}
	}
	id := map[string]string{}
	for _, what := range []string{"lead", "deal", "won", "customer", "transfer", "none"} {
		id[what] = ulid.Make().String()
	}
	react(d.React, "lead/"+id["lead"], &catalogue.LeadRecorded{After: catalogue.Lead{ID: id["lead"], Status: catalogue.LeadClosed, ArrivedAt: noon, RecordedAt: noon, ClocksFrom: noon}})
	deal := func(id, outcome string) catalogue.Deal {
		return catalogue.Deal{ID: id, Outcome: outcome, OpenedAt: noon, StageSince: noon, ClocksFrom: noon}
	}
	react(d.React, "deal/"+id["deal"], &catalogue.DealOpened{After: deal(id["deal"], catalogue.DealOpen)})
	react(d.React, "deal/"+id["won"], &catalogue.DealImported{After: deal(id["won"], catalogue.DealWon)})
	react(d.ReactToAccounts, "customer/"+id["customer"], &catalogue.CustomerCreated{After: catalogue.Customer{ID: id["customer"], Kind: "company", CreatedAt: noon}})
	react(d.ReactToAccounts, "case/survey:s1", &catalogue.CaseOpened{After: catalogue.Case{ID: "survey:s1", Customer: id["customer"], Status: catalogue.CaseNew, Priority: "high", Owner: "li", ReportedAt: noon, OpenedAt: noon, Round: 1, RoundAt: noon},
		Entry: catalogue.CaseEntry{Side: catalogue.CaseInbound, Text: "慢", At: noon}})
	react(d.React, "transfer/"+id["transfer"], &catalogue.TransferStepped{After: catalogue.Transfer{ID: id["transfer"], Status: catalogue.TransferRequested, RequestedAt: noon}})
	boss := auth.Principal{ID: "boss", Roles: []auth.Role{auth.Management}}
	n := 0
	assign := func(kind, id, customer string) (task.Task, string) {
		t.Helper()
		n++
		doc, err := d.Assign(t.Context(), boss, ulid.Make().String(), task.Task{Task: catalogue.Task{Subject: catalogue.Subject{Kind: kind, ID: id}, Customer: customer,
			Title: lang.T("做", "do"), Due: noon.Add(time.Hour)}})
		var e *problem.Error
		if errors.As(err, &e) && len(e.Fields) > 0 {
			return task.Task{}, e.Fields[0].Field + " " + e.Fields[0].Rule
		}
		if err != nil {
			t.Fatal(err)
		}
		return doc.Body, ""
	}
	first, _ := assign("lead", id["lead"], "")
	for _, c := range []struct{ name, kind, id, customer, behind, current string }{
		{"a lead", "lead", id["lead"], "", "", ""},
		{"a deal", "deal", id["deal"], "", "", ""},
		{"a deal of the import's", "deal", id["won"], "", "", ""},
		{"a customer", "customer", id["customer"], "", "", ""},
		{"a transfer", "transfer", id["transfer"], "", "", ""},
		{"a case", "case", "survey:s1", "", "", ""},
		{"a person", "person", "wang", "", "", ""},
		{"a task", "task", first.ID, "", "", ""},
		{"a lead and its customer", "lead", id["lead"], id["customer"], "", ""},
		{"a lead by a deal's id", "lead", id["deal"], "", "unseen", "subject.id exists"},
		{"a lead that nobody told of", "lead", id["none"], "", "unseen", "subject.id exists"},
		{"a customer that nobody told of", "lead", id["lead"], id["none"], "unseen", "customer exists"},
		{"an id that none can have", "lead", "l1", "", "subject.id exists", "subject.id exists"},
		{"a person nobody knows", "person", "nobody", "", "subject.id exists", "subject.id exists"},
		{"a task that is none", "task", "none", "", "subject.id exists", "subject.id exists"},
	} {
		for _, known := range []bool{false, true} {
			current.Store(known)
			want := map[bool]string{false: c.behind, true: c.current}[known]
			made, refused := assign(c.kind, c.id, c.customer)
			if got := refused; got != want && !(want == "unseen" && made.Unseen && got == "") {
				t.Errorf("%s, all read %v: refused %q, unseen %v, want %q", c.name, known, refused, made.Unseen, want)
			}
		}
	}
	current.Store(false)
	late, _ := assign("lead", id["none"], "")
	if unseen, err := d.Unseen(t.Context(), late); err != nil || !unseen {
		t.Errorf("before its fact: unseen %v, %v", unseen, err)
	}
	react(d.React, "lead/"+id["none"], &catalogue.LeadRecorded{After: catalogue.Lead{ID: id["none"], Status: catalogue.LeadClosed, ArrivedAt: noon, RecordedAt: noon, ClocksFrom: noon}})
	if unseen, err := d.Unseen(t.Context(), late); err != nil || unseen {
		t.Errorf("after its fact: unseen %v, %v", unseen, err)
	}
}

// A fact that is on its way is waited for.
func TestTasksWaitForTheFact(t *testing.T) {
	d, _, _ := newDesk(t, t.TempDir()+"/notifications.db")
	d.Current, d.Patience = func(context.Context) bool { return true }, time.Minute
	id := ulid.Make().String()
	go func() {
		time.Sleep(60 * time.Millisecond)
		_ = d.note(context.Background(), lead(id))
	}()
	doc, err := d.Assign(t.Context(), auth.Principal{ID: "boss", Roles: []auth.Role{auth.Management}}, ulid.Make().String(),
		task.Task{Task: catalogue.Task{Subject: lead(id), Title: lang.T("做", "do"), Due: noon.Add(time.Hour)}})
	if err != nil || doc.Body.Unseen {
		t.Errorf("%+v %v", doc, err)
	}
}
