package casework

import (
	"strconv"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/duty"
	"liuke.dev/workflows/journey/pursuit"
)

// clock is one of a case's clocks.
type clock struct {
	name string // response or solution, as the case and the policy call it
	what lang.Text
	of   func(*catalogue.Case) catalogue.CaseClock
}

var (
	response = clock{catalogue.ClockResponse, lang.T("首次响应", "first response"), func(k *catalogue.Case) catalogue.CaseClock { return k.Response }}
	solution = clock{catalogue.ClockSolution, lang.T("解决", "resolution"), func(k *catalogue.Case) catalogue.CaseClock { return k.Solution }}
)

// runs gives the clock while it is kept.
func (c clock) runs(s *State) (policy.Clock, bool) {
	k := &s.Now.Value
	told := c.of(k)
	within, err := policy.ParseDuration(told.Within)
	if s.Now.IsZero() || err != nil || within.IsZero() || !told.DoneAt.IsZero() || k.Status == catalogue.CaseResolved || k.Status == catalogue.CaseClosed {
		return policy.Clock{}, false
	}
	out := policy.Clock{Start: k.RoundAt, Within: within}
	for _, p := range k.Pauses {
		out.Pauses = append(out.Pauses, policy.Pause(p))
	}
	return out, true
}

// due gives when the clock runs down; false while it stands still or is done.
func (c clock) due(s *State, v *policy.View) (instant.Time, bool) {
	kept, ok := c.runs(s)
	if !ok {
		return 0, false
	}
	return s.on(v).Due(kept)
}

func (c clock) path(s *State) string { return "cases.kinds[" + s.Now.Value.Kind + "]." + c.name }

// warning warns the owner when a share of the clock has passed; once in a round.
func (c clock) warning() journey.Rule[State] {
	says := func(s *State, rung int, v *policy.View) lang.Text {
		at := ""
		if k := s.kind(v); k != nil && rung < len(k.WarnAt) {
			at = strconv.Itoa(k.WarnAt[rung]) + "%"
		}
		return lang.T(c.what.Zh+"时限已过 "+at, at+" of the time for the "+c.what.En+" has passed")
	}
	return journey.Rule[State]{
		Name: c.name + "_warning", Ladder: true,
		Arm: func(s *State, v *policy.View, p *journey.Pending) {
			kept, ok := c.runs(s)
			kind := s.kind(v)
			if !ok || kind == nil {
				return
			}
			for i, percent := range kind.WarnAt {
				if at, running := s.on(v).Reaches(kept, percent); running {
					p.EpisodeRung(i, s.Round, int64(s.Now.Value.Round), at)
				}
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			s.Matter().Remind(f, catalogue.LevelRemind, s.Now.Value.Owner, says(s, f.Rung, f.View))
		},
		Does: func(s *State, o journey.Obligation, v *policy.View) lang.Text {
			t := says(s, o.Rung, v)
			return lang.T("提醒负责人："+t.Zh, "remind the owner: "+t.En)
		},
		Policy: func(s *State, o journey.Obligation) string {
			return "cases.kinds[" + s.Now.Value.Kind + "].warn_at[" + strconv.Itoa(o.Rung) + "]"
		},
	}
}

// breach records that the clock ran down; once in a round.
func (c clock) breach() journey.Rule[State] {
	return journey.Rule[State]{
		Name: c.name + "_breach",
		Arm: func(s *State, v *policy.View, p *journey.Pending) {
			if due, ok := c.due(s, v); ok {
				p.Episode(s.Round, int64(s.Now.Value.Round), due)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			due, _ := c.due(s, f.View)
			f.Ask(journey.BreachCase, s.subject(), effects.BreachCase{Clock: c.name, Round: s.Now.Value.Round, Due: due})
		},
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("记录"+c.what.Zh+"超时", "record that the time for the "+c.what.En+" ran out")
		},
		Policy: func(s *State, _ journey.Obligation) string { return c.path(s) },
	}
}

// late warns and escalates after the clock ran down; each rung once in a round.
func (c clock) late() journey.Rule[State] {
	return duty.Ladder[State]{Name: c.name, Matter: (*State).Matter,
		Steps: func(s *State, v *policy.View) []policy.Step {
			if k := s.kind(v); k != nil {
				return k.Late
			}
			return nil
		},
		Path: func(s *State) string { return "cases.kinds[" + s.Now.Value.Kind + "].late" },
		Arm: func(s *State, v *policy.View, p *journey.Pending) {
			due, ok := c.due(s, v)
			kind := s.kind(v)
			if !ok || kind == nil {
				return
			}
			for i := range kind.Late {
				p.EpisodeRung(i, s.Round, int64(s.Now.Value.Round), s.on(v).After(due, kind.Late[i].After))
			}
		},
		Who: func(s *State, _ *policy.View) []string { return []string{s.Now.Value.Owner} },
		Says: func(_ *State, _ *policy.View, step policy.Step) lang.Text {
			return pursuit.Overdue(c.what.Zh, c.what.En, step)
		},
	}.Rule()
}

// Matter is what the case's reminders are about: whose case it is.
func (s *State) Matter() duty.Matter {
	k := &s.Now.Value
	who := ""
	if k.Name != "" {
		who = k.Name + " · "
	}
	return duty.Matter{Subject: s.subject(), Customer: s.customer(), Company: k.Name,
		Name: lang.T(who+k.KindName.Zh+"「"+k.Title+"」", who+k.KindName.En+" “"+k.Title+"”")}
}
