package app

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"liuke.dev/services/notifications/internal/channel"
	"liuke.dev/services/notifications/internal/outbox"
	"liuke.dev/services/notifications/internal/storage"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/moment"
	"liuke.dev/shared/store"
	"liuke.dev/shared/telemetry"
)

// Sender carries deliveries out of the house. It never works in the path of a
// request: it finds what is due by index, takes each by compare-and-set for the
// time of a lease, and goes on after a crash with what the lease let go. Each
// target (mail, each webhook) has places of its own, so that one that hangs holds
// up nobody else.
type Sender struct {
	Desk     *Desk
	Mail     channel.Mailer // nil: no mail
	Hook     channel.Poster
	Attempts outbox.Attempts
	Lease    time.Duration
	Mails    int           // sent side by side
	Posts    int           // to one webhook side by side
	Bells    int           // people's robots side by side, one of each person's
	Idle     time.Duration // look again after this long without being woken

	mu   sync.Mutex
	busy map[string]int  // places taken, by target
	met  map[string]bool // another instance, at a target
	away map[string]bool // people whose digest, or robot's post, is on its way
	out  sync.WaitGroup
}

// Run sends until ctx ends.
func (s *Sender) Run(ctx context.Context) error {
	ctx = store.Background(ctx)
	s.open()
	defer s.out.Wait()
	var looked time.Time
	for {
		err := s.Round(ctx)
		if time.Since(looked) >= s.Idle { // what nobody wakes for
			looked = time.Now()
			err = errors.Join(err, s.Desk.FinishSpreading(ctx), s.Digests(ctx), s.Round(ctx))
		}
		if err != nil && ctx.Err() == nil {
			s.Desk.Log.WarnContext(ctx, "reminders on their way", "error", err)
		}
		select {
		case <-ctx.Done():
			return nil
		case <-s.Desk.Woken():
		case <-time.After(s.Idle):
		}
	}
}

// open makes all places free.
func (s *Sender) open() {
	s.busy, s.met, s.away = map[string]int{}, map[string]bool{}, map[string]bool{}
}

// Round starts to send what is due, as far as there are places.
func (s *Sender) Round(ctx context.Context) error {
	targets := map[string]int{outbox.Email: s.Mails, configured: s.Posts, outbox.Robot: s.Bells, outbox.Customers: s.Mails, outbox.Gateways: s.Posts}
	hooks, err := s.Desk.Hooks(ctx)
	for _, h := range hooks {
		targets[h.ID] = s.Posts
	}
	for target, places := range targets {
		err = errors.Join(err, s.start(ctx, target, places))
	}
	return err
}

// start sends what is due to a target, each place one after the other of what was
// found: to look anew for each would read fifty in order to send two.
func (s *Sender) start(ctx context.Context, target string, places int) error {
	free, crowded := s.seize(target, places)
	if free == 0 {
		return nil // who has the places looks again on leaving them
	}
	due := store.Range{To: s.Desk.Clock().Add(time.Millisecond).String()}
	page, err := s.Desk.Docs.Deliveries.Page(ctx, store.Query{Index: storage.Due, Equal: []any{target, true}, Range: due, Limit: 50})
	docs := page.Docs
	if len(docs) > 0 && crowded { // from somewhere else on than the others
		from := rand.IntN(len(docs))
		docs = append(docs[from:len(docs):len(docs)], docs[:from]...)
	}
	found := make(chan *store.Doc[outbox.Delivery], len(docs))
	for _, doc := range docs {
		found <- doc
	}
	close(found)
	used := min(free, len(docs))
	s.release(target, free-used)
	for range used {
		s.out.Go(func() { s.sendAll(ctx, target, found) })
	}
	return err
}

// sendAll sends what was found, from a place that it leaves at the end. When
// another instance turns out to be at the same things, the rest is dropped: it is
// looked up anew, since to lose a race for each costs a commit every time.
func (s *Sender) sendAll(ctx context.Context, target string, found <-chan *store.Doc[outbox.Delivery]) {
	further := false
	for doc := range found {
		if ctx.Err() != nil {
			break
		}
		leave, ok := s.alone(&doc.Body)
		if !ok {
			continue // who has the person looks again
		}
		ctx := telemetry.With(ctx, telemetry.Names{Customer: doc.Body.Reminder.Customer, Effect: doc.Body.Reminder.ID})
		err := s.send(ctx, doc)
		leave()
		switch {
		case errors.Is(err, errTaken):
			further = true
			s.meet(target)
			for range found { //nolint:revive // dropped
			}
		case err == nil:
			further = true
		case ctx.Err() == nil:
			s.Desk.Log.WarnContext(ctx, "sending", "delivery", doc.ID, "error", err)
		}
	}
	if s.release(target, 1); further {
		s.Desk.Wake() // there may be more
	}
}

// seize takes all places at a target that nobody has, and tells whether another
// instance was met there since the last time.
func (s *Sender) seize(target string, places int) (free int, crowded bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if free = max(0, places-s.busy[target]); free > 0 {
		s.busy[target] += free
		crowded = s.met[target]
		delete(s.met, target)
	}
	return free, crowded
}

func (s *Sender) release(target string, places int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy[target] -= places
}

func (s *Sender) meet(target string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.met[target] = true
}

// alone sees to it that a person's digest leaves once, and that their robot is told
// one thing at a time.
func (s *Sender) alone(v *outbox.Delivery) (leave func(), ok bool) {
	if !v.Digest && v.Channel != outbox.Robot {
		return func() {}, true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	person := v.Channel + ":" + v.Person
	if s.away[person] {
		return nil, false
	}
	s.away[person] = true
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.away, person)
	}, true
}

