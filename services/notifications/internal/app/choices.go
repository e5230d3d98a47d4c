package app

import (
	"context"
	"crypto/rand"
	"errors"
	"net/url"
	"slices"

	"liuke.dev/services/notifications/internal/channel"
	"liuke.dev/services/notifications/internal/outbox"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Choice gives how a person wants to be reached; one who chose nothing has an
// empty choice of version 0.
func (d *Desk) Choice(ctx context.Context, person string) (*store.Doc[outbox.Choice], error) {
	doc, err := d.Docs.Choices.Get(ctx, person)
	if errors.Is(err, store.ErrNotFound) {
		return store.New(person, outbox.Choice{}), nil
	}
	return doc, err
}

// Choose sets how a person wants to be reached. A robot must be at a host that the
// policy names, so that nobody has this machine call others in the house.
func (d *Desk) Choose(ctx context.Context, person, command string, match func(int64) error, want outbox.Choice) (*store.Doc[outbox.Choice], error) {
	v, err := d.Policy.At(d.Clock())
	if err != nil {
		return nil, problem.Away(err)
	}
	if want.Robot != nil {
		if err := problem.InvalidFields(robotAt(want.Robot.URL, v.Sections.Notifications)...); err != nil {
			return nil, err
		}
	}
	var doc *store.Doc[outbox.Choice]
	err = retry(ctx, func() error {
		var err error
		if doc, err = d.Choice(ctx, person); err != nil || doc.Did(command) {
			return err
		}
		if doc.Version > 0 {
			if err := match(doc.Version); err != nil {
				return err
			}
		}
		want.Robot = keyed(want.Robot, doc.Body.Robot)
		doc.Body = want
		return d.Docs.Choices.Commit(ctx, doc, command)
	})
	return doc, err
}

// keyed gives a robot that is told in signed posts its secret: the one it had at
// the same address, or a new one.
func keyed(want, had *outbox.Bell) *outbox.Bell {
	if want == nil || want.Format != outbox.FormatLiuke || want.Secret != "" {
		return want
	}
	with := *want
	if with.Secret = rand.Text(); had != nil && had.URL == want.URL && had.Secret != "" {
		with.Secret = had.Secret
	}
	return &with
}

func robotAt(address string, n policy.Notifications) []problem.Field {
	u, err := url.Parse(address)
	switch {
	case err != nil || channel.CheckURL(address) != nil:
		return []problem.Field{problem.FieldError("robot.url", "url", "不是机器人的地址", "is not the address of a robot")}
	case !slices.Contains(n.RobotHosts, u.Hostname()):
		return []problem.Field{problem.FieldError("robot.url", "allowed_host", "策略手册的 notifications.robot_hosts 中没有这个主机："+u.Hostname(),
			"the policy's notifications.robot_hosts do not name this host: "+u.Hostname())}
	}
	return nil
}

// ring makes the delivery to a person's robot.
func (d *Desk) ring(ctx context.Context, v *policy.View, r catalogue.Reminder, to string) error {
	p, _ := d.People.Person(to)
	out := outbox.Delivery{Reminder: r, Person: to, Channel: outbox.Robot, Status: outbox.Pending, Open: true, Next: outbox.Release(v, p, r.Level, r.At)}
	if out.Next.After(r.At) {
		out.Status = outbox.Withheld
	}
	return d.deliver(ctx, out)
}

// Silence switches a person's robot off, if it is still the one at the address.
func (d *Desk) Silence(ctx context.Context, person, address, why string) error {
	return retry(ctx, func() error {
		doc, err := d.Choice(ctx, person)
		if err != nil || doc.Body.Robot == nil || doc.Body.Robot.URL != address {
			return err
		}
		off := *doc.Body.Robot
		off.Gone = why
		doc.Body.Robot = &off
		return d.Docs.Choices.Commit(ctx, doc, "")
	})
}
