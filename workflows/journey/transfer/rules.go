package transfer

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/duty"
)

// Rules are the rules of a transfer's journey.
var Rules journey.Rules[State] = rules{journey.NewTable(all()...)}

type rules struct{ journey.Table[State] }

// all lists every promise that is kept about a transfer.
func all() []journey.Rule[State] {
	return append(duty.Rules(approval, handOver, acceptance), expire())
}

// Name of the kind.
func (rules) Name() string { return Name }

// New gives the state of a transfer of which nothing is known.
func (rules) New(id string) State { return State{ID: id} }

// Aggregate names the transfer in facts.
func (rules) Aggregate(s *State) string { return Name + "/" + s.ID }

// ID of the transfer.
func (rules) ID(s *State) string { return s.ID }

// Holder is whom the present step waits for.
func (rules) Holder(s *State) string { return s.actor() }

// Describe says what an obligation does.
func (r rules) Describe(s *State, o journey.Obligation, v *policy.View) journey.Description {
	return r.Table.Describe(s, o, v, r.Aggregate(s))
}

var stages = map[string]lang.Text{
	catalogue.TransferRequested: lang.T("待审批", "waiting for approval"), catalogue.TransferApproved: lang.T("待交接说明", "waiting for the hand-over note"),
	catalogue.TransferHandedOver: lang.T("待接受", "waiting for acceptance"), catalogue.TransferAccepted: lang.T("已完成", "accepted"),
	catalogue.TransferRejected: lang.T("已驳回", "rejected"), catalogue.TransferCancelled: lang.T("已取消", "cancelled"),
}

// Status tells where the transfer stands.
func (rules) Status(s *State, _ *policy.View) journey.Status {
	t := s.Now.Value
	name := stages[t.Status]
	st := journey.Status{Stage: t.Status, StageName: name, Owner: s.actor(), Customer: t.Customer, Closed: ended[t.Status] || s.Now.IsZero()}
	why := ""
	if t.Reason != "" {
		why = " · " + t.Reason
	}
	st.Says = lang.T("客户转交 "+t.From+" → "+t.To+" · "+name.Zh+why, "transfer "+t.From+" → "+t.To+" · "+name.En+why)
	return st
}
