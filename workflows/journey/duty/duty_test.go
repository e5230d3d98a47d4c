package duty_test

import (
	"encoding/json"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/churnreview"
	"liuke.dev/workflows/journey/contract"
	"liuke.dev/workflows/journey/journeytest"
	"liuke.dev/workflows/journey/needchange"
	"liuke.dev/workflows/journey/review"
	"liuke.dev/workflows/journey/transfer"
)

const (
	hour = instant.Time(3_600_000)
	day  = 24 * hour
)

// kind is a journey with a step that waits for a person, told as facts.
type kind struct {
	process   journey.Process
	aggregate string
	// task, late and over are the rules of its first duty, of which a task of what is made.
	task, late, over, what string
	person                 string
	due                    func(v *policy.View, at instant.Time) instant.Time
	begins, done           func(at instant.Time) catalogue.Data
}

func kinds() map[string]kind {
	need := catalogue.NeedChange{ID: "x", Customer: "c1", Status: catalogue.NeedRequested, Approver: "wang"}
	moved := catalogue.Transfer{ID: "x", Customer: "c1", From: "zhang", To: "li", Approver: "wang", Status: catalogue.TransferRequested}
	deal := catalogue.Contract{ID: "x", Customer: "c1", Number: "LK-1", Owner: "zhang", Status: catalogue.ContractApproving,
		Steps: []catalogue.ApprovalStep{{ID: "manager", Name: lang.T("主管", "Manager"), Approver: "wang", Status: catalogue.StepPending}}}
	lost := catalogue.ChurnReview{ID: "x", Customer: "c1", Company: "华兴", Status: catalogue.ChurnOpen, Owner: "zhang",
		Participants: []catalogue.ChurnParticipant{{Role: catalogue.ChurnSales, Person: "wang"}}}
	weekly := catalogue.Review{ID: "x", Rhythm: "weekly_funnel", Name: lang.T("周复盘", "weekly review"), Status: catalogue.ReviewPlanned, Owner: "wang"}
	return map[string]kind{
		"need_change": {journey.Of(needchange.Rules), "need_change/x", "approve_task", "approve", "approve_made", catalogue.TaskApproveNeed, "wang",
			func(v *policy.View, at instant.Time) instant.Time {
				return v.After(at, v.Sections.Customers.NeedChange.ApproveWithin)
			},
			func(at instant.Time) catalogue.Data {
				need.RequestedAt = at
				return &catalogue.NeedChangeStepped{After: need}
			},
			func(instant.Time) catalogue.Data {
				need.Status = catalogue.NeedRejected
				return &catalogue.NeedChangeStepped{After: need}
			}},
		"transfer": {journey.Of(transfer.Rules), "transfer/x", "approve_task", "approve", "approve_made", catalogue.TaskApprove, "wang",
			func(v *policy.View, at instant.Time) instant.Time {
				return v.After(at, v.Sections.Ownership.ApproveWithin)
			},
			func(at instant.Time) catalogue.Data {
				moved.RequestedAt = at
				return &catalogue.TransferStepped{After: moved}
			},
			func(instant.Time) catalogue.Data {
				moved.Status = catalogue.TransferRejected
				return &catalogue.TransferStepped{After: moved}
			}},
		"contract": {journey.Of(contract.Rules), "contract/x", "approve_task", "approve", "task_over", catalogue.TaskApprove, "wang",
			func(v *policy.View, at instant.Time) instant.Time {
				return v.After(at, v.Sections.Contracts.Approvals[0].Within)
			},
			func(instant.Time) catalogue.Data { return &catalogue.ContractSubmitted{After: deal} },
			func(instant.Time) catalogue.Data {
				deal.Status, deal.Steps = catalogue.ContractTerminated, nil
				return &catalogue.ContractEnded{After: deal}
			}},
		"churn_review": {journey.Of(churnreview.Rules), "churn_review/x", "findings_sales", "findings_sales_overdue", "findings_sales_done", catalogue.TaskChurnFindings, "wang",
			func(v *policy.View, at instant.Time) instant.Time {
				return v.After(at, v.Sections.Reviews.Churn.FindingsWithin)
			},
			func(at instant.Time) catalogue.Data {
				lost.ConfirmedAt = at
				return &catalogue.ChurnReviewOpened{After: lost}
			},
			func(instant.Time) catalogue.Data {
				lost.Status = catalogue.ChurnClosed
				return &catalogue.ChurnReviewClosed{After: lost}
			}},
		"review": {journey.Of(review.Rules), "review/x", "hold", "overdue", "over", catalogue.TaskReview, "wang",
			func(_ *policy.View, at instant.Time) instant.Time { return at + 2*day },
			func(at instant.Time) catalogue.Data {
				weekly.Opens, weekly.Due, weekly.NextDue = at, at+2*day, at+90*day
				return &catalogue.ReviewStepped{After: weekly}
			},
			func(instant.Time) catalogue.Data {
				weekly.Status = catalogue.ReviewHeld
				return &catalogue.ReviewStepped{After: weekly}
			}},
	}
}

