package kafka

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	kafkago "github.com/segmentio/kafka-go"
)

func TestLoginChoosesTheMechanism(t *testing.T) {
	for mechanism, want := range map[string]string{"": "SCRAM-SHA-512", "SCRAM-SHA-512": "SCRAM-SHA-512", "SCRAM-SHA-256": "SCRAM-SHA-256", "PLAIN": "PLAIN"} {
		m, err := Config{User: "u", Password: "p", Mechanism: mechanism}.login()
		if err != nil || m.Name() != want {
			t.Errorf("%q: %v %v", mechanism, m, err)
		}
	}
	if m, err := (Config{Mechanism: "PLAIN"}).login(); m != nil || err != nil {
		t.Error("signs in without a user")
	}
}

func TestAWrongMechanismIsSaidByEveryCall(t *testing.T) {
	c := New(Config{Brokers: []string{"127.0.0.1:1"}, User: "u", Mechanism: "KERBEROS"})
	defer c.Close()
	ctx := t.Context()
	_, joined := c.Join(ctx, "g", []string{"t"})
	_, lag := c.Lag(ctx, "g", []string{"t"})
	for name, err := range map[string]error{"ping": c.Ping(ctx), "join": joined, "lag": lag, "topics": c.EnsureTopics(ctx, []Topic{{Name: "t"}}),
		"produce": c.Produce(ctx, []Message{{Topic: "t"}})} {
		if err == nil || !strings.Contains(err.Error(), "KERBEROS") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestErrorsThatNoRepetitionMendsAreRefusals(t *testing.T) {
	for err, refused := range map[error]bool{
		kafkago.MessageSizeTooLarge: true, kafkago.RecordListTooLarge: true, kafkago.InvalidRecord: true, kafkago.PolicyViolation: true,
		kafkago.NotEnoughReplicas: false, kafkago.LeaderNotAvailable: false, kafkago.TopicAuthorizationFailed: false, context.DeadlineExceeded: false} {
		if errors.Is(translate(err), ErrRefused) != refused || !errors.Is(translate(err), err) {
			t.Errorf("%v: %v", err, translate(err))
		}
	}
}

func TestProduceOnABrokerThatIsAwayEndsWithItsContext(t *testing.T) {
	c := New(Config{Brokers: []string{"127.0.0.1:1"}})
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	begin := time.Now()
	err := c.Produce(ctx, []Message{{Topic: "t", Key: "k", Value: []byte("v")}})
	if err == nil || time.Since(begin) > time.Second {
		t.Error(err, time.Since(begin))
	}
}

func TestOutcomesGiveEachMessageItsOwn(t *testing.T) {
	broken := errors.New("broken")
	if got := Outcomes(Partial{nil, broken}, 2); got[0] != nil || got[1] != broken {
		t.Error(got)
	}
	if got := Outcomes(broken, 2); got[0] != broken || got[1] != broken {
		t.Error(got)
	}
	if got := Outcomes(nil, 2); got[0] != nil || got[1] != nil {
		t.Error(got)
	}
	if !errors.Is(Partial{nil, broken}, broken) {
		t.Error("not unwrapped")
	}
}
