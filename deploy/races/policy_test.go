package races

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/anishathalye/porcupine"

	"liuke.dev/services/organization"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/kafka/kafkatest"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/service"
	"liuke.dev/shared/store"
	"liuke.dev/workflows/decisions"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/deal"
	"liuke.dev/workflows/journey/journeytest"
)

// book is the policy book as one journey meets it: the newest version, what each
// of two workers is known to have read, and what the journey decided by last.
type book struct {
	Newest  int64
	Read    [2]int64
	Decided int64
}

// books is the model of publication during decisions: versions follow one another
// without gaps, whoever publishes; a worker decides by a version that was
// published by then and is none older than what it has read; and a journey never
// goes back to an older version than it decided by before, whichever worker decides.
func books() porcupine.Model {
	return model(byJourney, book{Newest: 1, Read: [2]int64{1, 1}}, func(b book, s step, o seen) []book {
		after := b
		switch s.What {
		case "publish":
			after.Newest++
			switch {
			case o.Unknown:
				return []book{b, after}
			case o.OK:
				return when(o.Version == after.Newest, after)
			}
			return []book{b}
		case "look":
			return when(!o.OK || o.Version == b.Newest, b)
		case "read":
			w, _ := strconv.Atoi(s.By)
			after.Read[w] = max(b.Read[w], o.Version)
			return when(o.Version <= b.Newest, after)
		}
		w, _ := strconv.Atoi(s.By)
		after.Decided = o.Version
		return when(o.Version <= b.Newest && o.Version >= b.Read[w] && o.Version >= b.Decided, after)
	})
}

// byJourney splits decisions by journey; what happens to the book concerns them all.
func byJourney(all []porcupine.Operation) [][]porcupine.Operation {
	shared, groups := []porcupine.Operation{}, map[string][]porcupine.Operation{}
	for _, o := range all {
		if on := o.Input.(step).On; on != "" {
			groups[on] = append(groups[on], o)
		} else {
			shared = append(shared, o)
		}
	}
	var out [][]porcupine.Operation
	for _, on := range slices.Sorted(maps.Keys(groups)) {
		out = append(out, append(groups[on], shared...))
	}
	return append(out, shared)
}

// worker decides for journeys by what it has read of the policy.
type worker struct {
	policy  *policy.Holder
	decider *decisions.Decider
}

// newWorker makes a worker that follows the topic, each version as late as it happens to be.
func newWorker(t *testing.T, o *office, e store.Engine, cluster *kafkatest.Memory) *worker {
	t.Helper()
	w := &worker{policy: policy.NewHolder(1)}
	var err error
	w.decider, err = decisions.New(t.Context(), &shaken{Engine: e}, w.policy, o.people.Calendars, func(_, id string) string { return id }, journey.Of(deal.Rules))
	if err != nil {
		t.Fatal(err)
	}
	known := make(chan struct{})
	go func() {
		_ = facts.FollowPolicy(t.Context(), &slow{cluster}, w.policy, nil, func() { close(known) })
	}()
	<-known
	for {
		if _, ok := w.policy.Latest(); ok {
			return w
		}
		time.Sleep(time.Millisecond)
	}
}

// versions are published by two people while two workers decide for the same journeys.
func TestPublicationDuringDecisions(t *testing.T) {
	eachStore(t, func(t *testing.T, engines []store.Engine) {
		o := &office{t: t, people: newPeople()}
		o.clock = instant.Now
		cluster := kafkatest.New()
		if err := cluster.EnsureTopics(t.Context(), facts.Topics(2, 1)); err != nil {
			t.Fatal(err)
		}
		key, err := auth.LoadOrCreateKey(filepath.Join(t.TempDir(), "key.pem"))
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range engines {
			o.add(e, func(ctx context.Context, d service.Deps) (service.Service, error) {
				d.Cluster, d.Key, d.Verifier, d.Policy = cluster, key, &auth.Verifier{Key: key}, policy.NewHolder(1)
				s, err := organization.New(ctx, d)
				if err == nil {
					relay := d.Relay("organization")
					go func() { _ = relay.Run(t.Context()) }()
				}
				return s, err
			})
		}
		workers := []*worker{newWorker(t, o, engines[0], cluster), newWorker(t, o, engines[1], cluster)}
		h := newHistory()
		o.fail(4)
		var all sync.WaitGroup
		for c := range 2 {
			all.Go(func() { o.publish(h, c, workers) })
		}
		for c := range 4 {
			all.Go(func() { decide(t, h, 2+c, workers[c%2]) })
		}
		all.Wait()
		h.happened(t, 5, "publish", "look", "decide", "read")
		h.check(t, books())
	})
}

// publish publishes and looks, and notes when a worker was seen to have read a version.
func (o *office) publish(h *history, client int, workers []*worker) {
	for n := range 12 {
		call := h.now()
		a := o.call("admin", "POST", "/v1/policy/versions/1/restoration", body{"reason": fmt.Sprint("try ", n)})
		out := a.seen()
		h.add(client, call, step{What: "publish"}, out)
		if out.OK {
			w := rand.IntN(len(workers))
			for until := time.Now().Add(5 * time.Second); time.Now().Before(until); time.Sleep(time.Millisecond) {
				if v, _ := workers[w].policy.Latest(); v.Version >= out.Version {
					h.add(client, call, step{What: "read", By: strconv.Itoa(w)}, seen{OK: true, Version: v.Version})
					break
				}
			}
		}
		call = h.now()
		h.add(client, call, step{What: "look"}, o.call("admin", "GET", "/v1/policy", nil).seen())
		time.Sleep(time.Duration(rand.IntN(10)) * time.Millisecond)
	}
}

// decide lets a worker decide for journeys until publication is over.
func decide(t *testing.T, h *history, client int, w *worker) {
	told := map[string]*journeytest.History{}
	for n := range 40 {
		id := fmt.Sprint("d", rand.IntN(3))
		key := fmt.Sprint(client, ".", n)
		if told[id] == nil {
			told[id] = journeytest.New(t)
		}
		at := instant.Now()
		e := told[id].Tell("deal/"+id, at, &catalogue.FollowUpRecorded{FollowUp: catalogue.FollowUp{ID: key, Subject: catalogue.Subject{Kind: "deal", ID: id}, OccurredAt: at, RecordedAt: at,
			Channel: "phone", Direction: "outbound", KeyPoints: "ok", NextAction: "call", NextTouchAt: at.Add(time.Hour), Counts: true}})
		call := h.now()
		a, err := w.decider.Decide(t.Context(), decisions.Request{Kind: "deal", ID: id, Key: key, Now: at, Events: []journey.Event{e}})
		switch {
		case err == nil:
			h.add(client, call, step{What: "decide", On: id, By: strconv.Itoa(client % 2)}, seen{OK: true, Version: a.Policy})
		case !errors.Is(err, decisions.ErrPolicyNotRead):
			t.Error(err)
		}
		time.Sleep(time.Duration(rand.IntN(4)) * time.Millisecond)
	}
}

// slow is a broker whose readers get everything late.
type slow struct{ *kafkatest.Memory }

func (s *slow) Follow(ctx context.Context, topic string, handle func(kafka.Message), caughtUp func()) error {
	return s.Memory.Follow(ctx, topic, func(m kafka.Message) {
		time.Sleep(time.Duration(rand.IntN(15)) * time.Millisecond)
		handle(m)
	}, caughtUp)
}
