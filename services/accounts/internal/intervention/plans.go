package intervention

import (
	"context"
	"errors"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/services/accounts/internal/intervention/wakeup"
	"liuke.dev/services/accounts/internal/timeline"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Plan is the document of a wake-up plan. It has the shape of
// holdings.Belonging at its top.
type Plan struct {
	catalogue.WakeUpPlan
	Origins []string `json:"origins,omitempty"`
	// Unfinished is true while the customer's coming back stops it.
	Unfinished bool `json:"unfinished,omitempty"`
}

const unfinished = "unfinished"

// mostRead is how many of the newest entries of a timeline suggestions are made of.
const mostRead = 500

// Suggest gives the steps that what is known of a customer suggests.
func (s *Interventions) Suggest(ctx context.Context, p auth.Principal, customer string) ([]catalogue.WakeUpStep, error) {
	f, _, err := s.Files.Permitted(ctx, p, access.WakeUpRead, customer)
	if err != nil {
		return nil, err
	}
	now := s.Clock()
	v, err := s.view(now)
	if err != nil {
		return nil, err
	}
	var known []catalogue.TimelineEntry
	for _, kind := range []string{catalogue.EntryOrder, catalogue.EntryInquiry, catalogue.EntryFeedback} {
		list, _, err := s.Line.Newest(ctx, f.ID, timeline.Filter{Kinds: []string{kind}}, mostRead, "")
		if err != nil {
			return nil, err
		}
		known = append(known, list...)
	}
	return wakeup.Suggest(wakeup.Of(f.Customer, known), v, now), nil
}

// Draft makes a plan of the steps given, or of those suggested. A step that rests
// on no fact, or on somebody else's, is refused with the field named.
func (s *Interventions) Draft(ctx context.Context, p auth.Principal, customer, id string, steps []catalogue.WakeUpStep) (catalogue.WakeUpPlan, error) {
	f, _, err := s.Files.Permitted(ctx, p, access.WakeUpMake, customer)
	if err != nil {
		return catalogue.WakeUpPlan{}, err
	}
	if len(steps) == 0 {
		if steps, err = s.Suggest(ctx, p, f.ID); err != nil {
			return catalogue.WakeUpPlan{}, err
		}
		if len(steps) == 0 {
			return catalogue.WakeUpPlan{}, problem.Refuse("R-113", "对该客户还没有可依据的事实：没有订单、偏好或咨询", "Nothing is known of this customer to make a plan of: no orders, preferences or inquiries")
		}
	}
	if err := s.check(ctx, f, steps, false); err != nil {
		return catalogue.WakeUpPlan{}, err
	}
	if _, err := s.mark(ctx, f.ID, func(e *Endangered) bool { // so that whoever comes back stops it
		fresh := !e.Planned
		e.Planned = true
		return fresh
	}); err != nil {
		return catalogue.WakeUpPlan{}, err
	}
	made := catalogue.WakeUpPlan{ID: id, Customer: f.ID, Status: catalogue.WakeUpDraft, Steps: steps, MadeBy: p.ID, MadeAt: s.Clock()}
	d := store.New(id, Plan{WakeUpPlan: made, Unfinished: true})
	err = s.commitPlan(ctx, d, "", "drafted")
	if errors.Is(err, store.ErrExists) {
		if d, err = s.plans.Get(ctx, id); err == nil {
			return d.Body.WakeUpPlan, nil
		}
	}
	return made, err
}

func (s *Interventions) commitPlan(ctx context.Context, d *store.Doc[Plan], command, change string) error {
	f, err := facts.RecordAll(ctx, facts.Stamp{Source: "liuke/accounts", At: s.Clock(), Customer: d.Body.Customer}, d.Version+1,
		&catalogue.WakeUpPlanStepped{Change: change, After: d.Body.WakeUpPlan})
	if err != nil {
		return err
	}
	return s.plans.Commit(ctx, d, command, f...)
}

// Decide approves or rejects a plan, or stops an approved one. What is approved is
// carried out by its fact (carry).
func (s *Interventions) Decide(ctx context.Context, p auth.Principal, customer, id, command, change, reason string) (catalogue.WakeUpPlan, error) {
	f, _, err := s.Files.Permitted(ctx, p, access.WakeUpDecide, customer)
	if err != nil {
		return catalogue.WakeUpPlan{}, err
	}
	return s.changePlan(ctx, f.ID, id, command, change, func(w *Plan) error {
		if from[change] != w.Status {
			return problem.Refuse("wake_up.status", "计划的状态不允许："+w.Status, "The plan is "+w.Status+": this is not possible any more")
		}
		if change == catalogue.WakeUpApproved {
			if err := s.check(ctx, f, w.Steps, true); err != nil { // what it rests on may have gone, its time may have passed
				return err
			}
		}
		w.Status, w.DecidedBy, w.DecidedAt, w.Reason, w.Unfinished = change, p.ID, s.Clock(), reason, change == catalogue.WakeUpApproved
		return nil
	})
}

// from is the state in which a plan can be decided about so.
var from = map[string]string{catalogue.WakeUpApproved: catalogue.WakeUpDraft, catalogue.WakeUpRejected: catalogue.WakeUpDraft, catalogue.WakeUpStopped: catalogue.WakeUpApproved}

// Edit gives a draft other steps.
func (s *Interventions) Edit(ctx context.Context, p auth.Principal, customer, id, command string, steps []catalogue.WakeUpStep) (catalogue.WakeUpPlan, error) {
	f, _, err := s.Files.Permitted(ctx, p, access.WakeUpMake, customer)
	if err != nil {
		return catalogue.WakeUpPlan{}, err
	}
	return s.changePlan(ctx, f.ID, id, command, "edited", func(w *Plan) error {
		if w.Status != catalogue.WakeUpDraft {
			return problem.Refuse("wake_up.status", "只有草稿可以修改", "Only a draft can be edited")
		}
		w.Steps = steps
		return s.check(ctx, f, steps, false)
	})
}

// changePlan edits a plan of a customer, again where another edit came first.
func (s *Interventions) changePlan(ctx context.Context, customer, id, command, change string, edit func(*Plan) error) (catalogue.WakeUpPlan, error) {
	var d *store.Doc[Plan]
	err := again(ctx, func() (err error) {
		d, err = s.plans.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) || err == nil && d.Body.Customer != customer {
			return problem.Missing("唤醒计划", "wake-up plan", id)
		}
		if err != nil || d.Did(command) {
			return err
		}
		if err := edit(&d.Body); err != nil {
			return err
		}
		return s.commitPlan(ctx, d, command, change)
	})
	if err != nil {
		return catalogue.WakeUpPlan{}, err
	}
	return d.Body.WakeUpPlan, nil
}

