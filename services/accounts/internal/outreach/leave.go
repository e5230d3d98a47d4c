package outreach

import (
	"context"
	"errors"
	"slices"
	"time"

	"liuke.dev/services/accounts/internal/outreach/budget"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/store"
)

// stale is how long after its place came a contact may still leave in it; later
// it takes another, as the day may be over.
const stale = 10 * time.Minute

// leave sends what is due of a customer, and brings contacts up to what the
// budget says of them. What is due is first spent in the budget, then leaves: in
// that order a crash in between sends nothing twice and nothing over the budget.
func (o *Outreach) leave(ctx context.Context, customer string) error {
	f, err := o.file(ctx, customer)
	if err != nil {
		return err
	}
	now := o.Clock()
	v, err := o.view(now)
	if err != nil {
		return err
	}
	r := budget.RulesOf(v, f.TimeZone)
	b, err := o.spend(ctx, customer, func(b *budget.Budget) bool {
		if !b.Open || b.Next > now {
			return false
		}
		b.Spend(now, r)
		b.Expired(now, r)
		return true
	})
	if err != nil || len(b.Untold) == 0 {
		return err
	}
	var told []string
	for _, id := range slices.Clone(b.Untold) {
		slot, _ := b.Find(id)
		done, err := o.tell(ctx, customer, id, slot, r)
		if err != nil {
			return err
		}
		if done {
			told = append(told, id)
		}
	}
	_, err = o.spend(ctx, customer, func(b *budget.Budget) bool {
		b.Told(told)
		return true
	})
	return err
}

// tell brings one contact up to what the budget says: it leaves, has moved, or
// has lost its place; one that ended gives its place back. One that is still on
// its way to its place is not done with.
func (o *Outreach) tell(ctx context.Context, customer, id string, slot budget.Slot, r budget.Rules) (done bool, err error) {
	d, err := o.contacts.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return true, nil // a person's
	}
	if err != nil || d.Body.Placing {
		return false, err
	}
	return true, o.bring(ctx, customer, d, slot, r)
}

func (o *Outreach) bring(ctx context.Context, customer string, d *store.Doc[Contact], slot budget.Slot, r budget.Rules) error {
	id, now := d.ID, o.Clock()
	switch {
	case !waits(d.Body.Status):
		if d.Body.Status == catalogue.OutreachWithdrawn || d.Body.Status == catalogue.OutreachRefused {
			return o.giveBack(ctx, customer, id, r)
		}
		return nil
	case slot.State == budget.Spent && now > slot.At.Add(stale):
		_, err := o.spend(ctx, customer, func(b *budget.Budget) bool { b.Again(id, now, r); return true })
		return err
	case slot.State == budget.Spent:
		return o.send(ctx, d, slot, r)
	case slot.State == budget.Waiting:
		return o.move(ctx, id, slot, r)
	}
	_, err := o.change(ctx, id, catalogue.OutreachRefused, func(c *Contact) bool {
		if !waits(c.Status) {
			return false
		}
		c.Status, c.Open, c.EndedAt, c.Rule = catalogue.OutreachRefused, false, now, ruleTooLate
		c.Reason = lang.T("在有意义的时间内没有空闲的联系机会", "No contact was free while it made sense")
		return true
	})
	return err
}

func waits(status string) bool {
	return status == catalogue.OutreachPlanned || status == catalogue.OutreachDeferred
}

func (o *Outreach) move(ctx context.Context, id string, slot budget.Slot, r budget.Rules) error {
	_, err := o.change(ctx, id, "moved", func(c *Contact) bool {
		if !waits(c.Status) || c.SendAt == slot.At && c.Rule == slot.Rule {
			return false
		}
		c.SendAt, c.Rule, c.Status, c.Reason = slot.At, slot.Rule, catalogue.OutreachDeferred, inWords(budget.Answer{At: slot.At, Rule: slot.Rule}, r)
		if slot.Rule == "" {
			c.Status = catalogue.OutreachPlanned
		}
		return true
	})
	return err
}

// send hands a contact to its channel: the fact that it was sent is what
// notifications carries out. Whether the customer may still be reached is asked
// once more, as they may have said no, or the address have gone.
func (o *Outreach) send(ctx context.Context, d *store.Doc[Contact], slot budget.Slot, r budget.Rules) error {
	at := slot.At
	v, err := o.view(at)
	if err != nil {
		return err
	}
	f, err := o.file(ctx, d.Body.Customer)
	if err != nil {
		return err
	}
	if rule, why, err := o.forbidden(ctx, v, f, d.Body.Outreach); err != nil || rule != "" {
		if err != nil {
			return err
		}
		_, err = o.change(ctx, d.ID, catalogue.OutreachRefused, func(c *Contact) bool {
			if !waits(c.Status) {
				return false
			}
			c.Status, c.Open, c.EndedAt, c.Rule, c.Reason = catalogue.OutreachRefused, false, o.Clock(), rule, why
			return true
		})
		return errors.Join(err, o.giveBack(ctx, f.ID, d.ID, r))
	}
	_, err = o.change(ctx, d.ID, catalogue.OutreachSent, func(c *Contact) bool {
		if !waits(c.Status) {
			return false
		}
		c.Status, c.Open, c.SentAt, c.SendAt, c.Address, c.Language = catalogue.OutreachSent, false, at, at, address(f, c.Contact, c.Channel), language(f)
		c.Zone, c.AnyHour = r.Zone(), slot.AnyHour
		return true
	})
	return err
}

// giveBack lets a contact's place go, for others.
func (o *Outreach) giveBack(ctx context.Context, customer, id string, r budget.Rules) error {
	_, err := o.spend(ctx, customer, func(b *budget.Budget) bool { return b.Release(id, o.Clock(), r) })
	return err
}

// lookEvery is how late a contact can be at most when nobody wakes the sweep.
const lookEvery = time.Second

// sweep sends what is due, customer by customer, until ctx ends; it looks at what
// is due only, by index.
func (o *Outreach) sweep(ctx context.Context) error {
	ctx = store.Background(ctx)
	for {
		if err := o.Round(ctx); err != nil && ctx.Err() == nil {
			o.Log.WarnContext(ctx, "contacts with customers", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-o.wake:
		case <-time.After(lookEvery):
		}
	}
}

// settling is how long an ask may be on its way before the sweep takes it up.
const settling = 5 * time.Second

// Round sends everything that is due, and places what a crash left unplaced.
func (o *Outreach) Round(ctx context.Context) error {
	now := o.Clock()
	lost, err := o.contacts.Page(ctx, store.Query{Index: placing, Equal: []any{true}, Range: store.Range{To: now.Add(-settling).String()}, Limit: 200})
	if err != nil {
		return err
	}
	for _, d := range lost.Docs {
		if _, e := o.place(ctx, d.ID); e != nil {
			err = errors.Join(err, e)
		}
	}
	q := store.Query{Index: due, Equal: []any{true}, Range: store.Range{To: now.Add(time.Millisecond).String()}, Limit: 200}
	for {
		page, e := o.budgets.Page(ctx, q)
		if e != nil {
			return errors.Join(err, e)
		}
		for _, d := range page.Docs {
			err = errors.Join(err, o.leave(ctx, d.ID))
		}
		if q.After = page.Next; q.After == "" {
			return err
		}
	}
}
