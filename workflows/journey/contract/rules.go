package contract

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/duty"
)

// Rules are the rules of a contract's journey.
var Rules journey.Rules[State] = rules{journey.NewTable(append(duty.Rules(approval, talk), signReminder(), signOverdue(), activate(), expire(),
	renewalWindow(), leaving(), paymentDue(), paymentOverdue(), offer())...)}

type rules struct{ journey.Table[State] }

// Name of the kind.
func (rules) Name() string { return Name }

// New gives the state of a contract of which nothing is known.
func (rules) New(id string) State { return State{ID: id} }

// Aggregate names the contract in facts.
func (rules) Aggregate(s *State) string { return Name + "/" + s.ID }

// ID of the contract.
func (rules) ID(s *State) string { return s.ID }

// Holder is whom the contract waits for.
func (rules) Holder(s *State) string { return s.actor() }

// Describe says what an obligation does.
func (r rules) Describe(s *State, o journey.Obligation, v *policy.View) journey.Description {
	return r.Table.Describe(s, o, v, r.Aggregate(s))
}

var stages = map[string]lang.Text{
	catalogue.ContractDraft: lang.T("草稿", "draft"), catalogue.ContractApproving: lang.T("审批中", "being approved"), catalogue.ContractApproved: lang.T("已批准，待发送", "approved, to be sent"),
	catalogue.ContractSent: lang.T("待客户签署", "waiting for the signature"), catalogue.ContractSigned: lang.T("已签署", "signed"), catalogue.ContractActive: lang.T("履行中", "in force"),
	catalogue.ContractRenewed: lang.T("已续签", "renewed"), catalogue.ContractExpired: lang.T("已到期", "expired"), catalogue.ContractTerminated: lang.T("已终止", "terminated"),
}

// Status tells where the contract stands.
func (rules) Status(s *State, v *policy.View) journey.Status {
	k := s.Now.Value
	name := stages[k.Status]
	st := journey.Status{Stage: k.Status, StageName: name, Owner: s.actor(), Customer: s.customer(), Closed: ended[k.Status] || s.Now.IsZero()}
	zh, en := "合同 "+k.Number+" · "+k.Buyer+" · "+name.Zh, "contract "+k.Number+" · "+k.Buyer+" · "+name.En
	if k.Step != "" {
		zh, en = zh+"（"+k.StepName.Zh+"）", en+" ("+k.StepName.En+")"
	}
	if k.Status == catalogue.ContractActive {
		zh, en = zh+"，"+v.Local(k.Until)+" 到期", en+", ends "+v.Local(k.Until)
	}
	st.Says = lang.T(zh, en)
	return st
}

// before gives the instant a span before another; a demo's speed shortens it.
func before(at instant.Time, d policy.Duration, v *policy.View) instant.Time {
	return at - instant.Time(d.Elapsed().Milliseconds()/max(v.Speed, 1))
}
