package pursuit

import (
	"cmp"
	"slices"
	"strings"
	"unicode"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// Talk is what the customer objected to and asked, as far as leak 3 needs it.
type Talk struct {
	Raised journey.Moment `json:"raised,omitzero"` // latest follow-up that tells of an objection without a tag
	Tagged journey.Ref    `json:"tagged,omitzero"` // latest fact that records objection tags
	Asked  []Question     `json:"asked,omitempty"`
	// Again is the latest question that had been asked before, First where.
	Again journey.Moment `json:"again,omitzero"`
	First journey.Ref    `json:"first,omitzero"`
}

// Question that the customer asked, in a spelling that ignores punctuation.
type Question struct {
	journey.Moment
	Text string `json:"text"`
}

const (
	maxAsked    = 24
	maxQuestion = 120 // runes that are compared
)

// resultsOfObjection are follow-up results that tell of an objection.
var resultsOfObjection = []string{"needs_time", "not_interested"}

func (t *Talk) listen(f journey.Fact, u *catalogue.FollowUp, v *policy.View) {
	said := journey.Moment{Ref: f.Ref, At: f.Time, Known: f.Time}
	if len(u.Objections) > 0 {
		t.Tag(f.Ref)
	} else if slices.Contains(resultsOfObjection, u.Result) || objects(u.Question, v) {
		t.Raised.Later(said)
	}
	if text := spelling(u.Question); text != "" {
		t.ask(Question{Moment: said, Text: text})
	}
}

// Tag takes that objection tags were recorded.
func (t *Talk) Tag(at journey.Ref) {
	if at.After(t.Tagged) {
		t.Tagged = at
	}
}

func (t *Talk) ask(q Question) {
	if slices.ContainsFunc(t.Asked, func(known Question) bool { return known.Ref == q.Ref }) {
		return
	}
	t.Asked = append(t.Asked, q)
	slices.SortFunc(t.Asked, func(a, b Question) int { return cmp.Or(cmp.Compare(a.V, b.V), cmp.Compare(a.N, b.N)) })
	t.compare()
	if len(t.Asked) > maxAsked {
		t.Asked = t.Asked[1:]
	}
}

// compare finds the latest question that had been asked before, and when first.
func (t *Talk) compare() {
	for i, again := range slices.Backward(t.Asked) {
		first := slices.IndexFunc(t.Asked, func(q Question) bool { return q.Text == again.Text })
		if first < i {
			if t.Again.Later(again.Moment) || t.Again.Ref == again.Ref {
				t.First = t.Asked[first].Ref
			}
			return
		}
	}
}

// objects tells whether a question names one of the company's objection tags.
func objects(question string, v *policy.View) bool {
	if question == "" {
		return false
	}
	lower := strings.ToLower(question)
	return slices.ContainsFunc(v.Sections.FollowUp.Objections, func(o policy.Option) bool {
		return o.Name.Zh != "" && strings.Contains(lower, o.Name.Zh) || o.Name.En != "" && strings.Contains(lower, strings.ToLower(o.Name.En))
	})
}

// spelling leaves letters and digits in lower case, so that the same question
// in another punctuation is the same question.
func spelling(s string) string {
	n := 0
	return strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) || n == maxQuestion {
			return -1
		}
		n++
		return unicode.ToLower(r)
	}, s)
}

// NotNow tells whether a follow-up result says that the customer is not ready.
func NotNow(result string) bool { return slices.Contains(resultsOfObjection, result) }
