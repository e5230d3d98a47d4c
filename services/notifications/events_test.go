package notifications_test

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
	"liuke.dev/shared/config"
	"liuke.dev/shared/instant"
)

// follow reads a person's event stream until stop.
func (o *office) follow(ctx context.Context, who, last string, into func(id, event, data string)) {
	req, err := http.NewRequestWithContext(ctx, "GET", o.server.URL+"/v1/events", nil)
	if err != nil {
		o.t.Error(err)
		return
	}
	req.Header.Set("Authorization", "Bearer "+who)
	req.Header.Set("Accept", "text/event-stream")
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		return // stopped
	}
	defer func() { _ = resp.Body.Close() }()
	var id, event, data string
	for lines := bufio.NewScanner(resp.Body); lines.Scan(); {
		switch name, value, _ := strings.Cut(lines.Text(), ": "); name {
		case "id":
			id = value
		case "event":
			event = value
		case "data":
			data = value
		case "":
			if id != "" && data != "" {
				into(id, event, data)
				data = ""
			}
		}
	}
}

// Nothing is lost on an event stream, however often it breaks, and nobody sees what
// is somebody else's.
func TestEventStream(t *testing.T) {
	o := start(t, config.Config{})
	var mu sync.Mutex
	got := map[string]int{}
	last := ""
	into := func(id, event, data string) {
		mu.Lock()
		defer mu.Unlock()
		last = id
		var body struct{ ID string }
		_ = json.Unmarshal([]byte(data), &body)
		got[event+" "+body.ID]++
	}
	ctx, stop := context.WithCancel(t.Context())
	go o.follow(ctx, "wang", "", into)
	time.Sleep(50 * time.Millisecond)
	o.remind("r0", "remind", "wang")
	o.remind("other", "remind", "zhao")
	o.open("t0", catalogue.TaskNextTouch, "lead/l1", "wang", instant.Now().Add(time.Hour))
	o.eventually("the first two", func() bool { mu.Lock(); defer mu.Unlock(); return got["reminder r0"] == 1 && got["task t0"] == 1 })
	stop()
	for i := 1; i <= 450; i++ { // more than two pages while nobody listens
		o.remind(fmt.Sprintf("r%d", i), "remind", "wang")
	}
	mu.Lock()
	from := last
	mu.Unlock()
	ctx, stop = context.WithCancel(t.Context())
	defer stop()
	go o.follow(ctx, "wang", from, into)
	o.eventually("all of them", func() bool {
		mu.Lock()
		defer mu.Unlock()
		for i := range 451 {
			if got[fmt.Sprintf("reminder r%d", i)] == 0 {
				return false
			}
		}
		return true
	})
	mu.Lock()
	if got["reminder other"] != 0 || got["reminder r400"] != 1 {
		t.Errorf("other %d, r400 %d", got["reminder other"], got["reminder r400"])
	}
	mu.Unlock()
	for _, c := range []struct {
		who, accept, last string
		want              int
	}{{"", "text/event-stream", "", 401}, {"wang", "application/json", "", 422}, {"wang", "text/event-stream", "abc", 422}, {"journeys", "text/event-stream", "", 403}} {
		if status, _ := o.call(c.who, "GET", "/v1/events", nil, nil, "Accept", c.accept, "Last-Event-ID", c.last); status != c.want {
			t.Errorf("%+v: %d", c, status)
		}
	}
}
