package app

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/matching"
	"liuke.dev/services/accounts/internal/storage"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Edit is a change of a customer's basics; nil leaves a field as it is.
type Edit struct {
	Name   *string
	Sector *string
	TaxID  *string
	Phone  *string // one more number
	Email  *string // one more address
	customer.Profile
}

// Check gives what is wrong with what a person typed; journeys and imports are
// not checked, what is no key of theirs is left aside.
func Check(name, phone, email, taxID string) error {
	var wrong []problem.Field
	if matching.Display(name) == "" {
		wrong = append(wrong, problem.Required("name"))
	}
	if _, ok := matching.Phone(phone); phone != "" && !ok {
		wrong = append(wrong, problem.FieldError("phone", "phone", "不是有效的电话号码", "is not a valid phone number"))
	}
	if _, ok := matching.Mail(email); email != "" && !ok {
		wrong = append(wrong, problem.FieldError("email", "email", "不是有效的邮箱地址", "is not a valid mail address"))
	}
	if _, ok := matching.TaxID(taxID); taxID != "" && !ok {
		wrong = append(wrong, problem.FieldError("tax_id", "check_digit", "税号（统一社会信用代码）校验未通过", "is not a valid tax id: its check digit does not fit"))
	}
	return problem.InvalidFields(wrong...)
}

// Create opens a customer's file for a person, or gives the one that exists.
func (a *Accounts) Create(ctx context.Context, p auth.Principal, id string, ask Ask) (effects.Matched, Seen, error) {
	if err := a.guard.MayAtAll(p, access.Create); err != nil {
		return effects.Matched{}, Seen{}, err
	}
	if err := Check(ask.Name, ask.Phone, ask.Email, ask.TaxID); err != nil {
		return effects.Matched{}, Seen{}, err
	}
	m, err := a.MatchOrCreate(ctx, id, p.ID, ask)
	if err != nil {
		return m, Seen{}, err
	}
	d, err := a.root(ctx, m.Customer)
	if err != nil {
		return m, Seen{}, err
	}
	seen, err := a.show(ctx, p, []*store.Doc[customer.File]{d})
	if err != nil {
		return m, Seen{}, err
	}
	return m, seen[0], nil
}

// Change edits a customer's basics. A key that another customer holds is refused:
// that would be a second file of theirs.
func (a *Accounts) Change(ctx context.Context, p auth.Principal, id, command string, match func(int64) error, e Edit) (Seen, error) {
	d, holder, err := a.permitted(ctx, p, access.Change, id)
	if err != nil {
		return Seen{}, err
	}
	if d.Did(command) {
		return Seen{File: d.Body, Owner: holder.Owner, At: d.Version}, nil
	}
	if err := match(d.Version); err != nil {
		return Seen{}, err
	}
	at := a.clock()
	v, err := a.policy.At(at)
	if err != nil {
		return Seen{}, problem.Away(err)
	}
	fresh := httpx.NewID(ctx)
	trial := d.Body
	keys, err := e.check(d.Body)
	if err := all(err, describe(&trial, e.Profile, v, p.ID, at, fresh)); err != nil {
		return Seen{}, err
	}
	if err := a.free(ctx, d.ID, keys); err != nil {
		return Seen{}, err
	}
	// Keys first, so that a crash leaves none unclaimed; but the holder of a tax key
	// always carries it, so that one comes last and the sweep sees to it.
	if err := a.claim(ctx, d.ID, keys, false); err != nil {
		return Seen{}, err
	}
	before := d.Body.Before()
	e.apply(&d.Body)
	if err := describe(&d.Body, e.Profile, v, p.ID, at, fresh); err != nil {
		return Seen{}, err
	}
	changed := d.Body.Settle(before, at)
	if len(changed) > 0 {
		d.Body.Unfinished = d.Body.Unfinished || before.TaxID != d.Body.TaxID
		if err := a.commitAs(ctx, d, command, &catalogue.CustomerChanged{Before: before, After: d.Body.Customer, Changed: changed}); err != nil {
			return Seen{}, stale(err, d.Version)
		}
	}
	return Seen{File: d.Body, Owner: holder.Owner, At: d.Version}, a.claim(ctx, d.ID, keys, true)
}

// all makes one error of what two checks found wrong.
func all(a, b error) error {
	var x, y *problem.Error
	if errors.As(a, &x) && errors.As(b, &y) && x.Code == problem.Invalid && y.Code == problem.Invalid {
		return problem.InvalidFields(slices.Concat(x.Fields, y.Fields)...)
	}
	if a != nil {
		return a
	}
	return b
}

func stale(err error, version int64) error {
	if errors.Is(err, store.ErrConflict) {
		return problem.StaleVersion(version + 1)
	}
	return err
}

// check verifies an edit and gives the keys that it adds.
func (e Edit) check(f customer.File) ([]matching.Key, error) {
	name := f.Name
	if e.Name != nil {
		name = *e.Name
	}
	if err := Check(name, value(e.Phone), value(e.Email), value(e.TaxID)); err != nil {
		return nil, err
	}
	if t, ok := matching.TaxID(value(e.TaxID)); e.TaxID != nil && f.TaxID != "" && (!ok || t != f.TaxID) {
		return nil, problem.Refuse("R-032", "税号已登记，不能更改：另一个税号是另一个客户", "The tax id is recorded and stays: another tax id is another customer")
	}
	known := matching.Known{Kind: f.Kind, Name: value(e.Name), Phone: value(e.Phone), Email: value(e.Email), TaxID: value(e.TaxID)}
	return matching.Identify(known).Keys, nil
}

func (e Edit) apply(f *customer.File) {
	if e.Name != nil {
		f.Rename(matching.Display(*e.Name))
	}
	if e.Sector != nil {
		f.Sector = matching.Display(*e.Sector)
	}
	if t, ok := matching.TaxID(value(e.TaxID)); ok {
		f.TaxID = t
	}
	c := customer.Claim{Identity: matching.Identify(matching.Known{Kind: f.Kind, Phone: value(e.Phone), Email: value(e.Email)})}
	f.Learn(c, f.UpdatedAt)
}

// free refuses keys that lead to somebody else.
func (a *Accounts) free(ctx context.Context, id string, keys []matching.Key) error {
	for _, k := range keys {
		d, err := a.docs.Keys.Get(ctx, k.ID())
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		other, err := a.root(ctx, d.Body.Customer)
		if err != nil {
			return err
		}
		if other.ID != id {
			return problem.Refuse("R-032", fmt.Sprintf("已有另一客户使用：%s", k.Kind), fmt.Sprintf("another customer (%s) has this %s", other.ID, k.Kind))
		}
	}
	return nil
}

// claim makes keys lead to the file: the tax key, or the others.
func (a *Accounts) claim(ctx context.Context, id string, keys []matching.Key, tax bool) error {
	for _, k := range keys {
		if (k.Kind == matching.KeyTax) != tax {
			continue
		}
		err := a.docs.Keys.Commit(ctx, store.New(k.ID(), storage.Key{Customer: id, At: a.clock()}), "")
		if errors.Is(err, store.ErrExists) {
			err = a.free(ctx, id, []matching.Key{k})
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
