//go:build engines

package e2e

import (
	"io"
	"net"
	"strings"
	"testing"

	"liuke.dev/shared/freeport"
	"liuke.dev/shared/programtest"
)

// gate is an address at which an engine answers only once it is opened, whoever
// runs the engine.
type gate struct {
	t        *testing.T
	from, to string
}

// gated puts a gate before the first server of an address, and gives the address with it.
func gated(t *testing.T, address string) (gate, string) {
	t.Helper()
	free, err := freeport.Addresses(1)
	if err != nil {
		t.Fatal(err)
	}
	from := free[0] // refused until it is opened
	scheme, hosts := "", address
	if before, after, ok := strings.Cut(address, "://"); ok {
		scheme, hosts = before+"://", after
	}
	end := strings.IndexAny(hosts, ",/?")
	if end < 0 {
		end = len(hosts)
	}
	to := hosts[:end]
	accounts := ""
	if at := strings.LastIndexByte(to, '@'); at >= 0 {
		accounts, to = to[:at+1], to[at+1:]
	}
	rest := hosts[end:]
	if strings.HasPrefix(rest, ",") { // only the gate leads to the engine
		rest = rest[strings.IndexAny(rest+"/", "/?"):]
	}
	return gate{t, from, to}, scheme + accounts + from + rest
}

func (g gate) open() {
	g.t.Helper()
	l, err := net.Listen("tcp", g.from)
	if err != nil {
		g.t.Fatal(err)
	}
	g.t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			in, err := l.Accept()
			if err != nil {
				return
			}
			out, err := net.Dial("tcp", g.to)
			if err != nil {
				_ = in.Close()
				continue
			}
			pass := func(to, from net.Conn) { _, _ = io.Copy(to, from); _ = to.Close(); _ = from.Close() }
			go pass(in, out)
			go pass(out, in)
		}
	}()
}

// gatedEngines are the engines behind gates that are shut.
func gatedEngines(t *testing.T) (map[string]gate, programtest.Engines) {
	t.Helper()
	gates, e := map[string]gate{}, programtest.Engines{}
	gates["store"], e.Store = gated(t, engines.Store)
	gates["kafka"], e.Kafka = gated(t, engines.Kafka)
	gates["temporal"], e.Temporal = gated(t, engines.Temporal)
	return gates, e
}
