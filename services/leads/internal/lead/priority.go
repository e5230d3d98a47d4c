package lead

import (
	"fmt"
	"math"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"
	"liuke.dev/shared/policy"
)

// Rankable is a lead or deal as the queue ranks it.
type Rankable struct {
	Value *money.Amount
	// Stage is the stage type of a deal or the status of a lead.
	Stage string
	// Due is when the next thing is to be done: the next touch, or the first one.
	Due instant.Time
}

// Part of a score with its reason.
type Part struct {
	Name   string    `json:"name" enum:"value,stage,due"`
	Points int       `json:"points"`
	Text   lang.Text `json:"text"`
}

// Score is the rank of a thing in the work queue, with why.
type Score struct {
	Points int       `json:"points"`
	Parts  []Part    `json:"parts"`
	Reason lang.Text `json:"reason"`
}

const day = 24 * time.Hour

// Rank scores by the stated rule: value on a logarithmic scale, stage,
// and how overdue the next thing is. How recently somebody called plays no part.
func Rank(r Rankable, v *policy.View, zone *time.Location, now instant.Time) Score {
	p := v.Sections.Priority
	parts := []Part{valuePart(r.Value, p), stagePart(r.Stage, p), duePart(r.Due, v, zone, now)}
	s := Score{Parts: parts}
	for _, part := range parts {
		s.Points += part.Points
		if part.Points == 0 && part.Name != "due" {
			continue
		}
		if s.Reason.Zh != "" {
			s.Reason.Zh, s.Reason.En = s.Reason.Zh+"；", s.Reason.En+"; "
		}
		s.Reason.Zh += fmt.Sprintf("%s（%d 分）", part.Text.Zh, part.Points)
		s.Reason.En += fmt.Sprintf("%s (%d points)", part.Text.En, part.Points)
	}
	return s
}

func valuePart(value *money.Amount, p policy.Priority) Part {
	if value == nil || value.Minor <= 0 || p.ValueUnit <= 0 {
		return Part{Name: "value", Text: lang.T("金额未知", "value unknown")}
	}
	points := int(math.Round(float64(p.ValueWeight) * math.Log2(1+float64(value.Minor)/float64(p.ValueUnit))))
	return Part{Name: "value", Points: points, Text: lang.T("预计金额 "+value.String(), "value "+value.String())}
}

func stagePart(stage string, p policy.Priority) Part {
	name := stageName(stage)
	return Part{Name: "stage", Points: p.StageWeights[stage], Text: lang.T("阶段 "+name.Zh, "stage "+name.En)}
}

// stageName gives a lead's status or a deal's stage type in words: what the
// weights go by, whatever a company calls its stages.
func stageName(stage string) lang.Text {
	if t, ok := catalogue.LeadStatusNames[stage]; ok {
		return t
	}
	return policy.StageType(stage).Name()
}

func duePart(due instant.Time, v *policy.View, zone *time.Location, now instant.Time) Part {
	p := v.Sections.Priority
	switch {
	case due.IsZero():
		return Part{Name: "due", Text: lang.T("没有下次跟进时间", "no next touch planned")}
	case due < now:
		// A begun day counts; a demo's days are as much shorter as its other durations.
		late := now.Sub(due) * time.Duration(v.Speed)
		days := int((late + day - 1) / day)
		return Part{Name: "due", Points: min(days*p.OverdueWeight, p.OverdueMax),
			Text: lang.T(fmt.Sprintf("逾期第 %d 天", days), fmt.Sprintf("overdue, day %d", days))}
	case sameDay(due, now, zone):
		return Part{Name: "due", Points: p.DueTodayPoints, Text: lang.T("今天到期", "due today")}
	}
	return Part{Name: "due", Text: lang.T("到期 "+due.Std().In(zone).Format("2006-01-02 15:04"), "due "+due.Std().In(zone).Format("2006-01-02 15:04"))}
}

func sameDay(a, b instant.Time, zone *time.Location) bool {
	return a.Std().In(zone).Format(time.DateOnly) == b.Std().In(zone).Format(time.DateOnly)
}
