package app

import (
	"context"
	"errors"
	"time"

	"liuke.dev/services/notifications/internal/channel"
	"liuke.dev/services/notifications/internal/outbox"
	"liuke.dev/services/notifications/internal/storage"
	"liuke.dev/services/notifications/internal/task"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

// together gives the withheld mails that leave in the same digest.
func (s *Sender) together(ctx context.Context, v *outbox.Delivery) ([]*store.Doc[outbox.Delivery], error) {
	if !v.Digest {
		return nil, nil
	}
	var out []*store.Doc[outbox.Delivery]
	now := s.Desk.Clock()
	// The day's own digest goes with it, whichever of the two the sender sees first.
	if err := s.digestOf(ctx, v.Person, now); err != nil {
		return nil, err
	}
	err := each(ctx, s.Desk.Docs.Deliveries, store.Query{Index: storage.ByPerson, Equal: []any{v.Person, outbox.Withheld}}, func(doc *store.Doc[outbox.Delivery]) error {
		if doc.Body.Digest && doc.ID != v.ID && !doc.Body.Next.After(now) && len(out) < 100 {
			out = append(out, doc)
		}
		return nil
	})
	return out, err
}

// today gives what a person has to do by the end of their day.
func (s *Sender) today(ctx context.Context, p catalogue.Person) ([]task.Task, error) {
	page, err := s.Desk.Docs.Tasks.Page(ctx, store.Query{Index: storage.ByAssignee, Equal: []any{p.ID, catalogue.TaskOpen},
		Range: store.Range{To: outbox.DayEnd(p, s.Desk.Clock()).String()}, Limit: 50})
	out := make([]task.Task, 0, len(page.Docs))
	for _, doc := range page.Docs {
		out = append(out, doc.Body)
	}
	return out, err
}

// digestLate is how long after its time a digest is still made, after an outage.
const digestLate = 2 * time.Hour

// Digests makes each person's digest of the day, once, if there is anything to do.
func (s *Sender) Digests(ctx context.Context) error {
	if s.Mail == nil {
		return nil
	}
	now := s.Desk.Clock()
	for _, id := range s.Desk.People.Active() {
		if err := s.digestOf(ctx, id, now); err != nil {
			return err
		}
	}
	return nil
}

// digestOf makes a person's digest of the day if its time has come.
func (s *Sender) digestOf(ctx context.Context, person string, now instant.Time) error {
	v, err := s.Desk.Policy.At(now)
	if err != nil {
		return nil // nothing can be decided yet
	}
	p, known := s.Desk.People.Person(person)
	chosen, err := s.Desk.Choice(ctx, person)
	if err != nil || chosen.Body.NoEmail {
		return err
	}
	at, day := outbox.LastDigest(v, p, now)
	if !known || !p.Active || at == 0 || p.Email == "" || now.Sub(at) > digestLate {
		return nil
	}
	return s.digest(ctx, p, day, at)
}

func (s *Sender) digest(ctx context.Context, p catalogue.Person, day string, at instant.Time) error {
	r := catalogue.Reminder{ID: "digest." + day, Level: catalogue.LevelInform, Rule: "digest", To: []string{p.ID}, At: at, Due: at,
		Subject: catalogue.Subject{Kind: catalogue.KindPerson, ID: p.ID}, Text: channel.DigestTitle(day), Why: "digest." + day}
	_, err := s.Desk.Docs.Deliveries.Get(ctx, outbox.DeliveryID(r.ID, p.ID, outbox.Email))
	if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	tasks, err := s.today(ctx, p)
	if err != nil || len(tasks) == 0 {
		return err
	}
	return s.Desk.deliver(ctx, outbox.Delivery{Reminder: r, Person: p.ID, Channel: outbox.Email, Status: outbox.Withheld, Open: true, Next: at, Digest: true})
}
