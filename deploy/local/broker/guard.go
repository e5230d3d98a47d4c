package broker

import (
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"sync"

	"github.com/twmb/franz-go/pkg/kmsg"
	"liuke.dev/deploy/local/port"
)

// maxRequest is Kafka's own default for socket.request.max.bytes.
const maxRequest = 100 << 20

// gate is a listener that lets nobody in before it is opened, that can tell
// clients another address than its own, and whose connections carry Kafka
// requests only.
type gate struct {
	net.Listener
	advertised net.Addr
	opened     chan struct{}
	closed     chan struct{}
	opening    sync.Once
	closing    sync.Once
}

// advertisedAddress is what the broker's metadata tells clients to connect to.
type advertisedAddress string

func (advertisedAddress) Network() string  { return "tcp" }
func (a advertisedAddress) String() string { return string(a) }

func listen(address, advertised string) (*gate, error) {
	inner, err := port.Listen(address, "the broker", Flag)
	if err != nil {
		return nil, err
	}
	g := &gate{Listener: inner, advertised: inner.Addr(), opened: make(chan struct{}), closed: make(chan struct{})}
	if advertised != "" {
		g.advertised = advertisedAddress(advertised)
	} else if tcp, ok := inner.Addr().(*net.TCPAddr); ok && tcp.IP.IsUnspecified() {
		// Nobody can connect to 0.0.0.0; without more knowledge it is this machine.
		g.advertised = &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: tcp.Port}
	}
	return g, nil
}

func (g *gate) open() { g.opening.Do(func() { close(g.opened) }) }

// Addr is the advertised address.
func (g *gate) Addr() net.Addr { return g.advertised }

// Accept waits for the gate to open.
func (g *gate) Accept() (net.Conn, error) {
	select {
	case <-g.opened:
	case <-g.closed:
		return nil, net.ErrClosed
	}
	conn, err := g.Listener.Accept()
	if err != nil {
		return nil, err
	}
	return &requests{Conn: conn}, nil
}

// Close may be called more than once.
func (g *gate) Close() (err error) {
	g.closing.Do(func() {
		close(g.closed)
		err = g.Listener.Close()
	})
	return err
}

// requests is a connection that ends at the first bytes that cannot be a Kafka
// request. The broker behind it believes the length it reads, and an unknown
// request would end the whole process: a browser or a port scanner must not.
type requests struct {
	net.Conn
	start  [8]byte // length, request key, version
	unread []byte  // of start
	left   int     // of the request after start
}

func (r *requests) Read(p []byte) (int, error) {
	if len(r.unread) == 0 && r.left == 0 {
		if err := r.next(); err != nil {
			return 0, err
		}
	}
	if len(r.unread) > 0 {
		n := copy(p, r.unread)
		r.unread = r.unread[n:]
		return n, nil
	}
	n, err := r.Conn.Read(p[:min(len(p), r.left)])
	r.left -= n
	return n, err
}

func (r *requests) next() error {
	if _, err := io.ReadFull(r.Conn, r.start[:]); err != nil {
		return err
	}
	length := binary.BigEndian.Uint32(r.start[:4])
	key := int16(binary.BigEndian.Uint16(r.start[4:6]))
	if length < 8 || length > maxRequest || kmsg.RequestForKey(key) == nil {
		return fmt.Errorf("not a Kafka request: length %d, key %d", length, key)
	}
	r.unread, r.left = r.start[:], int(length)-4
	return nil
}
