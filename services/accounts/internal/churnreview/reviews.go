package churnreview

import (
	"context"
	"errors"
	"fmt"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/services/accounts/internal/links"
	"liuke.dev/services/accounts/internal/reach"
	"liuke.dev/services/accounts/internal/timeline"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Files is what reviews ask of the customers' files.
type Files interface {
	Root(ctx context.Context, id string) (customer.File, error)
	Permitted(ctx context.Context, p auth.Principal, action access.Action, id string) (customer.File, access.Holder, error)
}

// Line is what reviews ask of the timeline.
type Line interface {
	Newest(ctx context.Context, customer string, f timeline.Filter, limit int, after string) ([]catalogue.TimelineEntry, string, error)
}

// Lists of reviews.
const (
	byStatus = "by_status"
	byClosed = "by_closed"
)

var (
	reviews = store.Spec{Name: "churn_review", Indexes: []store.Index{
		{Name: holdings.Index, Equal: []string{"customer"}, Order: "confirmed_at"},
		{Name: byStatus, Equal: []string{"status"}, Order: "confirmed_at"},
		{Name: byClosed, Equal: []string{"status"}, Order: "closed_at"},
	}}
	invitations = store.Spec{Name: "churn_invitation_spent"}
	answers     = store.Spec{Name: "churn_answer", Indexes: []store.Index{{Name: byMonth, Equal: []string{"month"}}}}
	known       = store.Spec{Name: "churn_traits", Indexes: []store.Index{
		{Name: holdings.Index, Equal: []string{"customer"}},
		{Name: "by_group", Equal: []string{"group"}, Sparse: true},
		{Name: "by_industry", Equal: []string{"group", "industry"}, Sparse: true},
		{Name: "by_cycle", Equal: []string{"group", "cycle"}, Sparse: true},
		{Name: "by_amount", Equal: []string{"group", "amount"}, Sparse: true},
		{Name: "by_type", Equal: []string{"group", "type"}, Sparse: true},
		{Name: "by_repeat", Equal: []string{"group", "repeat"}, Sparse: true},
	}}
	values = store.Spec{Name: "churn_trait_value", Indexes: []store.Index{{Name: "by_dimension", Equal: []string{"dimension"}}}}
)

// Config is what reviews are made of.
type Config struct {
	Engine store.Engine
	Files  Files
	Line   Line
	Links  *links.Links // nil: no questionnaires
	// Outreach is what invites customers to the questionnaire.
	Outreach reach.Outreach
	Guard    access.Guard
	People   *directory.Directory
	Policy   *policy.Holder
	Clock    instant.Clock
}

// Reviews keeps the reviews of lost customers.
type Reviews struct {
	Config
	docs    store.Collection[Review]
	answers store.Collection[Answer]
	spent   store.Collection[spent]
	known   store.Collection[Known]
	values  store.Collection[Value]
}

// New declares the collections.
func New(ctx context.Context, c Config) (*Reviews, error) {
	if err := c.Engine.Declare(ctx, reviews, answers, invitations, known, values); err != nil {
		return nil, err
	}
	return &Reviews{Config: c, docs: store.Of[Review](c.Engine, reviews), answers: store.Of[Answer](c.Engine, answers), spent: store.Of[spent](c.Engine, invitations), known: store.Of[Known](c.Engine, known),
		values: store.Of[Value](c.Engine, values)}, nil
}

// Doc is a stored review.
type Doc = store.Doc[Review]

func (r *Reviews) settings() (instant.Time, *policy.View, error) {
	at := r.Clock()
	v, err := r.Policy.At(at)
	if err != nil {
		return 0, nil, problem.Away(err)
	}
	return at, v, nil
}

// Of lists a customer's reviews, newest first.
func (r *Reviews) Of(ctx context.Context, p auth.Principal, customer string) ([]*Doc, error) {
	f, _, err := r.Files.Permitted(ctx, p, access.ChurnRead, customer)
	if err != nil {
		return nil, err
	}
	return r.of(ctx, f.ID)
}

func (r *Reviews) of(ctx context.Context, customer string) ([]*Doc, error) {
	page, err := r.docs.Page(ctx, store.Query{Index: holdings.Index, Equal: []any{customer}, Desc: true, Limit: 100})
	return page.Docs, err
}

// Get gives a review to whoever may read its customer's, and to who takes part in it.
func (r *Reviews) Get(ctx context.Context, p auth.Principal, id string) (*Doc, error) {
	return r.permitted(ctx, p, access.ChurnRead, id)
}

func (r *Reviews) permitted(ctx context.Context, p auth.Principal, a access.Action, id string) (*Doc, error) {
	d, err := r.docs.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem.Missing("流失复盘", "churn review", id)
	}
	if err != nil {
		return nil, err
	}
	if a == access.ChurnRead {
		return d, r.readable(ctx, p, d)
	}
	_, _, err = r.Files.Permitted(ctx, p, a, d.Body.Customer)
	return d, err
}

