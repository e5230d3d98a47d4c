package service

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/config"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/health"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/moment"
	"liuke.dev/shared/objects"
	objectengines "liuke.dev/shared/objects/engines"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/store"
	"liuke.dev/shared/store/engines"

	"log/slog"
)

// Host runs services in one process: what they share is opened once, their
// operations are served at one address, and they stop together. A service's own
// program hosts one, the all-in-one program all.
type Host struct {
	Config    config.Config
	Log       *slog.Logger
	Cluster   kafka.Cluster
	Directory *directory.Directory
	Policy    *policy.Holder
	Verifier  *auth.Verifier
	Key       *auth.Key
	Metrics   *prometheus.Registry
	Gin       *gin.Engine
	Objects   objects.Store // where files are kept; nil: nowhere

	// Drain is how long requests are still answered after the end was asked for,
	// so that a proxy has noticed; zero: the services end first.
	Drain time.Duration

	stage    stage
	facts    *facts.Metrics
	servers  []*httpx.Server
	services []Service
	stores   []store.Engine
	health   *health.Board
	policies chan struct{} // closed once every policy published before the start is held
	known    chan struct{} // closed once people and policy are known
}

// NewHost opens what the services share. Cluster and key come from the
// configuration; nothing runs yet.
func NewHost(c config.Config, log *slog.Logger) (*Host, error) {
	if err := moment.Arm(c.At); err != nil {
		return nil, err
	}
	key, err := auth.LoadOrCreateKey(c.ServiceKey)
	if err != nil {
		return nil, fmt.Errorf("service key: %w", err)
	}
	cluster, err := ClusterConfig(c, log)
	if err != nil {
		return nil, err
	}
	files, err := objectengines.Open(c)
	if err != nil {
		return nil, err
	}
	registry := prometheus.NewRegistry()
	registry.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	h := &Host{Config: c, Log: log, Key: key, Metrics: registry, Gin: httpx.NewEngine(), Objects: files, facts: facts.NewMetrics(registry), Directory: directory.New(),
		Policy: policy.NewHolder(c.Speed), Cluster: kafka.Open(cluster), policies: make(chan struct{}), known: make(chan struct{})}
	h.Policy.ReviewSpeed = c.ReviewSpeed
	if err := h.Gin.SetTrustedProxies(c.TrustedProxies); err != nil {
		return nil, fmt.Errorf("trusted_proxies: %w", err)
	}
	h.Verifier = &auth.Verifier{Key: key, Person: h.person}
	h.health = health.New(instant.Now)
	registry.MustRegister(h.health)
	registry.MustRegister(engines.Collectors()...)
	if files != nil {
		h.health.Beside("objects", files.Ping)
	}
	// Once people and policy are known, requests are served without a broker: facts
	// wait in the store. A proxy that took every process out would make it an outage.
	h.health.Use("kafka", func(ctx context.Context) error { return h.Cluster.Ping(ctx) })
	return h, nil
}

// person gives somebody as the directory knows them; nobody inactive may sign in.
func (h *Host) person(subject, email string) (auth.Principal, bool) {
	p, ok := h.Directory.Person(subject)
	if !ok && email != "" {
		p, ok = h.Directory.ByEmail(email)
	}
	if !ok || !p.Active {
		return auth.Principal{}, false
	}
	return directory.Principal(p), true
}

// Check adds something that must answer for the process to be ready.
func (h *Host) Check(name string, ping func(context.Context) error) {
	h.health.Need(name, ping)
}

// Deps opens a service's store and gives what it needs.
func (h *Host) Deps(ctx context.Context, name string) (Deps, error) {
	e, err := engines.Open(ctx, h.Config.Store, name)
	if err != nil {
		return Deps{}, fmt.Errorf("store of %s: %w", name, err)
	}
	h.stores = append(h.stores, e)
	h.Check("store:"+name, e.Ping)
	return Deps{Config: h.Config, Store: e, Objects: h.Objects, Cluster: h.Cluster, Policy: h.Policy, Directory: h.Directory, Clock: instant.Now,
		Log: h.Log.With("service", name), Metrics: h.Metrics, Facts: h.facts, Health: h.health, Key: h.Key, Verifier: h.Verifier}, nil
}

// Add lets the host run a service and serve its operations.
func (h *Host) Add(ctx context.Context, name string, d Deps, s Service) error {
	r, err := httpx.New(ctx, httpx.Config{Name: name, Version: Version, Engine: h.Gin, Verifier: h.Verifier, Answers: d.Store, Clock: d.Clock, Log: d.Log, Metrics: h.Metrics})
	if err != nil {
		return err
	}
	s.Register(r)
	if err := routed(name, r); err != nil {
		return err
	}
	if c, ok := s.(Checked); ok {
		h.Check(c.DependsOn())
	}
	h.servers = append(h.servers, r)
	h.services = append(h.services, s)
	return nil
}

// Prepare makes the topics and trusts the external issuer, if there is one.
func (h *Host) Prepare(ctx context.Context) error {
	if err := h.topics(ctx); err != nil {
		return err
	}
	return h.trust()
}

func (h *Host) topics(ctx context.Context) error {
	if err := h.Cluster.EnsureTopics(ctx, facts.Topics(h.Config.Partitions, h.Config.Replication)); err != nil {
		return fmt.Errorf("topics: %w", err)
	}
	return nil
}

func (h *Host) trust() error {
	if h.Config.Issuer == "" {
		if own := auth.EmbeddedIssuer(h.Config.Origin); !h.Verifier.Trusts(own) { // organization runs elsewhere
			h.Verifier.Trust(own, auth.NewRemoteKeys(own, throughInternal(h.Config.Origin, h.Config.InternalOrigin)), auth.Audience)
		}
		return nil
	}
	keys, err := h.Verifier.Discover(h.Config.Issuer, h.Config.Audience)
	if err == nil {
		h.health.Beside("issuer", keys.Ping)
	}
	return err
}

// Close closes what was opened; call it after Run has returned.
func (h *Host) Close() error {
	errs := []error{h.Cluster.Close()}
	for _, s := range h.stores {
		errs = append(errs, s.Close())
	}
	return errors.Join(errs...)
}

func (h *Host) followPeople(ctx context.Context) error {
	return h.Directory.Follow(ctx, h.Cluster, h.Log)
}

func (h *Host) followPolicy(ctx context.Context) error {
	return facts.FollowPolicy(ctx, h.Cluster, h.Policy, h.Log, func() { close(h.policies) })
}

// awaitKnown waits until the company's people and every policy published so far
// are known, without which no decision can be made.
func (h *Host) awaitKnown(ctx context.Context) error {
	if err := h.Directory.Wait(ctx); err != nil {
		return nil // stopped before
	}
	select {
	case <-h.policies:
	case <-ctx.Done():
		return nil
	}
	for {
		if _, err := h.Policy.At(instant.Now()); err == nil {
			close(h.known)
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// Known is closed once the company's people and a policy are known.
func (h *Host) Known() <-chan struct{} { return h.known }

const purgeEvery = time.Hour

func (h *Host) purgeAnswers(ctx context.Context) error {
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(purgeEvery):
		}
		for _, s := range h.servers {
			if _, err := s.PurgeAnswers(store.Background(ctx)); err != nil && ctx.Err() == nil {
				h.Log.WarnContext(ctx, "old answers could not be removed", "error", err)
			}
		}
	}
}
