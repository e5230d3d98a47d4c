package set

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"liuke.dev/deploy/engines/kafka"
	"liuke.dev/deploy/engines/mongo"
	"liuke.dev/deploy/engines/postgres"
	"liuke.dev/deploy/engines/process"
	"liuke.dev/deploy/engines/temporal"
)

// Record is what another process needs to know of an engine's process in order
// to find, ask and stop it.
type Record struct {
	Kind    string     `json:"kind"`
	Name    string     `json:"name"`
	Address string     `json:"address"`
	URL     string     `json:"url,omitempty"` // of PostgreSQL, with the password
	Log     string     `json:"log"`
	Data    []string   `json:"data,omitempty"`
	ID      process.ID `json:"id"`
}

const recordsFile = "engines.json"

// Records of what runs, in the order of Kinds.
func (s *Set) Records() []Record {
	var all []Record
	add := func(kind string, p *process.Process, address, url string) {
		all = append(all, Record{Kind: kind, Name: p.Name(), Address: address, URL: url, Log: p.Log(), Data: p.Data(), ID: p.ID()})
	}
	if s.Kafka != nil {
		for _, n := range s.Kafka.Nodes {
			add(Kafka, n.Process, n.Address, "")
		}
	}
	if s.Mongo != nil {
		add(Mongo, s.Mongo.Process, s.Mongo.Address, "")
	}
	if s.Postgres != nil {
		add(Postgres, s.Postgres.Process, s.Postgres.Address, s.Postgres.URL("postgres"))
	}
	if s.Temporal != nil {
		add(Temporal, s.Temporal.Process, s.Temporal.Address, "")
	}
	if s.UI != nil {
		add(UI, s.UI.Process, s.UI.Address, "")
	}
	return all
}

// Environment that lets Liuke's programs use the engines: LIUKE_…=….
func Environment(all []Record) []string {
	var env, brokers []string
	for _, r := range all {
		switch r.Kind {
		case Kafka:
			brokers = append(brokers, r.Address)
		case Mongo:
			env = append(env, "LIUKE_STORE="+mongo.URI(r.Address, Prefix))
		case Temporal:
			env = append(env, "LIUKE_TEMPORAL="+r.Address, "LIUKE_NAMESPACE="+temporal.Namespace)
		case UI:
			env = append(env, "LIUKE_TEMPORAL_LINK=http://"+r.Address)
		}
	}
	if len(brokers) > 0 {
		env = append([]string{"LIUKE_KAFKA=" + strings.Join(brokers, ","), fmt.Sprint("LIUKE_REPLICATION=", len(brokers))}, env...)
	}
	return env
}

// Process that the record is of.
func (r Record) Process() *process.Process {
	c := process.Command{Name: r.Name, Log: r.Log, Data: r.Data, Ready: r.ask}
	if r.Kind == Postgres {
		c.StopSignal = syscall.SIGINT
	}
	return process.Attach(c, r.ID)
}

func (r Record) ask(ctx context.Context) error {
	switch r.Kind {
	case Kafka:
		return kafka.Ping(ctx, r.Address)
	case Mongo:
		return mongo.Ping(ctx, r.Address)
	case Postgres:
		return postgres.Ping(ctx, r.URL)
	case Temporal:
		return temporal.Ping(ctx, r.Address)
	case UI:
		return temporal.PingUI(ctx, r.Address)
	}
	return fmt.Errorf("there is no engine %q", r.Kind)
}

// Load reads the records of a directory; none if nothing was started there.
func Load(dir string) ([]Record, error) {
	text, err := os.ReadFile(filepath.Join(dir, recordsFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var all []Record
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, recordsFile), err)
	}
	return all, nil
}

func save(dir string, all []Record) error {
	text, err := json.MarshalIndent(all, "", "  ")
	if err != nil {
		return err
	}
	path := filepath.Join(dir, recordsFile)
	if err := os.WriteFile(path+".new", text, 0o600); err != nil {
		return err
	}
	return os.Rename(path+".new", path)
}
