package pursuit

import (
	"slices"
	"strconv"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// Ladder is a rule of the policy book's kind: rungs of what happens the longer
// nobody acts.
type Ladder[S any] struct {
	Name  string
	Of    func(*S) *Care
	Base  func(s *S, v *policy.View) (journey.Moment, bool) // from when it counts, and whether it applies
	Steps func(s *S, v *policy.View) []policy.Step
	Says  func(s *S, step policy.Step, v *policy.View) lang.Text // what is wrong by then
	Path  func(s *S) string                                      // of the setting
	// Lifts names what ends a risk that a rung marks: quiet, stage or progress.
	Lifts string
	// ID prefix of the facts it rests on, if not the subject's own.
	Because func(s *S, o journey.Obligation) []string
}

// Rule makes the ladder a rule.
func (l Ladder[S]) Rule() journey.Rule[S] {
	return journey.Rule[S]{
		Name: l.Name, Ladder: true, Because: l.Because,
		Arm: func(s *S, v *policy.View, p *journey.Pending) {
			if base, ok := l.Base(s, v); ok {
				p.Ladder(base, l.Steps(s, v), v)
			}
		},
		Fire: func(s *S, f *journey.Firing) {
			step := l.Steps(s, f.View)[f.Rung]
			l.Of(s).Act(f, step.Action, l.Says(s, step, f.View), l.Lifts)
		},
		Does: func(s *S, o journey.Obligation, v *policy.View) lang.Text {
			step := l.Steps(s, v)[o.Rung]
			return join(actions[step.Action], l.Says(s, step, v))
		},
		Policy: func(s *S, o journey.Obligation) string { return l.Path(s) + "[" + strconv.Itoa(o.Rung) + "]" },
	}
}

// Act does what a rung says.
func (c *Care) Act(f *journey.Firing, action string, says lang.Text, lifts string) {
	switch action {
	case policy.ActMarkRisk:
		c.SetRisk(f, lifts, nil)
	case policy.ActReassign:
		f.Ask(journey.Reassign, c.Subject(), effects.Reassign{Reason: "escalation", From: c.Owner.Value})
	case policy.ActRecycle:
		c.Recycle(f, says)
	default:
		c.Remind(f, action, says) // the actions are named like the levels
	}
}

// Remind tells people what is wrong.
func (c *Care) Remind(f *journey.Firing, level string, says lang.Text) {
	f.Ask(journey.Remind, c.Subject(), effects.Remind{Level: level, Rule: f.Rule, Subject: c.Subject(), Customer: c.Customer.Value, Owner: c.Owner.Value,
		Text: c.About(says), Due: f.Due, Late: f.Late})
}

// Recycle asks for the customer to go back to the public pool.
func (c *Care) Recycle(f *journey.Firing, why lang.Text) {
	f.Ask(journey.Recycle, c.Subject(), effects.Recycle{Reason: why.Zh + " / " + why.En, From: c.Owner.Value, LastFollowUp: c.Touch.At})
}

func createTask(c *Care, kind string, title lang.Text, due instant.Time, rule string) effects.CreateTask {
	return effects.CreateTask{Kind: kind, Subject: c.Subject(), Customer: c.Customer.Value, Company: c.Company.Value, Title: c.About(title),
		Assignee: c.Owner.Value, Due: due, Rule: rule}
}

// Risk is a reason for the mark at_risk, with what lifts it.
type Risk struct {
	Rule    string `json:"rule"`
	Lifts   string `json:"lifts"`
	Episode int64  `json:"episode"`
}

// What lifts a risk.
const (
	LiftQuiet    = "quiet"    // the next follow-up that counts
	LiftStage    = "stage"    // the next stage
	LiftProgress = "progress" // the next stage forward
)

// MarkAtRisk is the mark of a subject that is in danger of being lost.
const MarkAtRisk = catalogue.MarkAtRisk

// SetRisk marks the subject at risk until what lifts it happens.
func (c *Care) SetRisk(f *journey.Firing, lifts string, evidence []string) {
	c.Risks = append(c.Risks, Risk{Rule: f.Rule, Lifts: lifts, Episode: f.Base.V})
	if len(evidence) == 0 {
		evidence = []string{f.Base.In(c.Kind + "/" + c.ID)}
	}
	c.Mark(f, MarkAtRisk, evidence)
}

// Mark sets a mark, unless it is set.
func (c *Care) Mark(f *journey.Firing, mark string, evidence []string) {
	if _, set := c.Marks[mark]; set {
		return
	}
	if c.Marks == nil {
		c.Marks = map[string]int64{}
	}
	c.Marks[mark] = f.Episode
	f.AskMark(journey.SetMark, c.Subject(), mark, effects.SetMark{Evidence: evidence})
}

// Unmark clears a mark.
func (c *Care) Unmark(f *journey.Firing, mark string) {
	delete(c.Marks, mark)
	f.AskMark(journey.ClearMark, c.Subject(), mark, nil)
}

// Over makes the rule that clears a mark once nothing holds it any more.
func Over[S any](mark string, of func(*S) *Care, holds func(*S) bool) journey.Rule[S] {
	return journey.Rule[S]{
		Name: mark + "_over",
		Arm: func(s *S, _ *policy.View, p *journey.Pending) {
			c := of(s)
			if _, set := c.Marks[mark]; set && !holds(s) {
				p.Add(c.Newest, c.Newest.At)
			}
		},
		Fire: func(s *S, f *journey.Firing) {
			c := of(s)
			if mark == MarkAtRisk {
				c.Risks = nil
			}
			c.Unmark(f, mark)
		},
		Does: func(*S, journey.Obligation, *policy.View) lang.Text {
			n := Marks[mark]
			return lang.T("取消标记“"+n.Zh+"”", "clear the mark \""+n.En+"\"")
		},
	}
}

// AtRiskOver clears at_risk once every reason for it is lifted.
func AtRiskOver[S any](of func(*S) *Care, lifted func(s *S, r Risk) bool) journey.Rule[S] {
	return Over(MarkAtRisk, of, func(s *S) bool {
		c := of(s)
		return !c.Closed && slices.ContainsFunc(c.Risks, func(r Risk) bool { return !lifted(s, r) })
	})
}

// Leak is a rule that marks what leaks through, with evidence,
// until it is mended.
type Leak[S any] struct {
	Name   string // in the policy book; the mark is leak.<name>
	Of     func(*S) *Care
	Raise  func(s *S, v *policy.View) (base journey.Moment, due instant.Time, ok bool)
	Holds  func(s *S) bool // whether what raised it still is so
	Says   lang.Text
	Proof  func(s *S) []string // ids of the facts that it is judged by; nil: the one that armed it
	Path   string
	Remind bool // whether the owner hears of it, where no ladder tells them already
}

// Rules makes the rule that sets the mark and the one that clears it.
func (l Leak[S]) Rules() []journey.Rule[S] {
	mark := "leak." + l.Name
	proof := func(s *S, o journey.Obligation) []string {
		if l.Proof != nil {
			return l.Proof(s)
		}
		c := l.Of(s)
		return []string{o.Base.In(c.Kind + "/" + c.ID)}
	}
	set := journey.Rule[S]{
		Name: mark, Because: proof, Policy: func(*S, journey.Obligation) string { return l.Path },
		Arm: func(s *S, v *policy.View, p *journey.Pending) {
			if !slices.Contains(v.Sections.Risk.Leaks, l.Name) || !l.Holds(s) {
				return
			}
			if base, due, ok := l.Raise(s, v); ok {
				p.Add(base, due)
			}
		},
		Fire: func(s *S, f *journey.Firing) {
			c := l.Of(s)
			c.Mark(f, mark, proof(s, f.Obligation))
			if l.Remind && c.Owner.Value != "" {
				c.Remind(f, catalogue.LevelRemind, l.Says)
			}
		},
		Does: func(*S, journey.Obligation, *policy.View) lang.Text {
			return join(lang.T("标记漏洞", "mark a leak"), l.Says)
		},
	}
	return []journey.Rule[S]{set, Over(mark, l.Of, l.Holds)}
}
