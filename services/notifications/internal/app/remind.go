package app

import (
	"context"
	"errors"
	"slices"

	"liuke.dev/services/notifications/internal/outbox"
	"liuke.dev/services/notifications/internal/storage"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
	"liuke.dev/shared/telemetry"
)

// Remind issues a reminder under its id, once: who gets it is decided at that
// moment and stays. Its deliveries are made before it answers, and
// by the sweep if the process dies in between; sending is not waited for.
func (d *Desk) Remind(ctx context.Context, r catalogue.Reminder, owner string) (*store.Doc[outbox.Reminder], bool, error) {
	doc, err := d.Docs.Reminders.Get(ctx, r.ID)
	created := false
	if errors.Is(err, store.ErrNotFound) {
		doc, created, err = d.issue(ctx, r, owner)
	}
	if err != nil {
		return nil, false, err
	}
	if doc.Body.Spreading {
		err = d.spread(ctx, doc)
	}
	return doc, created, err
}

func (d *Desk) issue(ctx context.Context, r catalogue.Reminder, owner string) (*store.Doc[outbox.Reminder], bool, error) {
	r.At = d.Clock()
	r.To = outbox.Recipients(d.People, r.Level, owner, r.At)
	if r.To == nil {
		r.To = []string{}
	}
	doc := store.New(r.ID, outbox.Reminder{Reminder: r, Spreading: true, Trace: telemetry.Here(ctx)})
	list, err := d.record(ctx, r.Customer, 1, &catalogue.ReminderIssued{After: r})
	if err != nil {
		return nil, false, err
	}
	err = d.Docs.Reminders.Commit(ctx, doc, "", list...)
	if errors.Is(err, store.ErrExists) {
		doc, err = d.Docs.Reminders.Get(ctx, r.ID)
		return doc, false, err
	}
	return doc, err == nil, err
}

// spread makes a reminder's deliveries, each under an id of its own.
func (d *Desk) spread(ctx context.Context, doc *store.Doc[outbox.Reminder]) error {
	v, err := d.Policy.At(d.Clock())
	if err != nil {
		return problem.Away(err)
	}
	r := doc.Body.Reminder
	if telemetry.ID(ctx) == "" { // the sweep finishes what a crash interrupted
		ctx = telemetry.Continue(ctx, doc.Body.Trace)
	}
	for _, to := range r.To {
		if err := d.deliver(ctx, outbox.Delivery{Reminder: r, Person: to, Channel: outbox.InApp, Status: outbox.Delivered, Unread: true}); err != nil {
			return err
		}
		if err := d.outOfTheHouse(ctx, v, r, to); err != nil {
			return err
		}
	}
	if slices.Contains(v.Sections.Notifications.Channels, outbox.Webhook) {
		if err := d.post(ctx, v, r); err != nil {
			return err
		}
	}
	doc.Body.Spreading = false
	err = d.Docs.Reminders.Commit(ctx, doc, "")
	if errors.Is(err, store.ErrConflict) {
		err = nil // somebody else made the same deliveries
	}
	d.Hub.Tell(r.To...)
	d.Wake()
	return err
}

// outOfTheHouse makes a person's own deliveries, as the policy allows and the person chose.
func (d *Desk) outOfTheHouse(ctx context.Context, v *policy.View, r catalogue.Reminder, to string) error {
	doc, err := d.Choice(ctx, to)
	if err != nil {
		return err
	}
	v = v.On(d.People.Calendar(to))
	if d.Mail && doc.Body.ByMail(v.Sections.Notifications) {
		if err := d.mail(ctx, v, r, to); err != nil {
			return err
		}
	}
	if doc.Body.ByRobot(v.Sections.Notifications) {
		return d.ring(ctx, v, r, to)
	}
	return nil
}

func (d *Desk) mail(ctx context.Context, v *policy.View, r catalogue.Reminder, to string) error {
	p, ok := d.People.Person(to)
	if !ok || p.Email == "" {
		return nil
	}
	next := outbox.Release(v, p, r.Level, r.At)
	mail := outbox.Delivery{Reminder: r, Person: to, Channel: outbox.Email, Status: outbox.Pending, Open: true, Next: next}
	if next.After(r.At) { // withheld ones leave together with the digest, if there is one
		mail.Status = outbox.Withheld
		if at := outbox.NextDigest(v, p, next); at > 0 {
			mail.Next, mail.Digest = at, true
		}
	}
	return d.deliver(ctx, mail)
}

// configured is the id of the webhook that the configuration names.
const configured = "configured"

