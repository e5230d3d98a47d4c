package contract

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// Rules are the rules of a contract's journey.
var Rules journey.Rules[State] = rules{journey.NewTable(approveTask(), approveOverdue(), taskOver(), signReminder(), signOverdue(), activate(), expire(),
	renewalTalk(), talkMoves(), renewalWindow(), leaving(), paymentDue(), paymentOverdue(), offer())}

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
	st := journey.Status{Stage: k.Status, StageName: name, Owner: s.actor(), Customer: k.Customer, Closed: ended[k.Status] || s.Now.IsZero()}
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

// about puts the contract before what is said of it.
func (s *State) about(says lang.Text) lang.Text {
	k := s.Now.Value
	return lang.T("合同 "+k.Number+"（"+k.Buyer+"）："+says.Zh, "Contract "+k.Number+" ("+k.Buyer+"): "+says.En)
}

// remind tells the contract's owner, their supervisor too where the level says so.
func (s *State) remind(f *journey.Firing, level, owner string, says lang.Text) {
	f.Ask(journey.Remind, s.subject(), effects.Remind{Level: level, Rule: f.Rule, Subject: s.subject(), Customer: s.Now.Value.Customer, Owner: owner,
		Text: s.about(says), Due: f.Due, Late: f.Late})
}

// open gives somebody a task in place of the one before.
func (s *State) open(f *journey.Firing, kind, assignee string, title lang.Text, due instant.Time) {
	s.drop(f)
	t := Task{Kind: kind, For: assignee, Due: due}
	t.ID = f.Ask(journey.CreateTask, s.subject(), effects.CreateTask{Kind: kind, Subject: s.subject(), Customer: s.Now.Value.Customer, Company: s.Now.Value.Buyer,
		Title: s.about(title), Assignee: assignee, Due: due, Rule: f.Rule})
	s.Task = t
}

// drop takes back the task that is pointless now.
func (s *State) drop(f *journey.Firing) {
	if s.Task.Kind == "" {
		return
	}
	f.Ask(journey.CancelTasks, s.subject(), effects.CancelTasks{Subject: s.subject(), Kinds: []string{s.Task.Kind}, Reason: "step_made"})
	s.Task = Task{}
}

// before gives the instant a span before another; a demo's speed shortens it.
func before(at instant.Time, d policy.Duration, v *policy.View) instant.Time {
	return at - instant.Time(d.Elapsed().Milliseconds()/max(v.Speed, 1))
}
