//go:build engines

package e2e

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/programtest"
)

// listener follows a person's event stream as a browser does: whenever it ends, it
// comes back with the id of the last event.
type listener struct {
	o      *programtest.Office
	person string
	begun  time.Time

	mu     sync.Mutex
	told   map[string]bool // ids of reminders
	last   string
	opened int
}

func listen(ctx context.Context, o *programtest.Office, person string) *listener {
	l := &listener{o: o, person: person, begun: time.Now(), told: map[string]bool{}}
	l.last = fmt.Sprintf("%d-begin", l.begun.UnixMilli())
	go func() {
		for ctx.Err() == nil {
			l.once(ctx)
			select {
			case <-ctx.Done():
			case <-time.After(200 * time.Millisecond):
			}
		}
	}()
	return l
}

func (l *listener) once(ctx context.Context) {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, l.o.URL()+"/v1/events", nil)
	if err != nil {
		return
	}
	r.Header.Set("Authorization", "Bearer "+l.o.As(l.person).Token)
	r.Header.Set("Accept", "text/event-stream")
	l.mu.Lock()
	r.Header.Set("Last-Event-ID", l.last)
	l.mu.Unlock()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return
	}
	defer answer.Body.Close() //nolint:errcheck // it ends
	if answer.StatusCode != http.StatusOK {
		return
	}
	l.mu.Lock()
	l.opened++
	l.mu.Unlock()
	lines, id, kind := bufio.NewScanner(answer.Body), "", ""
	lines.Buffer(nil, 1<<20)
	for lines.Scan() {
		field, value, _ := strings.Cut(lines.Text(), ": ")
		switch field {
		case "id":
			id = value
		case "event":
			kind = value
		case "data":
			l.take(id, kind, value)
		}
	}
}

func (l *listener) take(id, kind, data string) {
	var one struct {
		ID string `json:"id"`
	}
	_ = json.Unmarshal([]byte(data), &one) // what is no JSON names nothing, and is missed below
	l.mu.Lock()
	defer l.mu.Unlock()
	l.last = id
	if kind == "reminder" {
		l.told[one.ID] = true
	}
}

// check wants every reminder in the person's list to have been told, soon.
func (l *listener) check(ctx context.Context, t *testing.T) {
	t.Helper()
	all, err := programtest.All[catalogue.Reminder](ctx, l.o.As(l.person), "/v1/reminders")
	if err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(20 * time.Second); ; rest(ctx, t, 200*time.Millisecond) {
		var missed []string
		l.mu.Lock()
		for _, one := range all {
			if !l.told[one.ID] {
				missed = append(missed, one.ID)
			}
		}
		opened := l.opened
		l.mu.Unlock()
		if len(missed) == 0 {
			t.Logf("%d reminders came by the event stream, which was opened %d times", len(all), opened)
			return
		}
		if time.Now().After(end) {
			report(t, fmt.Sprintf("reminders of %d that no event told of (the stream was opened %d times)", len(all), opened), missed)
			return
		}
	}
}
