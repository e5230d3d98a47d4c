package churnreview

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Confirm says that a customer is lost, which opens its review.
func (r *Reviews) Confirm(ctx context.Context, p auth.Principal, id string, c Confirmation) (*Doc, error) {
	f, h, err := r.Files.Permitted(ctx, p, access.ChurnConfirm, id)
	if err != nil {
		return nil, err
	}
	at, v, err := r.settings()
	if err != nil {
		return nil, err
	}
	if err := problem.InvalidFields(c.Check(at)...); err != nil {
		return nil, err
	}
	d, ours, err := r.confirm(ctx, f, h.Owner, p.ID, c, at, v)
	if err == nil && !ours {
		return nil, problem.Refuse("R-121", "该客户的流失复盘正在进行："+d.ID, "The loss of this customer is being reviewed: "+d.ID)
	}
	return d, err
}

// Open is what journeys ask for: the review of a loss that they found. Where one is open it is that one.
func (r *Reviews) Open(ctx context.Context, p auth.Principal, id string, c Confirmation) (*Doc, error) {
	if err := r.Guard.MayAtAll(p, access.ChurnOpen); err != nil {
		return nil, err
	}
	f, err := r.Files.Root(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem.Missing("客户", "customer", id)
	}
	if err != nil {
		return nil, err
	}
	at, v, err := r.settings()
	if err != nil {
		return nil, err
	}
	if err := problem.InvalidFields(c.Check(at)...); err != nil {
		return nil, err
	}
	_, h, err := r.Files.Permitted(ctx, p, access.ChurnRead, f.ID)
	if err != nil {
		return nil, err
	}
	d, _, err := r.confirm(ctx, f, h.Owner, cmp.Or(h.Owner, p.ID), c, at, v)
	return d, err
}

// confirm makes the review, or gives the one that is open and says that it is not
// this command's: the second of two who confirm at once finds the first one's under
// the id that both would have made.
func (r *Reviews) confirm(ctx context.Context, f customer.File, owner, by string, c Confirmation, at instant.Time, v *policy.View) (d *Doc, ours bool, err error) {
	command := httpx.Command(ctx)
	for taken := range 20 { // a number may be taken by a loss that a merge gave to another customer
		docs, err := r.of(ctx, f.ID)
		if err != nil {
			return nil, false, err
		}
		for _, d := range docs {
			if ours := d.Did(command); ours || d.Body.Status == catalogue.ChurnOpen {
				return d, ours, nil
			}
		}
		made, err := r.made(ctx, f, len(docs)+1+taken, owner, by, c, at, v.Sections.Reviews.Churn)
		if err != nil {
			return nil, false, err
		}
		d := store.New(made.ID, made)
		err = r.commit(ctx, d, command, &catalogue.ChurnConfirmed{After: made.ChurnReview}, &catalogue.ChurnReviewOpened{After: made.ChurnReview})
		if !errors.Is(err, store.ErrExists) {
			return d, true, err
		}
	}
	return nil, false, store.ErrConflict
}

func (r *Reviews) made(ctx context.Context, f customer.File, n int, owner, by string, c Confirmation, at instant.Time, p policy.ChurnReviews) (Review, error) {
	id := reviewID(f.ID, n)
	t, err := r.traitsOf(ctx, f, p)
	if err != nil {
		return Review{}, err
	}
	made := Review{ChurnReview: catalogue.ChurnReview{ID: id, Customer: f.ID, Company: f.Name, Status: catalogue.ChurnOpen, ChurnedOn: c.ChurnedOn, Evidence: c.Evidence,
		Facts: c.Facts[:min(len(c.Facts), maxFacts)], ConfirmedBy: by, ConfirmedAt: at, Owner: cmp.Or(owner, by), Traits: t,
		Interview: catalogue.ChurnInterview{Sampled: Sampled(id, f.Tier, p)}}}
	for _, role := range p.Roles {
		made.Participants = append(made.Participants, catalogue.ChurnParticipant{Role: role, Person: r.participant(id, role, made.Owner)})
	}
	return made, nil
}

// departments are the roles of people by the part that they take.
var departments = map[string]auth.Role{catalogue.ChurnTechnical: auth.Technical, catalogue.ChurnProduct: auth.Product, catalogue.ChurnService: auth.Service}

// participant is who takes part for a department: the owner for sales, for others
// one of its people in turn; where a department has nobody, who leads the owner.
func (r *Reviews) participant(id, role, owner string) string {
	department, ok := departments[role]
	if !ok {
		return owner
	}
	able := slices.DeleteFunc(r.People.Active(department), func(p string) bool { return !r.People.Available(p, r.Clock()) })
	if len(able) == 0 {
		able = r.People.Active(department)
	}
	if len(able) == 0 {
		return cmp.Or(r.People.Supervisor(owner), owner)
	}
	return able[hash(id+role)%uint64(len(able))]
}

// Withdraw takes a confirmation back.
func (r *Reviews) Withdraw(ctx context.Context, p auth.Principal, id, reason string, match func(int64) error) (*Doc, error) {
	d, err := r.permitted(ctx, p, access.ChurnConfirm, id)
	if err != nil {
		return nil, err
	}
	return r.change(ctx, d, match, func(v *Review) error { return v.Withdraw(reason) }, func(c catalogue.ChurnReview) catalogue.Data { return &catalogue.ChurnWithdrew{After: c} })
}
