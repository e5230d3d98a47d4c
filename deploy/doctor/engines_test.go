package doctor

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"liuke.dev/deploy/local/broker"
	"liuke.dev/deploy/local/engine"
	"liuke.dev/shared/config"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/freeport"
	"liuke.dev/shared/kafka"
	"liuke.dev/workflows"
	"liuke.dev/workflows/host"
	"liuke.dev/workflows/host/hosttest"
	"liuke.dev/workflows/rollout"
)

// What running engines say is read as it is: fine with a worker, and what is
// missing without one.
func TestEnginesThatRun(t *testing.T) {
	c, wanted := start(t)
	x := &examination{Patient: Patient{Config: c, Log: slog.New(slog.DiscardHandler)}, running: true}
	if got := x.kafka(t.Context()); worst(got) != Fine {
		t.Errorf("kafka: %+v", got)
	}
	x.Config.Kafka, x.Config.KafkaPrefix = c.Kafka, "other."
	if got := Text(Report{Findings: x.kafka(t.Context())}, "en"); strings.Count(got, "is missing") != len(wanted) {
		t.Errorf("kafka of another installation: %s", got)
	}
	x.Config = c
	if got := Text(Report{Findings: x.temporal(t.Context())}, "en"); !strings.Contains(got, "no worker is at work") {
		t.Errorf("temporal without a worker: %s", got)
	}
	work(t, c)
	if got := x.temporal(t.Context()); worst(got) != Fine {
		t.Errorf("temporal: %+v", got)
	}
	x.Config.Namespace = "another"
	if got := Text(Report{Findings: x.temporal(t.Context())}, "en"); !strings.Contains(got, "there is no namespace another") {
		t.Errorf("temporal of another namespace: %s", got)
	}
}

// start starts the embedded engines as the program does.
func start(t *testing.T) (config.Config, []kafka.Topic) {
	t.Helper()
	c := config.Default()
	ports, err := freeport.Find(freeport.Loopback, 2)
	if err != nil {
		t.Fatal(err)
	}
	c.Kafka, c.Temporal = []string{fmt.Sprint("127.0.0.1:", ports[0])}, fmt.Sprint("127.0.0.1:", ports[1])
	wanted := facts.Topics(c.Partitions, c.Replication)
	var topics []broker.Topic
	for _, w := range wanted {
		topics = append(topics, broker.Topic{Name: w.Name, Partitions: w.Partitions, Compacted: w.Compacted})
	}
	e, err := engine.Start(t.Context(), engine.Config{Dir: t.TempDir(), Kafka: c.Kafka[0], Temporal: c.Temporal, Namespace: c.Namespace, Topics: topics,
		SearchAttributes: host.SearchAttributes, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Stop() })
	return c, wanted
}

// work lets a worker take the journeys over.
func work(t *testing.T, c config.Config) {
	t.Helper()
	dialled, err := client.Dial(client.Options{HostPort: c.Temporal, Namespace: c.Namespace, Logger: log.NewStructuredLogger(slog.New(slog.DiscardHandler))})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(dialled.Close)
	w := hosttest.New(t, 1)
	worker := workflows.NewWorker(dialled, w.Decider, w.Activities(), rollout.Versioned("1.0.0"))
	if err := worker.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(worker.Stop)
	r := rollout.New(dialled, c.Namespace, host.TaskQueue)
	for end := time.Now().Add(30 * time.Second); time.Now().Before(end); time.Sleep(200 * time.Millisecond) {
		if err = r.MakeCurrent(t.Context(), "1.0.0"); err == nil {
			return
		}
	}
	t.Fatal(err)
}
