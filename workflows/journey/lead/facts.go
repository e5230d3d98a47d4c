package lead

import (
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/pursuit"
)

// Apply takes a fact about the lead.
func (rules) Apply(s *State, f journey.Fact, v *policy.View) bool {
	return pursuit.Take(s, &s.Care, f, func() { s.apply(f, v) })
}

func (s *State) apply(f journey.Fact, v *policy.View) {
	defer s.settle()
	switch d := f.Data.(type) {
	case *catalogue.FirstContactSignalled:
		s.signalled(f, d)
	case *catalogue.LeadRecorded:
		s.recorded(f, &d.After)
	case *catalogue.LeadChanged:
		s.know(f, &d.After)
		if slices.Contains(d.Changed, "objections") && len(d.After.Objections) > 0 {
			s.Talk.Tag(f.Ref)
		}
	case *catalogue.LeadLinked:
		s.know(f, &d.After)
	case *catalogue.LeadAssigned:
		s.assigned(f, d)
	case *catalogue.LeadPooled:
		s.Hold(f, d.Before, "", "", 0)
	case *catalogue.LeadFoldedIn:
		s.See(f)
		s.Status.Tell(f.Ref, catalogue.LeadFolded)
	case *catalogue.LeadStatusChanged:
		s.See(f)
		s.Status.Tell(f.Ref, d.After)
		if d.NextAt != 0 {
			s.NextNurture.Tell(f.Ref, d.NextAt)
		}
	case *catalogue.FollowUpRecorded:
		s.followed(f, &d.FollowUp, v)
	case *catalogue.TaskCreated:
		s.TaskTold(f, &d.After)
	case *catalogue.TaskChanged:
		s.TaskTold(f, &d.After)
	case *catalogue.TaskEnded:
		s.TaskTold(f, &d.After)
	}
}

func (s *State) signalled(f journey.Fact, d *catalogue.FirstContactSignalled) {
	if !s.Signal.At.Set() {
		s.Signal = Signal{Person: d.Person, At: journey.Moment{Ref: f.Ref, At: d.ContactAt, Known: f.Time}}
	}
}

func (s *State) recorded(f journey.Fact, l *catalogue.Lead) {
	if s.Begun.Set() {
		return
	}
	s.Begin(f, l.ClocksFrom)
	s.know(f, l)
	s.Status.Tell(f.Ref, l.Status)
	s.Hold(f, "", l.Owner, "intake", 0)
	s.Plan(f, l.NextTouchAt)
	if l.Imported && l.FirstTouchAt != 0 {
		s.WentOut(f.Ref)
	}
}

func (s *State) know(f journey.Fact, l *catalogue.Lead) {
	s.Know(f, l.Company, l.Customer)
	if f.After(s.KnownAt) {
		s.KnownAt = f.Ref
		s.Known = effects.MatchCustomer{Kind: "company", Name: l.Company, Contact: l.Contact, Phone: l.Phone, Email: l.Email}
	}
}

func (s *State) assigned(f journey.Fact, d *catalogue.LeadAssigned) {
	s.Hold(f, d.Before, d.After, d.Reason, d.ClocksFrom)
	if d.Before != "" && (d.Reason == "escalation" || d.Reason == "rotation") {
		s.Fresh.Later(journey.Moment{Ref: f.Ref, At: f.Time, Known: f.Time})
	}
}

func (s *State) followed(f journey.Fact, u *catalogue.FollowUp, v *policy.View) {
	s.FollowUp(f, u, v)
	if !u.Counts && pursuit.NotNow(u.Result) {
		s.Unready.Later(journey.Moment{Ref: f.Ref, At: u.OccurredAt, Known: f.Time})
	}
}
