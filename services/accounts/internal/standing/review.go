package standing

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Review logs that management went through the list of customers at risk: who, when,
// how many there were, what was decided, and the evidence.
func (p *Part) Review(ctx context.Context, evidence string, customers []string, decisions []catalogue.RiskDecision) (*store.Doc[catalogue.RiskReview], error) {
	who := auth.From(ctx)
	if err := p.Guard.MayAtAll(who, access.StandingReview); err != nil {
		return nil, err
	}
	customers, err := p.reviewed(ctx, evidence, customers, decisions)
	if err != nil {
		return nil, err
	}
	return p.log(ctx, httpx.NewID(ctx), who.ID, evidence, customers, decisions)
}

// reviewed checks what was gone through and gives the customers of today.
func (p *Part) reviewed(ctx context.Context, evidence string, customers []string, decisions []catalogue.RiskDecision) ([]string, error) {
	var wrong []problem.Field
	if strings.TrimSpace(evidence) == "" {
		wrong = append(wrong, problem.Required("evidence"))
	}
	out := []string{}
	note := func(field, id string) error {
		f, err := p.Files.Root(ctx, id)
		if missing(err) {
			wrong = append(wrong, problem.FieldError(field, "exists", "没有这个客户："+id, "there is no such customer: "+id))
			return nil
		}
		if err == nil && !slices.Contains(out, f.ID) {
			out = append(out, f.ID)
		}
		return err
	}
	for i, id := range customers {
		if err := note(fmt.Sprintf("customers[%d]", i), id); err != nil {
			return nil, err
		}
	}
	for i, d := range decisions {
		if err := note(fmt.Sprintf("decisions[%d].customer", i), d.Customer); err != nil {
			return nil, err
		}
	}
	return out, problem.InvalidFields(wrong...)
}

func (p *Part) log(ctx context.Context, id, by, evidence string, customers []string, decisions []catalogue.RiskDecision) (*store.Doc[catalogue.RiskReview], error) {
	if d, err := p.reviews.Get(ctx, id); !errors.Is(err, store.ErrNotFound) {
		return d, err // a repeat
	}
	r := catalogue.RiskReview{ID: id, By: by, At: p.Clock(), Groups: map[string]int64{}, Customers: customers, Evidence: evidence, Decisions: decisions}
	newest, err := p.reviews.Page(ctx, store.Query{Index: byTime, Desc: true, Limit: 1})
	if err != nil {
		return nil, err
	}
	if len(newest.Docs) > 0 {
		r.PeriodFrom = newest.Docs[0].Body.At
	}
	if r.Red, err = p.docs.Count(ctx, store.Query{Index: byRed, Equal: []any{true}}); err != nil {
		return nil, err
	}
	for _, g := range catalogue.RiskGroups {
		if r.Groups[g], err = p.docs.Count(ctx, store.Query{Index: byGroup + g, Equal: []any{true}}); err != nil {
			return nil, err
		}
	}
	d := store.New(id, r)
	fact, err := facts.Record(ctx, facts.Stamp{Source: "liuke/accounts", At: r.At}, 1, &catalogue.RiskReviewed{After: r})
	if err != nil {
		return nil, err
	}
	return d, p.reviews.Commit(ctx, d, httpx.Command(ctx), fact)
}

// Reviews gives the log of reviews, newest first.
func (p *Part) Reviews(ctx context.Context, limit int, after string) ([]catalogue.RiskReview, string, error) {
	if err := p.Guard.MayAtAll(auth.From(ctx), access.StandingReview); err != nil {
		return nil, "", err
	}
	page, err := p.reviews.Page(ctx, store.Query{Index: byTime, Desc: true, Limit: limit, After: after})
	if err != nil {
		return nil, "", err
	}
	out := []catalogue.RiskReview{}
	for _, d := range page.Docs {
		out = append(out, d.Body)
	}
	return out, page.Next, nil
}

func refused(err error) bool {
	var told *problem.Error
	return errors.As(err, &told) && told.Code == problem.Forbidden
}
