package notifications_test

import (
	"bufio"
	"fmt"
	"io"
	"mime"
	"net"
	"net/mail"
	"strings"
	"sync"
	"testing"

	"mime/quotedprintable"
)

// letter is a mail that the server took.
type letter struct {
	To, Subject, MessageID, Body string
}

// postOffice is an SMTP server that takes mail, or answers what it is told to.
type postOffice struct {
	port int
	mu   sync.Mutex
	got  []letter
	deny []string // answers to RCPT, one per attempt; empty: taken
}

func (p *postOffice) letters() []letter {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]letter(nil), p.got...)
}

func (p *postOffice) next() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if len(p.deny) == 0 {
		return ""
	}
	first := p.deny[0]
	p.deny = p.deny[1:]
	return first
}

func openPostOffice(t *testing.T, deny ...string) *postOffice {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	p := &postOffice{port: l.Addr().(*net.TCPAddr).Port, deny: deny}
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go p.serve(c)
		}
	}()
	return p
}

func (p *postOffice) serve(c net.Conn) {
	defer func() { _ = c.Close() }()
	in := bufio.NewReader(c)
	say := func(s string) { _, _ = fmt.Fprint(c, s+"\r\n") }
	say("220 test ready")
	var to string
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return
		}
		switch word := strings.ToUpper(strings.Fields(line + " x")[0]); word {
		case "EHLO", "HELO":
			say("250 test")
		case "RCPT":
			if answer := p.next(); answer != "" {
				say(answer)
				continue
			}
			to = strings.Trim(strings.TrimSpace(line[strings.Index(line, ":")+1:]), "<>")
			say("250 ok")
		case "DATA":
			say("354 go on")
			var text strings.Builder
			for {
				l, err := in.ReadString('\n')
				if err != nil {
					return
				}
				if strings.TrimSpace(l) == "." {
					break
				}
				text.WriteString(l)
			}
			p.keep(to, text.String())
			say("250 taken")
		case "QUIT":
			say("221 bye")
			return
		default:
			say("250 ok")
		}
	}
}

func (p *postOffice) keep(to, text string) {
	m, err := mail.ReadMessage(strings.NewReader(text))
	if err != nil {
		return
	}
	subject, _ := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	body, _ := io.ReadAll(quotedprintable.NewReader(m.Body))
	p.mu.Lock()
	defer p.mu.Unlock()
	p.got = append(p.got, letter{to, subject, m.Header.Get("Message-ID"), string(body)})
}
