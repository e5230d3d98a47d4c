// Package notifications is the service that asks people to act: tasks, reminders
// and escalations, and how they reach people.
package notifications

import (
	"context"
	"time"

	"liuke.dev/services/notifications/internal/access"
	"liuke.dev/services/notifications/internal/app"
	"liuke.dev/services/notifications/internal/channel"
	"liuke.dev/services/notifications/internal/httpapi"
	"liuke.dev/services/notifications/internal/outbox"
	"liuke.dev/services/notifications/internal/storage"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/eventstream"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/service"
	"liuke.dev/shared/standing/shown"
)

// sendWithin bounds one attempt to send; a lease is longer, so that nobody else
// takes what is still on its way.
const (
	sendWithin = 15 * time.Second
	lease      = time.Minute
	mails      = 4
	posts      = 2
	bells      = 4
	idle       = 2 * time.Second
)

// patience is how long a fact that tells of a task's subject is waited for: as long
// as a relay that missed a commit takes to look again.
const patience = 5 * time.Second

// The groups that tell of subjects.
const (
	groupLeads    = "liuke.notifications.leads"
	groupAccounts = "liuke.notifications.accounts"
)

// attempts of sending: some ten hours in all.
var attempts = outbox.Attempts{Most: 12, First: 5 * time.Second, Last: 2 * time.Hour}

// Service is notifications.
type Service struct {
	deps   service.Deps
	desk   *app.Desk
	sender *app.Sender
	api    *httpapi.API
}

// New makes the service on its store. Mail and the configured webhook are off
// unless the configuration names them.
func New(ctx context.Context, d service.Deps) (*Service, error) {
	docs, err := storage.Open(ctx, d.Store)
	if err != nil {
		return nil, err
	}
	standings, err := shown.New(ctx, d.Store)
	if err != nil {
		return nil, err
	}
	desk := app.New(app.Desk{Current: current(d), Standings: standings, Patience: patience, Docs: docs, People: d.Directory, Policy: d.Policy, Guard: access.New(d.Directory, d.Clock), Clock: d.Clock,
		Log: d.Log, Metrics: app.NewMetrics(d.Metrics), Mail: d.Config.SMTP.Host != "", Hook: app.HookConfig{URL: d.Config.Webhook.URL, Secret: d.Config.Webhook.Secret}})
	sender := &app.Sender{Desk: desk, Hook: channel.NewWebhook(sendWithin, d.Clock), Attempts: attempts, Lease: lease, Mails: mails, Posts: posts, Bells: bells, Idle: idle}
	if m := channel.NewSMTP(d.Config.SMTP, d.Config.Origin, sendWithin); m != nil {
		sender.Mail = m
		d.Health.Beside("mail", m.Ping)
	}
	return &Service{deps: d, desk: desk, sender: sender, api: &httpapi.API{Desk: desk, Journey: d.JourneyLink,
		Stream: eventstream.Manner{Heartbeat: 15 * time.Second, Look: 2 * time.Second, Patience: 10 * time.Second}}}, nil
}

// Register adds the service's operations.
func (s *Service) Register(r *httpx.Server) { s.api.Register(r) }

// Run publishes facts, reacts to facts of leads and organization, moves tasks of
// people who are away, and sends, until ctx ends.
func (s *Service) Run(ctx context.Context) error {
	return service.Together(ctx,
		s.deps.Relay("notifications").Run,
		s.known(func(ctx context.Context) error {
			return s.deps.Consume(ctx, facts.ConsumerConfig{Group: groupLeads, Topics: []string{catalogue.TopicLeads},
				Types: app.Types(), Handle: s.desk.React})
		}),
		s.known(func(ctx context.Context) error {
			return s.deps.Consume(ctx, facts.ConsumerConfig{Group: groupAccounts, Topics: []string{catalogue.TopicAccounts},
				Types: app.AccountTypes, Handle: s.desk.ReactToAccounts})
		}),
		func(ctx context.Context) error {
			return s.deps.Consume(ctx, facts.ConsumerConfig{Group: "liuke.notifications.outreach", Topics: []string{catalogue.TopicAccounts},
				Types: app.OutreachTypes, Handle: s.desk.ReactToOutreach})
		},
		func(ctx context.Context) error {
			return s.deps.Consume(ctx, facts.ConsumerConfig{Group: "liuke.notifications.standings", Topics: []string{catalogue.TopicAccounts},
				Types: shown.Types, Handle: s.desk.Standings.Observe})
		},
		s.known(func(ctx context.Context) error {
			return s.deps.Consume(ctx, facts.ConsumerConfig{Group: "liuke.notifications.keyaccounts", Topics: []string{catalogue.TopicAccounts},
				Types: app.KeyAccountTypes, Handle: s.desk.ReactToKeyAccounts})
		}),
		s.known(func(ctx context.Context) error {
			return s.deps.Consume(ctx, facts.ConsumerConfig{Group: "liuke.notifications.people", Topics: []string{catalogue.TopicOrganization},
				Types: app.PeopleTypes, Handle: s.desk.ReactToPeople, Timeout: 5 * time.Minute})
		}),
		s.desk.RunSteward,
		s.known(s.sender.Run))
}

// current tells whether everything published that tells of subjects has been read,
// by whichever process: the broker knows.
func current(d service.Deps) func(context.Context) bool {
	return func(ctx context.Context) bool {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		defer cancel()
		for group, topic := range map[string]string{groupLeads: catalogue.TopicLeads, groupAccounts: catalogue.TopicAccounts} {
			behind, err := d.Cluster.Lag(ctx, group, []string{topic})
			if err != nil || behind[topic] > 0 {
				return false
			}
		}
		return true
	}
}

// known waits until the company's people are known before anything is given to them.
func (s *Service) known(part func(context.Context) error) func(context.Context) error {
	return func(ctx context.Context) error {
		if s.deps.Directory.Wait(ctx) != nil {
			return nil // stopped before
		}
		return part(ctx)
	}
}