func (d *Desk) post(ctx context.Context, v *policy.View, r catalogue.Reminder) error {
	next := r.At
	if n := v.Sections.Notifications; n.WorkingTimeOnly && r.Level != catalogue.LevelEscalate {
		next = outbox.Release(v, catalogue.Person{}, r.Level, r.At)
	}
	hooks, err := d.Hooks(ctx)
	if err != nil {
		return err
	}
	for _, h := range hooks {
		if !h.Wants(r.Level) {
			continue
		}
		post := outbox.Delivery{Reminder: r, Hook: h.ID, Channel: outbox.Webhook, Status: outbox.Pending, Open: true, Next: next}
		if next.After(r.At) {
			post.Status = outbox.Withheld
		}
		if err := d.deliver(ctx, post); err != nil {
			return err
		}
	}
	return nil
}

// Hooks gives all webhooks, the configured one first.
func (d *Desk) Hooks(ctx context.Context) ([]outbox.Hook, error) {
	var out []outbox.Hook
	if d.Hook.URL != "" {
		out = append(out, outbox.Hook{ID: configured, URL: d.Hook.URL, Secret: d.Hook.Secret, Active: true})
	}
	err := each(ctx, d.Docs.Hooks, store.Query{Index: storage.ByCreated}, func(doc *store.Doc[outbox.Hook]) error {
		out = append(out, doc.Body)
		return nil
	})
	return out, err
}

// deliver makes a delivery, once.
func (d *Desk) deliver(ctx context.Context, v outbox.Delivery) error {
	v.ID = outbox.DeliveryID(v.Reminder.ID, v.Person+v.Hook, v.Channel)
	v.At, v.Target = v.Reminder.At, v.Channel
	if v.Hook != "" {
		v.Target = v.Hook
	}
	var step telemetry.Span
	if v.Channel == outbox.InApp { // which is delivered by being there
		// From now on, however long ago the reminder was issued: a crash may have come
		// in between, and streams pass over what is older than what they told last.
		v.At = d.Clock()
		v.EndedAt = v.At
		ctx, step = delivering(ctx, &v)
	}
	v.Trace = telemetry.Here(ctx)
	err := d.Docs.Deliveries.Commit(ctx, store.New(v.ID, v), "")
	step.End(err)
	if errors.Is(err, store.ErrExists) {
		return nil
	}
	if err == nil && v.Channel == outbox.InApp {
		d.Metrics.count(&v, d.Clock())
	}
	return err
}

// delivering begins the last step of a reminder's trace.
func delivering(ctx context.Context, v *outbox.Delivery) (context.Context, telemetry.Span) {
	ctx, step := telemetry.Begin(ctx, telemetry.Sends, "deliver", v.Channel)
	step.Note("liuke.delivery", v.ID).Note("liuke.reminder", v.Reminder.ID).Note("liuke.rule", v.Reminder.Rule).Note("liuke.customer", v.Reminder.Customer)
	return ctx, step
}

// FinishSpreading makes the deliveries that a crash left unmade.
func (d *Desk) FinishSpreading(ctx context.Context) error {
	return each(ctx, d.Docs.Reminders, store.Query{Index: storage.Spreading, Equal: []any{true}}, func(doc *store.Doc[outbox.Reminder]) error {
		return d.spread(ctx, doc)
	})
}

// Wake tells the sender that there may be something to send.
func (d *Desk) Wake() {
	select {
	case d.wake <- struct{}{}:
	default:
	}
}

// Woken has a value when there may be something to send.
func (d *Desk) Woken() <-chan struct{} { return d.wake }

// Inbox lists a person's reminders, newest first.
func (d *Desk) Inbox(ctx context.Context, person string, unread bool, limit int, after string) ([]*store.Doc[outbox.Delivery], string, error) {
	q := store.Query{Index: storage.Inbox, Equal: []any{person, outbox.InApp}, Desc: true, Limit: limit, After: after}
	if unread {
		q.Index, q.Equal = storage.Unread, []any{person, outbox.InApp, true}
	}
	page, err := d.Docs.Deliveries.Page(ctx, q)
	return page.Docs, page.Next, err
}

// Read marks a person's reminder as read, once.
func (d *Desk) Read(ctx context.Context, person, reminder string) error {
	return retry(ctx, func() error {
		doc, err := d.Docs.Deliveries.Get(ctx, outbox.DeliveryID(reminder, person, outbox.InApp))
		if errors.Is(err, store.ErrNotFound) {
			return problem.Missing("提醒", "reminder", reminder)
		}
		if err != nil || !doc.Body.Unread {
			return err
		}
		doc.Body.Unread, doc.Body.ReadAt = false, d.Clock()
		return d.Docs.Deliveries.Commit(ctx, doc, "")
	})
}
