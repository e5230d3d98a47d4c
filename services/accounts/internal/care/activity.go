package care

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/app"
	"liuke.dev/services/accounts/internal/care/audience"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// States of an activity.
const (
	planned   = "planned"
	inviting  = "inviting"
	invited   = "invited"
	cancelled = "cancelled"
)

// Plan plans an event or value-added service.
func (c *Care) Plan(ctx context.Context, a catalogue.Activity) (*ActivityDoc, error) {
	p := auth.From(ctx)
	if err := c.Guard.MayAtAll(p, access.CarePlan); err != nil {
		return nil, err
	}
	at, v, err := c.now()
	if err != nil {
		return nil, err
	}
	if a.Owner == "" {
		a.Owner = p.ID
	}
	if err := c.check(a, v); err != nil {
		return nil, err
	}
	if a.StartsAt <= at {
		return nil, problem.InvalidFields(problem.FieldError("starts_at", "in_future", "必须晚于现在", "must lie in the future"))
	}
	a.ID, a.Status, a.CreatedAt, a.Invited = httpx.NewID(ctx), planned, at, 0
	d := store.New(a.ID, a)
	err = commit(ctx, c.activities, d, "", at, &catalogue.ActivityChanged{After: a})
	if errors.Is(err, store.ErrExists) || errors.Is(err, store.ErrConflict) {
		return c.activities.Get(ctx, a.ID)
	}
	return d, err
}

// check names all that is wrong with an activity.
func (c *Care) check(a catalogue.Activity, v *policy.View) error {
	var f []problem.Field
	for _, t := range []struct{ field, text string }{{"name.zh", a.Name.Zh}, {"name.en", a.Name.En}} {
		if strings.TrimSpace(t.text) == "" {
			f = append(f, problem.Required(t.field))
		}
	}
	if !a.EndsAt.IsZero() && a.EndsAt < a.StartsAt {
		f = append(f, problem.FieldError("ends_at", "ascending", "不能早于开始时间", "is before the beginning"))
	}
	s := v.Sections.Customers
	known := func(at string, list []string, options ...[]policy.Option) {
		for i, id := range list {
			found := false
			for _, o := range options {
				found = found || policy.Has(o, id)
			}
			if !found {
				f = append(f, problem.FieldError(fmt.Sprintf("%s[%d]", at, i), "one_of", "策略中没有："+id, "is not in the policy: "+id))
			}
		}
	}
	known("tiers", a.Tiers, s.Tiers)
	known("types", a.Types, s.Types)
	known("tags", a.Tags, s.Tags, s.NeedTags, s.ProductTags)
	for i, p := range a.Preferences {
		known(fmt.Sprintf("preferences[%d].topic", i), []string{p.Topic}, s.PreferenceTopics)
	}
	if p, ok := c.People.Person(a.Owner); !ok || !p.Active {
		f = append(f, problem.FieldError("owner", "exists", "没有这位在职人员", "nobody active has this id"))
	}
	if a.Channel != "" {
		if _, ok := v.Sections.Outreach.Channel(a.Channel); !ok {
			f = append(f, problem.FieldError("channel", "one_of", "没有这个渠道", "no channel has this id"))
		}
	}
	return problem.InvalidFields(f...)
}

// Activity gives an activity.
func (c *Care) Activity(ctx context.Context, id string) (*ActivityDoc, error) {
	if err := c.Guard.MayAtAll(auth.From(ctx), access.CareRead); err != nil {
		return nil, err
	}
	return c.activity(ctx, id)
}

func (c *Care) activity(ctx context.Context, id string) (*ActivityDoc, error) {
	d, err := c.activities.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem.Missing("活动", "activity", id)
	}
	return d, err
}

// Activities lists activities, the latest to begin first.
func (c *Care) Activities(ctx context.Context, limit int, after string) ([]*ActivityDoc, string, error) {
	if err := c.Guard.MayAtAll(auth.From(ctx), access.CareRead); err != nil {
		return nil, "", err
	}
	page, err := c.activities.Page(ctx, store.Query{Index: byTime, Desc: true, Limit: limit, After: after})
	return page.Docs, page.Next, err
}