// takesPart tells whether a person, or whom they stand in for, takes part; in a role, if one is named.
func (r *Reviews) takesPart(p auth.Principal, v Review, role string) bool {
	for _, t := range v.Participants {
		if (role == "" || t.Role == role) && r.Guard.Owns(p.ID, t.Person) {
			return true
		}
	}
	return false
}

// List lists reviews by state, the newest first: those that the principal may read.
// A page of somebody who may not read all of them may be short.
func (r *Reviews) List(ctx context.Context, p auth.Principal, status string, limit int, after string) (store.List[Review], error) {
	if err := r.Guard.MayAtAll(p, access.ChurnRead); err != nil {
		return store.List[Review]{}, err
	}
	page, err := r.docs.Page(ctx, store.Query{Index: byStatus, Equal: []any{status}, Desc: true, Limit: limit, After: after})
	if err != nil || r.Guard.Everywhere(p, access.ChurnRead) {
		return page, err
	}
	seen := store.List[Review]{Next: page.Next}
	for _, d := range page.Docs {
		err := r.readable(ctx, p, d)
		var refused *problem.Error
		if errors.As(err, &refused) && refused.Code == problem.Forbidden {
			continue
		}
		if err != nil {
			return store.List[Review]{}, err
		}
		seen.Docs = append(seen.Docs, d)
	}
	return seen, nil
}

// readable tells whether the principal may read a review: its customer's, or one that they take part in.
func (r *Reviews) readable(ctx context.Context, p auth.Principal, d *Doc) error {
	if r.takesPart(p, d.Body, "") {
		return nil
	}
	_, _, err := r.Files.Permitted(ctx, p, access.ChurnRead, d.Body.Customer)
	return err
}

// change changes a review and records the fact of it.
func (r *Reviews) change(ctx context.Context, d *Doc, match func(int64) error, edit func(*Review) error, fact func(catalogue.ChurnReview) catalogue.Data) (*Doc, error) {
	if d.Did(httpx.Command(ctx)) {
		return d, nil
	}
	if err := match(d.Version); err != nil {
		return nil, err
	}
	if err := edit(&d.Body); err != nil {
		return nil, err
	}
	return d, r.commit(ctx, d, httpx.Command(ctx), fact(d.Body.ChurnReview))
}

func (r *Reviews) commit(ctx context.Context, d *Doc, command string, told ...catalogue.Data) error {
	v, err := r.Policy.At(r.Clock())
	if err != nil {
		return problem.Away(err)
	}
	stamp := facts.Stamp{Source: "liuke/accounts", At: r.Clock(), Customer: d.Body.Customer, Policy: v.Version}
	list, err := facts.RecordAll(ctx, stamp, d.Version+1, told...)
	if err != nil {
		return err
	}
	err = r.docs.Commit(ctx, d, command, list...)
	if errors.Is(err, store.ErrConflict) {
		return problem.StaleVersion(d.Version + 1)
	}
	return err
}

// changed makes the fact of something added to a review.
func changed(what string) func(catalogue.ChurnReview) catalogue.Data {
	return func(c catalogue.ChurnReview) catalogue.Data {
		return &catalogue.ChurnReviewChanged{After: c, Changed: what}
	}
}

func reviewID(customer string, n int) string { return fmt.Sprintf("%s.%d", customer, n) }