// errTaken says that somebody else took a delivery first.
var errTaken = errors.New("another took it")

// send takes one delivery, carries it out and notes how that went. Errors: errTaken
// and those of the store.
func (s *Sender) send(ctx context.Context, doc *store.Doc[outbox.Delivery]) error {
	v := &doc.Body
	v.Status, v.Attempts, v.Next = outbox.Sending, v.Attempts+1, s.Desk.Clock().Add(s.Lease)
	if err := s.Desk.Docs.Deliveries.Commit(ctx, doc, ""); err != nil {
		if errors.Is(err, store.ErrConflict) {
			return errTaken
		}
		return err
	}
	ctx, step := delivering(telemetry.Continue(ctx, v.Trace), v)
	with, err := s.together(ctx, v)
	if err != nil {
		step.End(err)
		return err
	}
	for _, one := range with {
		step.Link(one.Body.Trace)
	}
	if err = moment.Reached(moment.BeforeDelivery); err == nil {
		err = errors.Join(s.carry(ctx, v, with), moment.Reached(moment.AfterDelivery))
	}
	step.Count("liuke.attempt", v.Attempts).End(err)
	if ctx.Err() != nil {
		return nil // stopped in the middle: the lease runs out and it is tried again
	}
	for _, one := range append(with, doc) {
		if one != doc {
			one.Body.Attempts++
		}
		if failed := s.settle(ctx, one, err); failed != nil && !errors.Is(failed, store.ErrConflict) {
			return failed
		}
	}
	return nil
}

func (s *Sender) carry(ctx context.Context, v *outbox.Delivery, with []*store.Doc[outbox.Delivery]) error {
	ctx, cancel := context.WithTimeout(ctx, s.Lease/2)
	defer cancel()
	if v.Outreach != nil {
		return s.reach(ctx, v)
	}
	switch v.Channel {
	case outbox.Webhook:
		return s.postTo(ctx, v)
	case outbox.Robot:
		return s.ring(ctx, v)
	}
	if s.Mail == nil {
		return channel.Final(errors.New("mail is not configured any more"))
	}
	p, ok := s.Desk.People.Person(v.Person)
	if !ok || p.Email == "" || !p.Active {
		return channel.Final(fmt.Errorf("%s cannot be reached by mail", v.Person))
	}
	content := channel.Content{ID: v.ID, Reminders: []catalogue.Reminder{v.Reminder}, Digest: v.Digest}
	for _, doc := range with {
		content.Reminders = append(content.Reminders, doc.Body.Reminder)
	}
	if v.Digest {
		var err error
		if content.Tasks, err = s.today(ctx, p); err != nil {
			return err
		}
	}
	return s.Mail.Send(ctx, p, content)
}

func (s *Sender) postTo(ctx context.Context, v *outbox.Delivery) error {
	hooks, err := s.Desk.Hooks(ctx)
	if err != nil {
		return err
	}
	for _, h := range hooks {
		if h.ID != v.Hook {
			continue
		}
		if !h.Active {
			return channel.Final(errors.New("the webhook is switched off"))
		}
		err := s.Hook.Post(ctx, h, v.ID, v.Reminder)
		if errors.Is(err, channel.ErrGone) {
			err = errors.Join(err, s.Desk.SwitchOff(ctx, h.ID, "answered 410 Gone"))
		}
		return err
	}
	return channel.Final(errors.New("the webhook does not exist any more"))
}

func (s *Sender) ring(ctx context.Context, v *outbox.Delivery) error {
	doc, err := s.Desk.Choice(ctx, v.Person)
	if err != nil {
		return err
	}
	bell := doc.Body.Robot
	if bell == nil || bell.Gone != "" {
		return channel.Final(errors.New("the person's robot is switched off"))
	}
	p, _ := s.Desk.People.Person(v.Person)
	err = s.Hook.Ring(ctx, *bell, v.ID, p.Language, v.Reminder)
	if errors.Is(err, channel.ErrGone) {
		err = errors.Join(err, s.Desk.Silence(ctx, v.Person, bell.URL, "answered 410 Gone"))
	}
	return err
}

// settle notes how sending went: delivered, to be tried again, or failed for good.
func (s *Sender) settle(ctx context.Context, doc *store.Doc[outbox.Delivery], err error) error {
	v, now := &doc.Body, s.Desk.Clock()
	defer func() { s.Desk.Metrics.count(v, now) }()
	v.Error = ""
	if err != nil {
		v.Error = cut(err.Error())
	}
	switch {
	case err == nil:
		v.Status, v.Open, v.EndedAt = outbox.Delivered, false, now
	case channel.IsFinal(err) || v.Attempts >= s.Attempts.Most:
		v.Status, v.Open, v.EndedAt = outbox.Failed, false, now
	default:
		if v.Status = outbox.Pending; v.Digest {
			v.Status = outbox.Withheld
		}
		v.Next = now.Add(max(s.Attempts.Pause(v.Attempts), channel.RetryAfter(err)))
		return s.Desk.Docs.Deliveries.Commit(ctx, doc, "")
	}
	customer, outreach := about(v)
	list, errRecord := s.Desk.record(ctx, customer, doc.Version+1, &catalogue.DeliveryEnded{Reminder: v.Reminder.ID, Outreach: outreach, Person: v.Person,
		Channel: v.Channel, Status: v.Status, Attempts: v.Attempts, Error: v.Error})
	if errRecord != nil {
		return errRecord
	}
	return s.Desk.Docs.Deliveries.Commit(ctx, doc, "", list...)
}

func cut(s string) string {
	if r := []rune(s); len(r) > 500 {
		return string(r[:500])
	}
	return s
}
