package link

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

// Each fault does what it says, and mending undoes it: a table whose faults do
// nothing would prove nothing.
func TestALinkIsSlowedCutLeftWithoutAnswerAndMended(t *testing.T) {
	var served atomic.Int64
	upstream := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		served.Add(1)
		_, _ = io.WriteString(w, "answer")
	}))
	defer upstream.Close()
	links := New()
	defer func() { _ = links.Close() }()
	l, err := links.Open("test", "127.0.0.1:0", strings.TrimPrefix(upstream.URL, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	address := l.Address()
	ask := func() (time.Duration, error) {
		// A connection each, so that none is left from before.
		c := http.Client{Timeout: time.Second, Transport: &http.Transport{DisableKeepAlives: true}}
		begin := time.Now()
		r, err := c.Get("http://" + l.Address()) //nolint:noctx // it has a timeout
		if err == nil {
			_, err = io.ReadAll(r.Body)
			_ = r.Body.Close()
		}
		return time.Since(begin), err
	}
	const slow = 100 * time.Millisecond
	for _, c := range []struct {
		name          string
		do            func() error
		fails, served bool
		least, most   time.Duration
	}{
		{"as it is", func() error { return nil }, false, true, 0, slow},
		{"slow", func() error { return l.Slow(slow) }, false, true, 2 * slow, time.Second},
		{"cut", l.Cut, true, false, 0, slow},
		{"hanging", l.Hang, true, false, time.Second, 2 * time.Second},
		{"losing answers", l.LoseAnswers, true, true, 0, slow},
	} {
		before := served.Load()
		if err := c.do(); err != nil {
			t.Fatal(err)
		}
		took, err := ask()
		if (err != nil) != c.fails || took < c.least || took > c.most || (served.Load() > before) != c.served {
			t.Errorf("%s: %v after %s, served %d", c.name, err, took, served.Load()-before)
		}
		if err := l.Mend(); err != nil || l.Address() != address {
			t.Fatalf("%s: mending: %v, at %s", c.name, err, l.Address())
		}
		if took, err := ask(); err != nil || took > slow {
			t.Errorf("%s: mended, it still gives %v after %s", c.name, err, took)
		}
	}
}
