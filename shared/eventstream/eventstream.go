// Package eventstream serves server-sent events to people who look at something
// while it changes. Everything is read from the store, so nothing is lost between
// connections: a reader comes back with Last-Event-ID and gets what changed since,
// and possibly the last seconds again; the id tells a repeat.
package eventstream

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
)

// Manner says how streams behave.
type Manner struct {
	Heartbeat time.Duration // a comment this often, so that proxies keep the line open
	Look      time.Duration // look for news this often even if nobody said there is any: other processes commit too
	Patience  time.Duration // a reader that takes nothing for so long is cut off
}

// overlap is how far back each look begins: what was committed late, under an
// earlier instant, is not passed over.
const overlap = 5 * time.Second

// Event is something new. Its key at its instant is what a repeat is known by.
type Event struct {
	Key  string
	At   instant.Time
	Kind string
	Data any // a JSON value
}

// Source is what a stream reads.
type Source struct {
	// Since yields what came or changed from an instant on, each with its last
	// change; it stops when yield answers false. An error ends the stream: the reader
	// comes back.
	Since func(ctx context.Context, from instant.Time, yield func(Event) bool) error
	// Allowed is asked again with every look; nil: always.
	Allowed func() bool
}

// Serve answers a request with a stream of what a hub tells a key of, until the
// reader goes. err is what was wrong with the request before; it is the answer then.
func Serve(c *gin.Context, err error, m Manner, now instant.Time, hub *Hub, key string, s Source) {
	if err == nil && !strings.Contains(c.GetHeader("Accept"), "text/event-stream") {
		err = problem.InvalidFields(problem.FieldError("header.Accept", "event_stream", "应为 text/event-stream", "must be text/event-stream"))
	}
	last := c.GetHeader("Last-Event-ID")
	from := now
	if err == nil && last != "" {
		from, err = resume(last, now)
	}
	if err != nil {
		httpx.Abort(c, err)
		return
	}
	woken, leave, ok := hub.listen(key)
	if !ok {
		httpx.Abort(c, &problem.Error{Code: problem.TooMany, RetryAfter: 10 * time.Second, Text: lang.T("同时打开的事件流太多", "Too many event streams are open")})
		return
	}
	defer leave()
	r := &reader{Source: s, manner: m, c: c, line: http.NewResponseController(c.Writer), from: from, sent: map[string]instant.Time{}}
	if last == "" {
		r.begin = from
	}
	r.run(woken)
}

// resume reads the instant out of the id of the last event that a reader got.
func resume(id string, now instant.Time) (instant.Time, error) {
	ms, _, _ := strings.Cut(id, "-")
	n, err := strconv.ParseInt(ms, 10, 64)
	if err != nil || n < 0 || n > int64(now)+int64(time.Hour/time.Millisecond) {
		return 0, problem.InvalidFields(problem.FieldError("header.Last-Event-ID", "event_id", "不是本事件流的编号", "is not an id of this stream"))
	}
	return instant.Time(n), nil
}

// reader is one open connection. It keeps nothing but the keys of the last seconds.
type reader struct {
	Source
	manner Manner
	c      *gin.Context
	line   *http.ResponseController
	from   instant.Time
	begin  instant.Time // a fresh stream tells nothing older
	sent   map[string]instant.Time
}

func (r *reader) run(woken <-chan struct{}) {
	h := r.c.Writer.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Accel-Buffering", "no")
	r.c.Writer.WriteHeader(http.StatusOK)
	if !r.write(": hello\nretry: 2000\n\n") {
		return
	}
	heartbeat, look := time.NewTicker(r.manner.Heartbeat), time.NewTicker(r.manner.Look)
	defer heartbeat.Stop()
	defer look.Stop()
	for (r.Allowed == nil || r.Allowed()) && r.news() {
		select {
		case <-r.c.Request.Context().Done():
			return
		case <-woken:
		case <-look.C:
		case <-heartbeat.C:
			if !r.write(": still here\n\n") {
				return
			}
		}
	}
}

// news sends what came since the last look; false if the stream is over.
func (r *reader) news() bool {
	alive := true
	err := r.Since(r.c.Request.Context(), r.from.Add(-overlap), func(e Event) bool {
		if r.sent[e.Key] == e.At || e.At < r.begin {
			return true
		}
		if alive = r.tell(e); alive {
			r.sent[e.Key] = e.At
			r.from = max(r.from, e.At)
		}
		return alive
	})
	for key, at := range r.sent {
		if at < r.from.Add(-2*overlap) {
			delete(r.sent, key)
		}
	}
	return alive && err == nil
}

func (r *reader) tell(e Event) bool {
	data, err := json.Marshal(e.Data)
	if err != nil {
		return false
	}
	return r.write(fmt.Sprintf("id: %d-%s\nevent: %s\ndata: %s\n\n", int64(e.At), e.Key, e.Kind, data))
}

// write sends text at once; false if the reader is gone or takes nothing.
func (r *reader) write(text string) bool {
	_ = r.line.SetWriteDeadline(time.Now().Add(r.manner.Patience)) // where the server cannot, the write itself fails in time
	if _, err := r.c.Writer.WriteString(text); err != nil {
		return false
	}
	return r.line.Flush() == nil
}
