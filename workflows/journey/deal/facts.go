package deal

import (
	"cmp"
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/pursuit"
)

// Apply takes a fact about the deal.
func (rules) Apply(s *State, f journey.Fact, v *policy.View) bool {
	return pursuit.Take(s, &s.Care, f, func() { s.apply(f, v) })
}

func (s *State) apply(f journey.Fact, v *policy.View) {
	switch d := f.Data.(type) {
	case *catalogue.DealOpened:
		s.opened(f, &d.After)
	case *catalogue.DealChanged:
		s.know(f, &d.After)
		if slices.Contains(d.Changed, "objections") && len(d.After.Objections) > 0 {
			s.Talk.Tag(f.Ref)
		}
	case *catalogue.DealLinked:
		s.know(f, &d.State)
	case *catalogue.StageChanged:
		s.moved(f, d)
	case *catalogue.QuoteSent:
		s.See(f)
		s.Quote.Tell(f.Ref, Quote{ID: d.Quote.ID, SentAt: d.Quote.SentAt})
	case *catalogue.QuoteConfirmed:
		s.See(f)
		s.confirmed(Agreed{Ref: f.Ref, Quote: d.Quote})
	case *catalogue.DealClosed:
		s.know(f, &d.State)
		s.end(f, d.Outcome, cmp.Or(d.State.ClosedAt, f.Time))
	case *catalogue.DealReopened:
		s.reopened(f, &d.State)
	case *catalogue.DealAssigned:
		s.Hold(f, d.Before, d.After, d.Reason, d.ClocksFrom)
	case *catalogue.FollowUpRecorded:
		s.followed(f, &d.FollowUp, v)
	case *catalogue.TaskCreated:
		s.Revisit = max(s.Revisit, d.After.CreatedAt)
	case *catalogue.TaskChanged:
		s.TaskTold(f, &d.After)
	case *catalogue.TaskEnded:
		s.TaskTold(f, &d.After)
	}
	s.Closed = s.Outcome.Value.Is == catalogue.DealWon || s.Outcome.Value.Is == catalogue.DealLost
}

func (s *State) opened(f journey.Fact, d *catalogue.Deal) {
	if s.Begun.Set() {
		return
	}
	s.Begin(f, d.ClocksFrom)
	s.know(f, d)
	s.Hold(f, "", d.Owner, "intake", 0)
	s.Plan(f, d.NextTouchAt)
	s.end(f, cmp.Or(d.Outcome, catalogue.DealOpen), d.ClosedAt)
	s.enter(f, d, d.StageSince)
	s.forward(journey.Moment{Ref: f.Ref, At: d.StageSince, Known: f.Time})
}

func (s *State) know(f journey.Fact, d *catalogue.Deal) {
	s.Know(f, cmp.Or(d.Company, d.Title), d.Customer)
	if s.Nodes.Tell(f.Ref, Nodes{DecisionMaker: d.DecisionMaker != "", ProcurementNode: d.ProcurementNode != ""}) {
		s.Match = d.Company
	}
}

func (s *State) end(f journey.Fact, outcome string, at instant.Time) {
	s.Outcome.Tell(f.Ref, Outcome{Is: outcome, At: at})
}

func (s *State) enter(f journey.Fact, d *catalogue.Deal, at instant.Time) {
	if s.Place.Tell(f.Ref, Place{Pipeline: d.Pipeline, Stage: d.Stage, Type: d.StageType}) {
		s.Entered = journey.Moment{Ref: f.Ref, At: at, Known: f.Time}
	}
}

func (s *State) moved(f journey.Fact, d *catalogue.StageChanged) {
	s.know(f, &d.State)
	s.enter(f, &d.State, d.At)
	if d.Forward {
		s.forward(journey.Moment{Ref: f.Ref, At: d.At, Known: f.Time})
	}
}

// forward takes that the deal made progress: follow-ups before it no longer count as standing still.
func (s *State) forward(m journey.Moment) {
	if s.Progress.Later(m) {
		s.Touches = slices.DeleteFunc(s.Touches, func(t journey.Moment) bool { return !t.After(m.Ref) })
	}
}

func (s *State) reopened(f journey.Fact, d *catalogue.Deal) {
	s.know(f, d)
	s.end(f, catalogue.DealOpen, 0)
	s.enter(f, d, f.Time)
	s.forward(journey.Moment{Ref: f.Ref, At: f.Time, Known: f.Time})
	s.Reopened(f, d.Owner)
}

// maxAgreed bounds the confirmations that are remembered.
const maxAgreed = 8

func (s *State) confirmed(a Agreed) {
	if slices.Contains(s.Agreed, a) {
		return
	}
	s.Agreed = append(s.Agreed, a)
	slices.SortFunc(s.Agreed, func(x, y Agreed) int { return cmp.Or(cmp.Compare(x.V, y.V), cmp.Compare(x.N, y.N)) })
	if len(s.Agreed) > maxAgreed {
		s.Agreed = s.Agreed[1:]
	}
}

// maxTouches is as many follow-ups without progress as the policy can ask for.
const maxTouches = 100

func (s *State) followed(f journey.Fact, u *catalogue.FollowUp, v *policy.View) {
	s.FollowUp(f, u, v)
	if u.Counts && f.After(s.Planned) {
		s.Planned = f.Ref
	}
	if !f.After(s.Progress.Ref) || slices.ContainsFunc(s.Touches, func(t journey.Moment) bool { return t.Ref == f.Ref }) {
		return
	}
	s.Touches = append(s.Touches, journey.Moment{Ref: f.Ref, At: f.Time, Known: f.Time})
	slices.SortFunc(s.Touches, func(a, b journey.Moment) int { return cmp.Or(cmp.Compare(a.V, b.V), cmp.Compare(a.N, b.N)) })
	if len(s.Touches) > maxTouches {
		s.Touches = s.Touches[:maxTouches] // the first ones tell when it became too many
	}
}
