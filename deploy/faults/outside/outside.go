// Package outside is what a program under trial reaches out to: a mail server and
// a webhook's receiver that count what comes, each thing by its own name.
package outside

import (
	"bufio"
	"io"
	"maps"
	"net"
	"net/http"
	"net/textproto"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Count is how often each delivery came.
type Count struct {
	mu   sync.Mutex
	came map[string]int
}

func (c *Count) add(id string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.came == nil {
		c.came = map[string]int{}
	}
	c.came[id]++
}

// Came gives how often each delivery came.
func (c *Count) Came() map[string]int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return maps.Clone(c.came)
}

// Repeated counts what came more than once, each time beyond the first.
func (c *Count) Repeated() int {
	n := 0
	for _, times := range c.Came() {
		n += times - 1
	}
	return n
}

// Mailbox is an SMTP server that takes everything.
type Mailbox struct {
	Count
	server *smtp.Server
	l      net.Listener
}

const patience = 30 * time.Second

// OpenMailbox listens on a free port of this machine.
func OpenMailbox() (*Mailbox, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	m := &Mailbox{l: l}
	m.server = smtp.NewServer(m)
	m.server.Domain, m.server.ReadTimeout, m.server.WriteTimeout = "test", patience, patience
	m.server.ErrorLog = quiet{}
	go func() { _ = m.server.Serve(l) }() // ends with Close
	return m, nil
}

// quiet drops what the server says about connections that a trial has cut.
type quiet struct{}

func (quiet) Printf(string, ...any) {}
func (quiet) Println(...any)        {}

// Address is where the server listens.
func (m *Mailbox) Address() string { return m.l.Addr().String() }

// Close ends the server.
func (m *Mailbox) Close() error { return m.server.Close() }

// NewSession takes a connection.
func (m *Mailbox) NewSession(*smtp.Conn) (smtp.Session, error) { return session{m}, nil }

type session struct{ to *Mailbox }

func (session) Mail(string, *smtp.MailOptions) error { return nil }
func (session) Rcpt(string, *smtp.RcptOptions) error { return nil }
func (session) Reset()                               {}
func (session) Logout() error                        { return nil }

// Data takes a mail; it has come once it was read to its end.
func (s session) Data(r io.Reader) error {
	text := bufio.NewReader(r)
	header, err := textproto.NewReader(text).ReadMIMEHeader()
	if err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, text); err != nil {
		return err
	}
	s.to.add(header.Get("X-Liuke-Delivery"))
	return nil
}

// Receiver takes webhooks.
type Receiver struct {
	Count
	server *http.Server
	l      net.Listener
}

// OpenReceiver listens on a free port of this machine.
func OpenReceiver() (*Receiver, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	h := &Receiver{l: l}
	h.server = &http.Server{ReadHeaderTimeout: patience, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			return // cut off in the middle: it has not come
		}
		h.add(r.Header.Get("Idempotency-Key"))
		w.WriteHeader(http.StatusNoContent)
	})}
	go func() { _ = h.server.Serve(l) }() // ends with Close
	return h, nil
}

// Address is where the receiver listens.
func (r *Receiver) Address() string { return r.l.Addr().String() }

// Close ends the receiver.
func (r *Receiver) Close() error { return r.server.Close() }