// Guest is a customer whom an activity is for, and why.
type Guest struct {
	Customer string   `json:"customer"`
	Name     string   `json:"name"`
	Tier     string   `json:"tier,omitempty"`
	Because  []string `json:"because"`
}

// Preview says who would be invited, and why, before anybody is. It gives
// at most so many, and how many there are.
func (c *Care) Preview(ctx context.Context, id string, most int) (guests []Guest, all int, err error) {
	if err := c.Guard.MayAtAll(auth.From(ctx), access.CarePlan); err != nil {
		return nil, 0, err
	}
	d, err := c.activity(ctx, id)
	if err != nil {
		return nil, 0, err
	}
	err = c.audience(ctx, d.Body, func(f customer.File, because []string) error {
		if all++; len(guests) < most {
			guests = append(guests, Guest{Customer: f.ID, Name: f.Name, Tier: f.Tier, Because: because})
		}
		return nil
	})
	return guests, all, err
}

// audience visits the customers that an activity is for, each once, along the
// narrowest list that there is.
func (c *Care) audience(ctx context.Context, a catalogue.Activity, visit func(customer.File, []string) error) error {
	type list func(ctx context.Context, p auth.Principal, of string, limit int, after string) ([]app.Seen, string, error)
	read, of := list(func(ctx context.Context, p auth.Principal, _ string, limit int, after string) ([]app.Seen, string, error) {
		return c.Files.Newest(ctx, p, limit, after)
	}), []string{""}
	switch {
	case len(a.Tags) > 0:
		read, of = c.Files.ByLabel, nil
		for _, t := range a.Tags {
			of = append(of, "tag:"+t, "need:"+t, "product:"+t)
		}
	case len(a.Tiers) > 0:
		read, of = c.Files.ByTier, a.Tiers
	case len(a.Types) > 0:
		read, of = c.Files.ByType, a.Types
	}
	seen := map[string]bool{}
	for _, one := range of {
		for after := ""; ; {
			page, next, err := read(ctx, process, one, 200, after)
			if err != nil {
				return err
			}
			for _, s := range page {
				because, ok := audience.Fits(a, s.File)
				if !ok || seen[s.File.ID] {
					continue
				}
				seen[s.File.ID] = true
				if err := visit(s.File, because); err != nil {
					return err
				}
			}
			if after = next; after == "" {
				break
			}
		}
	}
	return nil
}

// Invite lets everybody be invited whom an activity is for; the invitations are
// made in the background.
func (c *Care) Invite(ctx context.Context, id string) (*ActivityDoc, error) {
	return c.turn(ctx, id, inviting, planned, inviting, invited)
}

// Cancel cancels an activity: nobody is invited any more.
func (c *Care) Cancel(ctx context.Context, id string) (*ActivityDoc, error) {
	return c.turn(ctx, id, cancelled, planned, inviting, invited)
}

// turn gives an activity another state, from one of those given.
func (c *Care) turn(ctx context.Context, id, to string, from ...string) (*ActivityDoc, error) {
	if err := c.Guard.MayAtAll(auth.From(ctx), access.CarePlan); err != nil {
		return nil, err
	}
	for range 8 {
		d, err := c.activity(ctx, id)
		if err != nil || d.Did(httpx.Command(ctx)) || d.Body.Status == to {
			return d, err
		}
		legal := false
		for _, s := range from {
			legal = legal || d.Body.Status == s
		}
		at := c.Clock()
		if !legal || to == inviting && d.Body.StartsAt <= at {
			return nil, problem.Refuse("care.activity", "活动处于 "+d.Body.Status+"，或已开始", "the activity is "+d.Body.Status+", or has begun")
		}
		d.Body.Status = to
		if err = commit(ctx, c.activities, d, "", at, &catalogue.ActivityChanged{After: d.Body}); !errors.Is(err, store.ErrConflict) {
			return d, err
		}
	}
	return nil, store.ErrConflict
}
