//go:build engines

package mongo_test

import (
	"bytes"
	"encoding/binary"
	"io"
	"net"
	"net/url"
	"sync/atomic"
	"testing"
)

// line is a connection to the server that can be cut at every n-th write:
// before it reaches the server, or after it was carried out and before the answer.
type line struct {
	uri    string
	every  atomic.Int64
	writes atomic.Int64
	cuts   atomic.Int64
}

func newLine(t *testing.T) *line {
	t.Helper()
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	// One server, named directly: a replica set would tell its own addresses.
	x := &line{uri: "mongodb://" + l.Addr().String() + "/?directConnection=true&retryWrites=false"}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go x.carry(c, u.Host)
		}
	}()
	return x
}

func (x *line) carry(client net.Conn, host string) {
	defer func() { _ = client.Close() }()
	s, err := net.Dial("tcp", host)
	if err != nil {
		return
	}
	defer func() { _ = s.Close() }()
	for {
		request, err := message(client)
		if err != nil {
			return
		}
		cut := int64(0)
		if every := x.every.Load(); every > 0 && isWrite(request) && x.writes.Add(1)%every == 0 {
			cut = x.cuts.Add(1)
		}
		if cut%2 == 1 {
			return // never reached the server
		}
		if _, err := s.Write(request); err != nil {
			return
		}
		answer, err := message(s)
		if err != nil || cut > 0 {
			return // carried out, and nobody hears of it
		}
		if _, err := client.Write(answer); err != nil {
			return
		}
	}
}

func message(r io.Reader) ([]byte, error) {
	var length [4]byte
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, err
	}
	m := make([]byte, binary.LittleEndian.Uint32(length[:]))
	copy(m, length[:])
	_, err := io.ReadFull(r, m[4:])
	return m, err
}

func isWrite(m []byte) bool {
	const body = 25 // of a message's first section, at its first element
	return len(m) > body && (bytes.HasPrefix(m[body:], []byte("\x02update\x00")) || bytes.HasPrefix(m[body:], []byte("\x02insert\x00")))
}
