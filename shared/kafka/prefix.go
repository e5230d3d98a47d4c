package kafka

import (
	"context"
	"strings"
)

// Open makes a client whose names begin with the configuration's prefix.
func Open(cfg Config) Cluster { return Prefixed(New(cfg), cfg.Prefix) }

// Prefixed gives a cluster on which all names of topics and groups begin with a
// prefix that its user does not see, so that several installations, or tests, can
// share one cluster. Without a prefix it is the cluster itself.
func Prefixed(c Cluster, prefix string) Cluster {
	if prefix == "" {
		return c
	}
	return &prefixed{c, prefix}
}

type prefixed struct {
	Cluster
	prefix string
}

func (p *prefixed) names(topics []string) []string {
	out := make([]string, len(topics))
	for i, t := range topics {
		out[i] = p.prefix + t
	}
	return out
}

func (p *prefixed) name(m Message) Message {
	m.Topic = p.prefix + m.Topic
	return m
}

func (p *prefixed) strip(m Message) Message {
	m.Topic = strings.TrimPrefix(m.Topic, p.prefix)
	return m
}

func each(messages []Message, change func(Message) Message) []Message {
	out := make([]Message, len(messages))
	for i, m := range messages {
		out[i] = change(m)
	}
	return out
}

func (p *prefixed) Produce(ctx context.Context, messages []Message) error {
	return p.Cluster.Produce(ctx, each(messages, p.name))
}

func (p *prefixed) EnsureTopics(ctx context.Context, topics []Topic) error {
	out := make([]Topic, len(topics))
	for i, t := range topics {
		t.Name = p.prefix + t.Name
		out[i] = t
	}
	return p.Cluster.EnsureTopics(ctx, out)
}

func (p *prefixed) Join(ctx context.Context, group string, topics []string) (Member, error) {
	m, err := p.Cluster.Join(ctx, p.prefix+group, p.names(topics))
	if err != nil {
		return nil, err
	}
	member := &prefixedMember{m, p}
	if r, ok := m.(Reaffirmer); ok {
		return reaffirming{member, r}, nil
	}
	return member, nil
}

func (p *prefixed) Follow(ctx context.Context, topic string, handle func(Message), caughtUp func()) error {
	return p.Cluster.Follow(ctx, p.prefix+topic, func(m Message) { handle(p.strip(m)) }, caughtUp)
}

func (p *prefixed) Lag(ctx context.Context, group string, topics []string) (map[string]int64, error) {
	lag, err := p.Cluster.Lag(ctx, p.prefix+group, p.names(topics))
	if err != nil {
		return nil, err
	}
	out := make(map[string]int64, len(lag))
	for t, n := range lag {
		out[strings.TrimPrefix(t, p.prefix)] = n
	}
	return out, nil
}

type prefixedMember struct {
	Member
	p *prefixed
}

func (m *prefixedMember) Fetch(ctx context.Context, limit int) ([]Message, error) {
	got, err := m.Member.Fetch(ctx, limit)
	return each(got, m.p.strip), err
}

func (m *prefixedMember) Commit(ctx context.Context, messages []Message) error {
	return m.Member.Commit(ctx, each(messages, m.p.name))
}

// reaffirming is a member that can commit again what was set back.
type reaffirming struct {
	*prefixedMember
	Reaffirmer
}
