// Package link puts connections of a program under trial through a proxy of this
// process, where they can be slowed, cut, left without an answer, and mended.
package link

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/Shopify/toxiproxy/v2"
	"github.com/rs/zerolog"
)

// Links are the proxied connections of one trial.
type Links struct{ server *toxiproxy.ApiServer }

// New makes none yet.
func New() *Links {
	return &Links{toxiproxy.NewServer(toxiproxy.NewMetricsContainer(nil), zerolog.Nop())}
}

// Close cuts all.
func (l *Links) Close() error { return l.server.Collection.Clear() }

// Link leads from a loopback address of its own to an upstream.
type Link struct{ proxy *toxiproxy.Proxy }

// Open makes a link; listen may leave the port to the system (127.0.0.1:0).
func (l *Links) Open(name, listen, upstream string) (*Link, error) {
	p := toxiproxy.NewProxy(l.server, name, listen, upstream)
	if err := l.server.Collection.Add(p, true); err != nil {
		return nil, fmt.Errorf("link %s: %w", name, err)
	}
	return &Link{p}, nil
}

// Address is where clients connect to; it stays when the link is cut and mended.
func (l *Link) Address() string { return l.proxy.Listen }

// Cut ends all connections and refuses new ones.
func (l *Link) Cut() error { l.proxy.Stop(); return nil }

// Slow delays what passes, each way.
func (l *Link) Slow(by time.Duration) error {
	return l.add("latency", fmt.Sprintf(`{"latency": %d}`, by.Milliseconds()), "upstream", "downstream")
}

// Hang takes what is sent and lets nothing through, as a cable that was pulled:
// nobody is told.
func (l *Link) Hang() error { return l.add("timeout", `{"timeout": 0}`, "upstream", "downstream") }

// LoseAnswers lets requests through and resets the connection instead of
// answering: the work is done, and who asked for it does not know.
func (l *Link) LoseAnswers() error { return l.add("reset_peer", `{"timeout": 0}`, "downstream") }

func (l *Link) add(kind, attributes string, streams ...string) error {
	for _, s := range streams {
		text := fmt.Sprintf(`{"name": %q, "type": %q, "stream": %q, "attributes": %s}`, kind+"-"+s, kind, s, attributes)
		if _, err := l.proxy.Toxics.AddToxicJson(strings.NewReader(text)); err != nil {
			return fmt.Errorf("link %s: %s: %w", l.proxy.Name, kind, err)
		}
	}
	return nil
}

// Mend makes the link as it was.
func (l *Link) Mend() error {
	l.proxy.Toxics.ResetToxics(context.Background())
	if l.proxy.Enabled {
		return nil
	}
	return l.proxy.Start()
}
