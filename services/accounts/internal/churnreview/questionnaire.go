package churnreview

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/race"
	"liuke.dev/shared/signedlink"
	"liuke.dev/shared/store"
)

// The questionnaire is anonymous, though the invitation to it goes out as
// every contact does: within the budget, by consent, in the log (invitation.go). Its
// link carries a number drawn by chance that Liuke does not keep and that nobody of
// ours ever sees; the answer lies under the hash of that number and holds no
// customer, no contact, no review, no address and no time but the month. Nothing
// leads from an answer to who gave it; but the number makes every link good for
// one answer.

// Purpose of the links to the questionnaire.
const Purpose = "churn-questionnaire"

const byMonth = "by_month"

// Answer to the questionnaire.
type Answer struct {
	Month   string         `json:"month"` // 2026-11: when it was given, no closer
	Reasons []string       `json:"reasons,omitempty"`
	Ratings map[string]int `json:"ratings,omitempty"` // by question, 1 to 5
	Text    string         `json:"text,omitempty"`
}

// Answer keeps the answer of whoever holds a link; a link is good for one.
func (r *Reviews) Answer(ctx context.Context, l signedlink.Link, a Answer) error {
	at, v, err := r.settings()
	if err != nil {
		return err
	}
	if err := problem.InvalidFields(a.check(v.Sections.Reviews.Churn)...); err != nil {
		return err
	}
	a.Month = month(at)
	return once(r.answers.Commit(ctx, store.New(used("answer", l), a), ""))
}

// used names what a link was used for, by the hash of its number: whoever has the
// link finds it, and it does not lead to the link.
func used(as string, l signedlink.Link) string {
	sum := sha256.Sum256([]byte(as + ":" + l.Subject))
	return hex.EncodeToString(sum[:16])
}

// once says of a commit that somebody was faster with: the link was used already.
func once(err error) error {
	if race.Lost(err) {
		return signedlink.Used()
	}
	return err
}

func month(at instant.Time) string { return at.String()[:7] }

// maxWords bounds what a stranger writes, in bytes.
const maxWords = 4000

func (a Answer) check(p policy.ChurnReviews) []problem.Field {
	var wrong []problem.Field
	for i, id := range a.Reasons {
		if _, ok := p.Reason(id); !ok {
			wrong = append(wrong, problem.FieldError(fmt.Sprintf("reasons[%d]", i), "one_of", "不在列表中："+id, "is not in the list: "+id))
		}
	}
	for id, n := range a.Ratings {
		if !policy.Has(p.Questions, id) || n < 1 || n > 5 {
			wrong = append(wrong, problem.FieldError("ratings."+id, "range", "问题应在问卷中，评分 1 到 5", "rates a question of the questionnaire from 1 to 5"))
		}
	}
	if len(a.Text) > maxWords {
		wrong = append(wrong, problem.FieldError("text", "max_length", "太长", "is too long"))
	}
	if len(a.Reasons) == 0 && len(a.Ratings) == 0 && strings.TrimSpace(a.Text) == "" {
		wrong = append(wrong, problem.FieldError("", "required", "请至少回答一项", "answer at least one thing"))
	}
	return wrong
}

// Voices are the anonymous answers of a month, together.
type Voices struct {
	Month   string             `json:"month"`
	Answers int                `json:"answers"`
	Hidden  bool               `json:"hidden,omitempty" doc:"Fewer answers than the policy shows: only their number is told"`
	Reasons map[string]int     `json:"reasons,omitempty"`
	Ratings map[string]float64 `json:"ratings,omitempty" doc:"Mean per question"`
	Texts   []string           `json:"texts,omitempty"`
}

// Voices sums the answers of a month up; below the number of the policy it tells that number only.
func (r *Reviews) Voices(ctx context.Context, p auth.Principal, of string) (Voices, error) {
	if err := r.Guard.MayAtAll(p, access.ChurnReport); err != nil {
		return Voices{}, err
	}
	_, v, err := r.settings()
	if err != nil {
		return Voices{}, err
	}
	page, err := r.answers.Page(ctx, store.Query{Index: byMonth, Equal: []any{of}, Limit: 500})
	if err != nil {
		return Voices{}, err
	}
	out := Voices{Month: of, Answers: len(page.Docs)}
	if out.Hidden = out.Answers < v.Sections.Reviews.Churn.AnswersShown; out.Hidden {
		return out, nil
	}
	out.Reasons, out.Ratings = map[string]int{}, map[string]float64{}
	rated := map[string]int{}
	for _, d := range page.Docs { // in the order of their ids, which are drawn by chance
		for _, id := range d.Body.Reasons {
			out.Reasons[id]++
		}
		for q, n := range d.Body.Ratings {
			out.Ratings[q] += float64(n)
			rated[q]++
		}
		if d.Body.Text != "" {
			out.Texts = append(out.Texts, d.Body.Text)
		}
	}
	for q, n := range rated {
		out.Ratings[q] /= float64(n)
	}
	return out, nil
}
