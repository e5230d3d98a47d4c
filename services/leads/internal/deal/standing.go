package deal

import (
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
)

// Standing answers a manager's three questions: where is it stuck, how
// long since it moved, is it in danger.
type Standing struct {
	Stage           string    `json:"stage"`
	StageName       lang.Text `json:"stage_name"`
	InStageMS       int64     `json:"in_stage_ms" doc:"Time in the stage so far"`
	SinceProgressMS int64     `json:"since_progress_ms" doc:"Time since it last moved forward"`
	SinceContactMS  int64     `json:"since_contact_ms" doc:"Time since the last recorded follow-up, or since clocks run"`
	Level           string    `json:"level" enum:"fine,watch,danger"`
	Reasons         []Reason  `json:"reasons,omitempty"`
}

// Reason is why a deal is watched or in danger.
type Reason struct {
	Rule string    `json:"rule"`
	Text lang.Text `json:"text"`
}

// Levels of danger.
const (
	LevelFine   = "fine"
	LevelWatch  = "watch"
	LevelDanger = "danger"
)

// Stand judges an open deal by its marks and by the ladders of its stage.
func Stand(d catalogue.Deal, r Rules, now instant.Time) Standing {
	contact := max(d.LastContactAt, d.ClocksFrom)
	entered := max(d.StageSince, d.ClocksFrom)
	s := Standing{Stage: d.Stage, StageName: lang.T(d.Stage, d.Stage), InStageMS: since(d.StageSince, now), SinceProgressMS: since(d.LastProgressAt, now),
		SinceContactMS: since(contact, now), Level: LevelFine}
	for _, m := range d.Marks {
		name, known := catalogue.MarkNames[m.Rule]
		if !known {
			name = lang.T(m.Rule, m.Rule)
		}
		s.add(m.Rule == catalogue.MarkAtRisk, m.Rule, lang.T("规则标记："+name.Zh, "Marked by a rule: "+name.En))
	}
	if d.NextTouchAt.IsZero() {
		s.add(false, "R-015", lang.T("没有下一次跟进时间", "No next touch is planned"))
	} else if d.NextTouchAt < now {
		s.add(false, "R-020", lang.T("下一次跟进已逾期", "The next touch is overdue"))
	}
	stage := r.stage(d, d.Stage)
	if stage == nil {
		return s
	}
	s.StageName = stage.Name
	s.climb("R-060", stage.Idle, contact, r.InForce, now, lang.T("无跟进超过 ", "No follow-up for more than "))
	clock := entered
	if stage.DwellClock == policy.ClockWithoutFollowUp {
		clock = max(entered, contact) // C-02: the clock is selectable
	}
	s.climb("R-063", stage.Dwell, clock, r.InForce, now, lang.T("停留超过 ", "In the stage for more than "))
	return s
}

// climb adds the highest rung of a ladder that was reached; one that warns,
// escalates or marks is danger.
func (s *Standing) climb(rule string, ladder []policy.Step, from instant.Time, v *policy.View, now instant.Time, says lang.Text) {
	var top *policy.Step
	for i := range ladder {
		if v.After(from, ladder[i].After) <= now {
			top = &ladder[i]
		}
	}
	if top == nil {
		return
	}
	s.add(top.Action != policy.ActRemind, rule, lang.T(says.Zh+top.After.String(), says.En+top.After.String()))
}

func (s *Standing) add(danger bool, rule string, text lang.Text) {
	s.Reasons = append(s.Reasons, Reason{Rule: rule, Text: text})
	switch {
	case danger:
		s.Level = LevelDanger
	case s.Level == LevelFine && !strings.HasPrefix(rule, "data_gap."):
		s.Level = LevelWatch
	}
}

func since(t, now instant.Time) int64 {
	if t.IsZero() || now < t {
		return 0
	}
	return now.Sub(t).Milliseconds()
}

// Reported gives the stage of P-7 that a stage counts as in reports across
// teams (C-01).
func Reported(v *policy.View, pipeline, stage string) string {
	if s := v.Stage(pipeline, stage); s != nil && s.Maps != "" {
		return s.Maps
	}
	return stage
}
