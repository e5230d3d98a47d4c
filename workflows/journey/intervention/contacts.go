package intervention

import (
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// contact asks, at its time, for a contact that the team planned; the contact
// budget says when it leaves (D-9). Its effect's id is the contact's.
func contact() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "contact", Ladder: true,
		Arm: func(s *State, _ *policy.View, p *journey.Pending) {
			if !s.open() {
				return
			}
			for n, known := range s.Planned {
				if c := s.Now.Value.Steps[n]; !c.Cancelled {
					p.EpisodeRung(n, known, 1, c.At)
				}
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			c, of := s.Now.Value.Steps[f.Rung], s.subject()
			f.Ask(journey.ReachCustomer, of, effects.ReachCustomer{Customer: s.customer(), Channel: c.Channel, Purpose: c.Purpose, Department: c.Role,
				Subject: c.Subject, Text: c.Text, Uses: c.Uses, For: &of})
		},
		Does: func(s *State, o journey.Obligation, _ *policy.View) lang.Text {
			c := s.Now.Value.Steps[o.Rung]
			what := c.Subject
			if what.IsZero() {
				what = c.Text
			}
			return lang.T("联系客户（"+c.Role+"）："+what.Zh, "contact the customer ("+c.Role+"): "+what.En)
		},
	}
}

// cameBack withdraws whatever is pending when the customer came back, and tells
// everyone; each once, however often the customer orders (D-9).
func cameBack() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "came_back",
		Arm: func(s *State, _ *policy.View, p *journey.Pending) {
			if s.Back.Set() {
				p.Episode(s.Back, 1, s.Back.At)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			s.withdraw(f, "came_back")
			s.inform(f, lang.T("客户已回来，待办和触达已撤回；请记录各自的结果", "The customer came back: tasks and contacts are withdrawn; log your outcome"))
		},
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("撤回待办任务和触达，通知所有人", "withdraw tasks and contacts, inform everyone")
		},
	}
}

// closed ends what is left and tells everyone the result.
func closed() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "closed",
		Arm: func(s *State, _ *policy.View, p *journey.Pending) {
			if s.Closed.Set() {
				p.Episode(s.Closed, 1, s.Closed.At)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			if !s.Back.Set() {
				s.withdraw(f, "closed")
			}
			r := results[s.Now.Value.Result]
			s.inform(f, lang.T("干预结束："+r.Zh, "The intervention is closed: "+r.En))
			if i := s.Now.Value; i.Result == catalogue.ResultChurned { // a loss is reviewed
				f.Ask(journey.OpenChurnReview, s.subject(), effects.OpenChurnReview{Customer: s.customer(), ChurnedOn: i.ClosedAt, Evidence: strings.TrimSpace("intervention " + i.ID + ": " + i.Note),
					Facts: []string{s.Closed.In(Name + "/" + s.ID)}})
			}
		},
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("结束干预，通知所有人", "end the intervention, inform everyone")
		},
	}
}

// withdraw takes back the tasks that wait and the contacts that were not sent.
func (s *State) withdraw(f *journey.Firing, why string) {
	if len(s.Planned) > 0 {
		f.Ask(journey.WithdrawOutreach, s.subject(), effects.WithdrawOutreach{For: s.subject(), Reason: why})
	}
	for n := range s.Roles {
		s.drop(n, f, why)
	}
}

func (s *State) inform(f *journey.Firing, text lang.Text) {
	for _, who := range s.everyone() {
		s.Matter().Remind(f, catalogue.LevelInform, who, text)
	}
}