// Plans lists a customer's plans, newest first.
func (s *Interventions) Plans(ctx context.Context, p auth.Principal, customer string, limit int, after string) ([]catalogue.WakeUpPlan, string, error) {
	f, _, err := s.Files.Permitted(ctx, p, access.WakeUpRead, customer)
	if err != nil {
		return nil, "", err
	}
	page, err := s.plans.Page(ctx, store.Query{Index: holdings.Index, Equal: []any{f.ID}, Desc: true, Limit: limit, After: after})
	if err != nil {
		return nil, "", err
	}
	out := make([]catalogue.WakeUpPlan, 0, len(page.Docs))
	for _, d := range page.Docs {
		out = append(out, d.Body.WakeUpPlan)
	}
	return out, page.Next, nil
}

// stopPlans stops the plans of a customer who came back after they were made.
func (s *Interventions) stopPlans(ctx context.Context, customer string, t catalogue.TimelineEntry) error {
	page, err := s.plans.Page(ctx, store.Query{Index: unfinished, Equal: []any{customer, true}, Limit: 50})
	if err != nil {
		return err
	}
	for _, doc := range page.Docs {
		err := again(ctx, func() error {
			d, err := s.plans.Get(ctx, doc.ID)
			if err != nil || !d.Body.Unfinished || t.OccurredAt <= d.Body.MadeAt {
				return err
			}
			d.Body.Status, d.Body.Reason, d.Body.Unfinished = catalogue.WakeUpStopped, "came_back: "+t.ID, false
			return s.commitPlan(ctx, d, "", catalogue.WakeUpStopped)
		})
		if err != nil {
			return err
		}
	}
	return nil
}
