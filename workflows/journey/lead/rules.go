package lead

import (
	"cmp"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/pursuit"
)

// Rules are the rules of a lead's journey.
var Rules journey.Rules[State] = rules{journey.NewTable(all()...)}

type rules struct{ journey.Table[State] }

// all lists every promise that is kept about a lead.
func all() []journey.Rule[State] {
	list := []journey.Rule[State]{
		lateEntry(), entryRecorded(),
		pursuit.Match(care, func(s *State) effects.MatchCustomer { return s.Known }),
		firstTouchTask(), firstTouch(),
		pursuit.NextTouch(care),
		idle(),
		pursuit.NoReply(care, func(_ *State, v *policy.View) policy.Duration { return v.Sections.LeadCare.NoReplyAfter },
			func(*State) string { return "lead_care.no_reply_after" }),
		pursuit.TaskOverdue(catalogue.TaskSecondTouch, "二次触达", "the second touch", care),
		pursuit.Unanswered(care),
		toNurture(), nurture(),
		pursuit.TaskOverdue(catalogue.TaskNurture, "培育回访", "the nurture touch", care),
		pursuit.AtRiskOver(care, lifted),
		pursuit.RecycleWarn(care), pursuit.Recycle(care),
	}
	list = append(list, pursuit.NoNextTouch(care)...)
	list = append(list, firstInquiry()...)
	return append(list, pursuit.UnrecordedObjection(care)...)
}

func lifted(s *State, r pursuit.Risk) bool { return s.Quiet().V != r.Episode }

// Name of the kind.
func (rules) Name() string { return Name }

// New gives the state of a lead of which nothing is known.
func (rules) New(id string) State { return State{Care: pursuit.Care{Kind: Name, ID: id}} }

// Aggregate names the lead in facts.
func (rules) Aggregate(s *State) string { return Name + "/" + s.Care.ID }

// ID of the lead.
func (rules) ID(s *State) string { return s.Care.ID }

// Holder is who pursues the lead, or who was in touch before it was recorded.
func (rules) Holder(s *State) string { return cmp.Or(s.Owner.Value, s.Signal.Person) }

// Describe says what an obligation does.
func (r rules) Describe(s *State, o journey.Obligation, v *policy.View) journey.Description {
	return r.Table.Describe(s, o, v, r.Aggregate(s))
}

// Status tells where the lead stands.
func (rules) Status(s *State, _ *policy.View) journey.Status {
	st := journey.Status{Stage: s.Status.Value, StageName: catalogue.LeadStatusNames[s.Status.Value], Owner: s.Owner.Value, Customer: s.Customer.Value, Risk: s.Worst(), Closed: s.Closed}
	if !s.Begun.Set() {
		st.Stage, st.StageName, st.Owner, st.Closed = "signalled", lang.T("已有接触，尚未录入", "contacted, not recorded"), s.Signal.Person, true
	}
	st.Says = s.State(st.StageName)
	return st
}
