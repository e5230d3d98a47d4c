package outreach

import (
	"context"
	"errors"
	"slices"

	"liuke.dev/services/accounts/internal/outreach/budget"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Types are the facts that the budget and contacts learn from: what happened with
// customers, how deliveries ended, which files became one.
var Types = []string{kind(&catalogue.TimelineRecorded{}), kind(&catalogue.DeliveryEnded{}), kind(&catalogue.CustomerFolded{})}

func kind(d catalogue.Data) string { return d.Kind().Type }

// Observe takes a fact. Facts may come twice or late: a contact counts under the
// id of its entry, once.
func (o *Outreach) Observe(ctx context.Context, e facts.Event) error {
	switch e.Type {
	case kind(&catalogue.TimelineRecorded{}):
		d, err := facts.Decode[catalogue.TimelineRecorded](e)
		if err != nil {
			return facts.Final(err)
		}
		return o.happened(ctx, d.After)
	case kind(&catalogue.DeliveryEnded{}):
		d, err := facts.Decode[catalogue.DeliveryEnded](e)
		if err != nil {
			return facts.Final(err)
		}
		return o.delivered(ctx, d)
	case kind(&catalogue.CustomerFolded{}):
		d, err := facts.Decode[catalogue.CustomerFolded](e)
		if err != nil {
			return facts.Final(err)
		}
		return o.absorb(ctx, d.From, d.Into)
	}
	return nil
}

// furthestAhead is how far in the future an entry may lie that counts: clocks differ.
const furthestAhead = instant.Time(3_600_000)

// happened counts a contact that people made with a customer, and notes when the
// customer contacted us. What several sources tell counts once; what Liuke sent has
// its place already.
func (o *Outreach) happened(ctx context.Context, t catalogue.TimelineEntry) error {
	now := o.Clock()
	v, err := o.view(now)
	if err != nil {
		return err
	}
	ours := t.Direction == catalogue.Outbound && slices.Contains(v.Sections.Outreach.Counts, t.Kind) && !(t.Source == "liuke" && t.Data["outreach"] != "")
	theirs := t.Direction == catalogue.Inbound
	if !ours && !theirs || t.SameAs != "" || t.OccurredAt > now+furthestAhead {
		return nil
	}
	// History that is told afterwards changes nothing any more.
	if ours && t.OccurredAt.Add(budget.Kept) < now || theirs && t.OccurredAt.Add(v.Sections.Outreach.AnswerWithin.Elapsed()) < now {
		return nil
	}
	f, err := o.file(ctx, t.Customer)
	if err != nil {
		return final(err)
	}
	r := budget.RulesOf(v, f.TimeZone)
	_, err = o.spend(ctx, f.ID, func(b *budget.Budget) bool {
		if theirs {
			return b.Hear(t.OccurredAt)
		}
		return b.Record(budget.Slot{ID: t.ID, At: t.OccurredAt, By: t.By, Channel: t.Kind}, now, r)
	})
	o.Wake()
	return err
}

// delivered notes how a contact's delivery ended.
func (o *Outreach) delivered(ctx context.Context, e catalogue.DeliveryEnded) error {
	if e.Outreach == "" {
		return nil
	}
	status := catalogue.OutreachDelivered
	if e.Status != "delivered" {
		status = catalogue.OutreachFailed
	}
	_, err := o.change(ctx, e.Outreach, status, func(c *Contact) bool {
		if c.Status == catalogue.OutreachDelivered || c.Status == status || c.SentAt == 0 {
			return false
		}
		c.Status, c.Error, c.EndedAt = status, e.Error, o.Clock()
		return true
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// absorb puts the budget of a file that turned out to be another's customer into
// that one's.
func (o *Outreach) absorb(ctx context.Context, from, into string) error {
	old, err := o.budgets.Get(ctx, from)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	f, err := o.file(ctx, into)
	if err != nil || f.ID == from {
		return final(err)
	}
	now := o.Clock()
	v, err := o.view(now)
	if err != nil {
		return err
	}
	_, err = o.spend(ctx, f.ID, func(b *budget.Budget) bool {
		b.Absorb(old.Body, now, budget.RulesOf(v, f.TimeZone))
		return true
	})
	if err != nil {
		return err
	}
	err = o.budgets.Remove(ctx, old)
	if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
		return nil // what came since is taken in by its next fact, or was
	}
	return err
}

// final tells a customer who does not exist from what may pass.
func final(err error) error {
	var missing *problem.Error
	if errors.As(err, &missing) && missing.Code == problem.NotFound {
		return facts.Final(err)
	}
	return err
}
