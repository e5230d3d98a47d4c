package httpapi

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"liuke.dev/services/notifications/internal/access"
	"liuke.dev/services/notifications/internal/app"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Stream says how event streams behave.
type Stream struct {
	Heartbeat time.Duration // a comment this often, so that proxies keep the line open
	Look      time.Duration // look for news this often even if nobody said there is any
	Patience  time.Duration // a reader that takes nothing for so long is cut off
}

// overlap is how far back each look begins: what was committed late, under an
// earlier instant, is not passed over.
const overlap = 5 * time.Second

// events streams what is new for the caller as server-sent events: reminders and
// changes of their tasks. Everything is read from the store, so nothing is lost
// between connections: a reader comes back with Last-Event-ID and gets what came
// since, and possibly the last seconds again; the id tells a repeat.
func (a *API) events(c *gin.Context) {
	ctx := c.Request.Context()
	p, err := httpx.Require(ctx)
	if err == nil {
		err = a.Desk.Guard.MayAtAll(p, access.EventsFollow)
	}
	if err == nil && !strings.Contains(c.GetHeader("Accept"), "text/event-stream") {
		err = problem.InvalidFields(problem.FieldError("header.Accept", "event_stream", "应为 text/event-stream", "must be text/event-stream"))
	}
	var from instant.Time
	if err == nil {
		from, err = resume(c.GetHeader("Last-Event-ID"), a.Desk.Clock())
	}
	if err != nil {
		httpx.Abort(c, err)
		return
	}
	woken, leave, ok := a.Desk.Listen(p.ID)
	if !ok {
		httpx.Abort(c, &problem.Error{Code: problem.TooMany, RetryAfter: 10 * time.Second, Text: lang.T("同时打开的事件流太多", "Too many event streams are open")})
		return
	}
	defer leave()
	s := &stream{api: a, c: c, person: p, line: http.NewResponseController(c.Writer), from: from, sent: map[string]instant.Time{}}
	if c.GetHeader("Last-Event-ID") == "" {
		s.begin = from
	}
	s.run(woken)
}

// resume reads the instant out of the id of the last event that a reader got.
func resume(id string, now instant.Time) (instant.Time, error) {
	if id == "" {
		return now, nil
	}
	ms, _, _ := strings.Cut(id, "-")
	n, err := strconv.ParseInt(ms, 10, 64)
	if err != nil || n < 0 || n > int64(now)+int64(time.Hour/time.Millisecond) {
		return 0, problem.InvalidFields(problem.FieldError("header.Last-Event-ID", "event_id", "不是本事件流的编号", "is not an id of this stream"))
	}
	return instant.Time(n), nil
}

// stream is one open connection. It buffers nothing but the ids of the last seconds.
type stream struct {
	api    *API
	c      *gin.Context
	person auth.Principal
	line   *http.ResponseController
	from   instant.Time
	begin  instant.Time // a fresh stream tells nothing older
	sent   map[string]instant.Time
}

func (s *stream) run(woken <-chan struct{}) {
	h := s.c.Writer.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Accel-Buffering", "no")
	s.c.Writer.WriteHeader(http.StatusOK)
	if !s.write(": hello\nretry: 2000\n\n") {
		return
	}
	heartbeat, look := time.NewTicker(s.api.Stream.Heartbeat), time.NewTicker(s.api.Stream.Look)
	defer heartbeat.Stop()
	defer look.Stop()
	for {
		if !s.news() {
			return
		}
		select {
		case <-s.c.Request.Context().Done():
			return
		case <-woken:
		case <-look.C:
		case <-heartbeat.C:
			if !s.write(": still here\n\n") {
				return
			}
		}
	}
}

// news sends what came since the last look. A store that is away ends the stream:
// the reader comes back.
func (s *stream) news() bool {
	alive := true
	err := s.api.Desk.Since(s.c.Request.Context(), s.person.ID, s.from.Add(-overlap), func(a app.Arrival) bool {
		if _, told := s.sent[a.Key()]; told || a.At < s.begin {
			return true
		}
		if alive = s.tell(a); alive {
			s.sent[a.Key()] = a.At
			s.from = max(s.from, a.At)
		}
		return alive
	})
	for key, at := range s.sent {
		if at < s.from.Add(-2*overlap) {
			delete(s.sent, key)
		}
	}
	return alive && err == nil
}

func (s *stream) tell(a app.Arrival) bool {
	var body any
	if a.Reminder != nil {
		body = entry(*a.Reminder)
	} else {
		seen, err := s.api.task(s.c.Request.Context(), &store.Doc[taskBody]{ID: a.Task.ID, Version: a.Version, Body: *a.Task})
		if err != nil {
			return false // the reader comes again and is told then
		}
		body = seen
	}
	data, err := json.Marshal(body)
	if err != nil {
		return false
	}
	return s.write(fmt.Sprintf("id: %d-%s\nevent: %s\ndata: %s\n\n", int64(a.At), a.Key(), a.Kind, data))
}

// write sends text at once; false if the reader is gone or takes nothing.
func (s *stream) write(text string) bool {
	_ = s.line.SetWriteDeadline(time.Now().Add(s.api.Stream.Patience)) // where the server cannot, the write itself fails in time
	if _, err := s.c.Writer.WriteString(text); err != nil {
		return false
	}
	return s.line.Flush() == nil
}
