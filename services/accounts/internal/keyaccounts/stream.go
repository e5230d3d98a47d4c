package keyaccounts

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Stream says how the event streams of spaces behave.
type Stream struct {
	Heartbeat time.Duration // a comment this often, so that proxies keep the line open
	Look      time.Duration // look for what other processes changed this often
	Patience  time.Duration // a reader that takes nothing for so long is cut off
}

var shippedStream = Stream{Heartbeat: 15 * time.Second, Look: 500 * time.Millisecond, Patience: 10 * time.Second}

// overlap is how far back each look begins: what was committed late, under an
// earlier instant, is not passed over.
const overlap = 5 * time.Second

// mostStreams is how many streams of one space may be open at once.
const mostStreams = 50

// hub wakes those who look at a space. It holds nothing itself: streams read from the store.
type hub struct {
	mu        sync.Mutex
	listeners map[string]map[chan struct{}]bool
}

func (h *hub) listen(customerID string) (<-chan struct{}, func(), bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.listeners == nil {
		h.listeners = map[string]map[chan struct{}]bool{}
	}
	if h.listeners[customerID] == nil {
		h.listeners[customerID] = map[chan struct{}]bool{}
	}
	if len(h.listeners[customerID]) >= mostStreams {
		return nil, nil, false
	}
	c := make(chan struct{}, 1)
	h.listeners[customerID][c] = true
	return c, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if delete(h.listeners[customerID], c); len(h.listeners[customerID]) == 0 {
			delete(h.listeners, customerID)
		}
	}, true
}

func (h *hub) tell(customerID string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for c := range h.listeners[customerID] {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// stream sends the items of a space as they change, whole, as server-sent events,
// to the team and to guests alike. Everything is read from the store, so
// nothing is lost between connections: a reader comes back with Last-Event-ID and
// gets what changed since, and possibly the last seconds again; the id tells a
// repeat. allowed is asked again with every look.
func (k *KeyAccounts) stream(c *gin.Context, err error, customerID string, allowed func() bool) {
	if err == nil && !strings.Contains(c.GetHeader("Accept"), "text/event-stream") {
		err = problem.InvalidFields(problem.FieldError("header.Accept", "event_stream", "应为 text/event-stream", "must be text/event-stream"))
	}
	var from instant.Time
	if err == nil {
		from, err = resume(c.GetHeader("Last-Event-ID"), k.Clock())
	}
	if err != nil {
		httpx.Abort(c, err)
		return
	}
	woken, leave, ok := k.hub.listen(customerID)
	if !ok {
		httpx.Abort(c, &problem.Error{Code: problem.TooMany, RetryAfter: 10 * time.Second, Text: lang.T("同时打开的事件流太多", "Too many event streams are open")})
		return
	}
	defer leave()
	r := &reader{k: k, c: c, customer: customerID, line: http.NewResponseController(c.Writer), from: from, sent: map[string]instant.Time{}}
	if c.GetHeader("Last-Event-ID") == "" {
		r.begin = from
	}
	r.run(woken, allowed)
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

// reader is one open connection.
type reader struct {
	k        *KeyAccounts
	c        *gin.Context
	customer string
	line     *http.ResponseController
	from     instant.Time
	begin    instant.Time // a fresh stream tells nothing older
	sent     map[string]instant.Time
}

func (r *reader) run(woken <-chan struct{}, allowed func() bool) {
	h := r.c.Writer.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-cache")
	h.Set("X-Accel-Buffering", "no")
	r.c.Writer.WriteHeader(http.StatusOK)
	if !r.write(": hello\nretry: 2000\n\n") {
		return
	}
	heartbeat, look := time.NewTicker(r.k.Stream.Heartbeat), time.NewTicker(r.k.Stream.Look)
	defer heartbeat.Stop()
	defer look.Stop()
	for allowed() && r.news() {
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

// news sends what was touched since the last look. A store that is away ends the stream: the reader comes back.
func (r *reader) news() bool {
	after := ""
	for {
		page, err := r.k.items.Page(r.c.Request.Context(), store.Query{Index: holdings.Index, Equal: []any{r.customer},
			Range: store.Range{From: r.from.Add(-overlap).String()}, Limit: 100, After: after})
		if err != nil {
			return false
		}
		for _, d := range page.Docs {
			it := d.Body.Item
			if r.sent[it.ID] == it.Touched || it.Touched < r.begin {
				continue
			}
			if !r.tell(it) {
				return false
			}
			r.sent[it.ID] = it.Touched
			r.from = max(r.from, it.Touched)
		}
		if after = page.Next; after == "" {
			break
		}
	}
	for id, at := range r.sent {
		if at < r.from.Add(-2*overlap) {
			delete(r.sent, id)
		}
	}
	return true
}

func (r *reader) tell(it catalogue.CocreationItem) bool {
	it.Customer = r.customer
	data, err := json.Marshal(it)
	if err != nil {
		return false
	}
	return r.write(fmt.Sprintf("id: %d-%s\nevent: item\ndata: %s\n\n", int64(it.Touched), it.ID, data))
}

// write sends text at once; false if the reader is gone or takes nothing.
func (r *reader) write(text string) bool {
	_ = r.line.SetWriteDeadline(time.Now().Add(r.k.Stream.Patience)) // where the server cannot, the write itself fails in time
	if _, err := r.c.Writer.WriteString(text); err != nil {
		return false
	}
	return r.line.Flush() == nil
}