// whatever the kind, the step's person has a task
// at once, is told at the due time and not a moment before, goes on being told rung by
// rung, and the task is taken back when the step is over: at that moment, not late.
func TestEveryKindKeepsItsDuties(t *testing.T) {
	at := journeytest.At(t, "2026-03-02 09:00")
	for name, k := range kinds() {
		t.Run(name, func(t *testing.T) {
			v, h := journeytest.View(t), journeytest.New(t)
			j := journeytest.Start(t, k.process, "x", v)
			due := k.due(v, at)
			j.Decide(at, h.Tell(k.aggregate, at, k.begins(at)))
			j.Task(k.task, k.what, k.person, due)
			j.Boundary(k.late+".0", due)
			j.Told(k.late+".0", catalogue.LevelRemind, k.person)
			j.Until(due + 3*day)
			if j.Count(k.late+".1") != 1 {
				t.Errorf("nothing more is told: %v", j.Rules())
			}
			j.Until(due + 3*day + 6*hour)
			j.Decide(due+3*day+6*hour, h.Tell(k.aggregate, due+3*day+6*hour, k.done(due+3*day+6*hour)))
			j.TakenBack(k.over, k.what, k.task)
			for _, f := range j.Fired {
				if f.Late {
					t.Errorf("%s was due %s and counts as late", f.Obligation.Rule, f.Obligation.Due)
				}
			}
			fired := len(j.Fired)
			if j.Until(due + 80*day); len(j.Fired) != fired {
				t.Errorf("%v fired after it was over", j.Rules()[fired:])
			}
		})
	}
}

// A journey that an earlier program left with a task goes on with it: it is taken back
// when the step is over.
func TestTasksThatEarlierProgramsGave(t *testing.T) {
	at := journeytest.At(t, "2026-03-02 09:00")
	for name, tasks := range map[string]string{
		"need_change": `{"open":["approve"]}`, "transfer": `{"task":{"kind":"approve","id":"t","for":"wang","due":"2026-03-03T01:00:00Z"}}`,
		"contract": `{"task":{"kind":"approve","id":"t","for":"wang","due":"2026-03-03T01:00:00Z"}}`, "review": `{"task":"t"}`,
		"churn_review": `{"tasks":{"findings_sales":{"id":"t","for":"wang","due":"2026-03-03T01:00:00Z"}}}`,
	} {
		k, h := kinds()[name], journeytest.New(t)
		in := journey.Input{ID: "x", Now: at, View: journeytest.View(t), Facts: []journey.Event{h.Tell(k.aggregate, at, k.begins(at))}}
		first, err := k.process.Decide(in)
		if err != nil {
			t.Fatal(err)
		}
		in.State, in.Now, in.Facts = older(t, first.State, tasks), at+hour, []journey.Event{h.Tell(k.aggregate, at+hour, k.done(at+hour))}
		d, err := k.process.Decide(in)
		if err != nil {
			t.Fatal(name, err)
		}
		if len(d.Effects) != 1 || d.Effects[0].Verb != journey.CancelTasks {
			t.Errorf("%s: effects %v", name, d.Effects)
		}
	}
}

// older gives a state with its tasks where earlier programs kept them.
func older(t *testing.T, state json.RawMessage, tasks string) json.RawMessage {
	t.Helper()
	var memory struct {
		State map[string]json.RawMessage `json:"state"`
		Fired json.RawMessage            `json:"fired"`
	}
	var kept map[string]json.RawMessage
	if err := json.Unmarshal(state, &memory); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal([]byte(tasks), &kept); err != nil {
		t.Fatal(err)
	}
	delete(memory.State, "tasks")
	for name, what := range kept {
		memory.State[name] = what
	}
	out, err := json.Marshal(memory)
	if err != nil {
		t.Fatal(err)
	}
	return out
}
