package churnreview

import (
	"cmp"
	"context"
	"slices"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/store"
)

// ReasonCount is how often a reason stood in closed reviews.
type ReasonCount struct {
	Reason       string    `json:"reason"`
	Name         lang.Text `json:"name"`
	Controllable bool      `json:"controllable"`
	Main         int       `json:"main" doc:"Reviews in which it was the main reason"`
	Named        int       `json:"named" doc:"Reviews that name it at all"`
}

// StepCount is how many customers were lost at a step.
type StepCount struct {
	Step  string    `json:"step"`
	Name  lang.Text `json:"name"`
	Count int       `json:"count"`
}

// Report is what churn reviews of a period say, the good news beside the bad.
type Report struct {
	From         instant.Time  `json:"from"`
	To           instant.Time  `json:"to"`
	Closed       int           `json:"closed" doc:"Reviews closed in the period"`
	Controllable int           `json:"controllable" doc:"Of these, the main reason was in our hands (可控)"`
	External     int           `json:"external" doc:"Of these, the main reason was not (外部因素)"`
	Reasons      []ReasonCount `json:"reasons" doc:"Most often the main reason first"`
	Steps        []StepCount   `json:"steps" doc:"Where customers were lost, the most first"`
	Competitors  []NameCount   `json:"competitors" doc:"Who won them"`
	WonBack      int           `json:"won_back" doc:"Of the reviewed, ordered again since"`
	Interviewed  int           `json:"interviewed" doc:"Of the reviewed, somebody talked to them; questionnaires are not counted"`

	Churned    int64   `json:"churned" doc:"Customers that are lost now"`
	Retained   int64   `json:"retained" doc:"Customers that bought and are not lost"`
	Retention  float64 `json:"retention" doc:"Share of those that ever bought or were lost and are still here"`
	Repurchase float64 `json:"repurchase" doc:"Share of those that stayed and ordered more than once"`
	// Targets are outside figures and the company's own aims, beside which these stand.
	Targets []policy.Target `json:"targets" doc:"Industry averages, competitors and stage targets of the policy"`
	// Truncated says that the period holds more reviews than one report counts.
	Truncated bool `json:"truncated,omitempty" doc:"The period holds more than 10,000 reviews: choose a shorter one"`
}

// NameCount is how often a name stood.
type NameCount struct {
	Name  string `json:"name"`
	Count int    `json:"count"`
}

const mostReviews = 10_000

// Report sums the reviews that were closed in a period up.
func (r *Reviews) Report(ctx context.Context, p auth.Principal, from, to instant.Time) (Report, error) {
	if err := r.Guard.MayAtAll(p, access.ChurnReport); err != nil {
		return Report{}, err
	}
	_, v, err := r.settings()
	if err != nil {
		return Report{}, err
	}
	out := Report{From: from, To: to, Targets: v.Sections.Reviews.Targets}
	sum := tally{reasons: map[string]*ReasonCount{}, steps: map[string]*StepCount{}, names: map[string]int{}, list: v.Sections.Reviews.Churn}
	q := store.Query{Index: byClosed, Equal: []any{catalogue.ChurnClosed}, Range: store.Range{From: from.String(), To: to.String()}, Limit: 500}
	for {
		page, err := r.docs.Page(ctx, q)
		if err != nil {
			return Report{}, err
		}
		for _, d := range page.Docs {
			sum.add(&out, d.Body.ChurnReview)
		}
		if q.After = page.Next; q.After == "" {
			break
		}
		if out.Closed >= mostReviews {
			out.Truncated = true
			break
		}
	}
	sum.write(&out)
	if out.Churned, out.Retained, err = r.both(ctx, "by_group"); err != nil {
		return Report{}, err
	}
	_, more, err := r.both(ctx, "by_repeat", "more")
	if all := out.Churned + out.Retained; all > 0 {
		out.Retention = float64(out.Retained) / float64(all)
	}
	if out.Retained > 0 {
		out.Repurchase = float64(more) / float64(out.Retained)
	}
	return out, err
}

type tally struct {
	reasons map[string]*ReasonCount
	steps   map[string]*StepCount
	names   map[string]int
	list    policy.ChurnReviews
}

func (t *tally) add(out *Report, c catalogue.ChurnReview) {
	out.Closed++
	for i, reason := range c.Reasons {
		n := t.reasons[reason.Reason]
		if n == nil {
			known, _ := t.list.Reason(reason.Reason)
			n = &ReasonCount{Reason: reason.Reason, Name: known.Name, Controllable: reason.Controllable}
			t.reasons[reason.Reason] = n
		}
		n.Named++
		switch {
		case i > 0:
			continue
		case reason.Controllable:
			out.Controllable++
		default:
			out.External++
		}
		n.Main++
	}
	if s := c.LostAt; s.Step != "" {
		if t.steps[s.Step] == nil {
			t.steps[s.Step] = &StepCount{Step: s.Step, Name: s.Name}
		}
		t.steps[s.Step].Count++
	}
	if c.Competitor != "" {
		t.names[c.Competitor]++
	}
	if c.WonBackAt != 0 {
		out.WonBack++
	}
	if w := c.Interview.Way; w == catalogue.InterviewPhone || w == catalogue.InterviewDeep {
		out.Interviewed++
	}
}

func (t *tally) write(out *Report) {
	out.Reasons, out.Steps, out.Competitors = []ReasonCount{}, []StepCount{}, []NameCount{}
	for _, n := range t.reasons {
		out.Reasons = append(out.Reasons, *n)
	}
	slices.SortFunc(out.Reasons, func(a, b ReasonCount) int {
		return cmp.Or(b.Main-a.Main, b.Named-a.Named, cmp.Compare(a.Reason, b.Reason))
	})
	for _, n := range t.steps {
		out.Steps = append(out.Steps, *n)
	}
	slices.SortFunc(out.Steps, func(a, b StepCount) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Step, b.Step)) })
	for name, n := range t.names {
		out.Competitors = append(out.Competitors, NameCount{name, n})
	}
	slices.SortFunc(out.Competitors, func(a, b NameCount) int { return cmp.Or(b.Count-a.Count, cmp.Compare(a.Name, b.Name)) })
}
