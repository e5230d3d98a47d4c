package e2e

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"hash/crc32"
	"io"
	"math/rand/v2"
	"net/http"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/programtest"
)

// hostileSeed makes every run the same.
const hostileSeed = 20260301

// attacksEach is how many random attacks every operation gets from every caller,
// besides those that it gets always.
const attacksEach = 30

// caller is somebody with a token, or without.
type caller struct {
	name, token string
	nobody      bool
}

func callers(t *testing.T, o *programtest.Office) []caller {
	t.Helper()
	key, err := auth.LoadKey(o.KeyFile())
	if err != nil {
		t.Fatal(err)
	}
	issue := func(p auth.Principal, valid time.Duration) string {
		token, err := key.Issue(p, valid)
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	seller := issue(auth.Principal{ID: o.Sellers[0]}, time.Hour)
	stranger, err := auth.LoadOrCreateKey(filepath.Join(t.TempDir(), "key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	forged, err := stranger.Issue(auth.Principal{ID: o.Administrator}, time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	return []caller{
		{"nobody", "", true}, {"garbage token", "gar.ba.ge\xff", true}, {"forged token", forged, true}, {"cut token", seller[:len(seller)-9], true},
		{"expired token", issue(auth.Principal{ID: o.Administrator}, -time.Hour), true}, {"token of a stranger", issue(auth.Principal{ID: "nobody-here"}, time.Hour), true},
		{"salesperson", seller, false}, {"administrator", issue(auth.Principal{ID: o.Administrator}, time.Hour), false}, {"management", issue(auth.Principal{ID: o.Boss}, time.Hour), false},
		{"process", issue(auth.Principal{ID: "journeys", Roles: []auth.Role{auth.System}}, time.Hour), false},
	}
}

// Whatever is sent to any operation, by whomever: an answer that says in both
// languages what was wrong, nothing half written, and a program that goes on.
func TestHostileInputIsRefusedAndLeavesNothingBehind(t *testing.T) {
	ctx := bounded(t, 3*time.Minute)
	o := open(ctx, t)
	w := newWalker(t, o, describe(ctx, t, o.URL()))
	w.walk(ctx, t, aDay())
	w.linked(ctx, t)
	w.walk(ctx, t, later())
	w.ids["people"] = w.ids["third"]
	a := &attacker{told: w.told, url: o.URL(), ids: w.ids, rand: rand.New(rand.NewPCG(hostileSeed, 0))} //nolint:gosec // the same every time
	stream := follow(t, o.Follow(ctx))
	before := settled(ctx, t, o, stream)

	var must, may []attack
	for _, c := range callers(t, o) {
		for _, op := range a.told.operations {
			for _, x := range a.attacks(op, c) {
				if x.must {
					must = append(must, x)
				} else {
					may = append(may, x)
				}
			}
		}
	}
	send(ctx, t, a.told, must)
	if after := settled(ctx, t, o, stream); after.differs(before) {
		t.Errorf("requests that were all refused changed something:\nbefore %+v\nafter  %+v", before, after)
	}
	senseless(t, w, func(method, path string, body any) (int, object) {
		text, err := json.Marshal(body)
		if err != nil {
			t.Fatal(err)
		}
		return ask(ctx, t, o, method, path, "application/json", w.fill(string(text)))
	})
	if after := settled(ctx, t, o, stream); after.differs(before) {
		t.Errorf("senseless requests that were all refused changed something:\nbefore %+v\nafter  %+v", before, after)
	}
	send(ctx, t, a.told, may)
	hostileFiles(ctx, t, o)
	repeatKeys(ctx, t, a, o)
	outsideTheDocument(ctx, t, o)
	survived(ctx, t, o)
}

// settled waits until facts stop coming and gives what there is of everything.
func settled(ctx context.Context, t *testing.T, o *programtest.Office, s *programtest.Stream) state {
	t.Helper()
	for s.Quiet() < 1500*time.Millisecond {
		rest(ctx, t, 100*time.Millisecond)
	}
	var out, moving strings.Builder
	now := state{}
	for _, f := range s.Facts() {
		if now.facts++; f.Source == "liuke/journeys" {
			now.decided++
		}
	}
	for _, c := range []struct{ who, path string }{
		{o.Boss, "/v1/leads"}, {o.Boss, "/v1/deals"}, {o.Boss, "/v1/customers"}, {o.Boss, "/v1/tasks?scope=team"}, {o.Boss, "/v1/transfers"}, {o.Boss, "/v1/pool"}, {o.Boss, "/v1/imports"},
		{o.Administrator, "/v1/people"}, {o.Administrator, "/v1/teams"}, {o.Administrator, "/v1/policy/drafts"}, {o.Administrator, "/v1/policy/versions"},
		{o.Administrator, "/v1/forms"}, {o.Administrator, "/v1/webhooks"},
	} {
		text, n, err := list(ctx, o.As(c.who), c.path)
		if err != nil {
			t.Fatal(err)
		}
		into := &out
		if strings.HasPrefix(c.path, "/v1/tasks") {
			into = &moving
		}
		fmt.Fprintf(into, ", %s %d (%x)", c.path, n, sum(text))
	}
	now.lists, now.tasks = out.String(), moving.String()
	return now
}

// state is what people see, and how much has been told of.
type state struct {
	facts, decided int // decided are those of them that journeys recorded
	lists, tasks   string
}

// differs tells whether something changed. A promise of the walk that came due
// meanwhile brings facts and a task, which say nothing of the requests then.
func (s state) differs(before state) bool {
	if s.decided != before.decided {
		return s.lists != before.lists
	}
	return s != before
}

func sum(text string) uint32 { return crc32.ChecksumIEEE([]byte(text)) }

func list(ctx context.Context, c *programtest.Client, path string) (string, int, error) {
	if strings.HasSuffix(path, "/webhooks") { // not in pages
		var page programtest.Page[json.RawMessage]
		err := c.Get(ctx, path, &page)
		return fmt.Sprintf("%s", page.Items), len(page.Items), err
	}
	items, err := programtest.All[object](ctx, c, path)
	for _, item := range items { // what goes on with the clock
		delete(item, "dwell_ms")
		delete(item, "standing")
	}
	return fmt.Sprint(items), len(items), err
}

// send sends all attacks, eight at a time, and looks at every answer.
func send(ctx context.Context, t *testing.T, told *describedInterface, all []attack) {
	t.Helper()
	begin, statuses, bad := time.Now(), map[int]int{}, 0
	var mu sync.Mutex
	work := make(chan attack)
	var senders sync.WaitGroup
	for range 8 {
		senders.Go(func() {
			for x := range work {
				status, err := x.send(ctx, told)
				mu.Lock()
				statuses[status]++
				if err != nil {
					if bad++; bad <= 60 {
						t.Errorf("%s: %s %.300s\n  body %.300q\n  %v", x.name, x.request.Method, x.request.URL, x.body, err)
					}
				}
				mu.Unlock()
			}
		})
	}
	for _, x := range all {
		work <- x
	}
	close(work)
	senders.Wait()
	t.Logf("%d hostile requests in %s: %v; %d with a wrong answer", len(all), time.Since(begin).Round(time.Millisecond), statuses, bad)
}

var hostileClient = &http.Client{Timeout: 20 * time.Second, Transport: &http.Transport{MaxIdleConnsPerHost: 16},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}

func (x attack) send(ctx context.Context, told *describedInterface) (int, error) {
	r := x.request.Clone(ctx)
	if x.body != nil {
		r.Body, r.ContentLength = io.NopCloser(bytes.NewReader(x.body)), int64(len(x.body))
	}
	answer, err := hostileClient.Do(r)
	if err != nil {
		return 0, err
	}
	defer answer.Body.Close() //nolint:errcheck // it is read
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		return answer.StatusCode, err
	}
	if x.must && answer.StatusCode < 400 {
		return answer.StatusCode, fmt.Errorf("was not refused: %d %.300s", answer.StatusCode, text)
	}
	// Shown to people without a program; who sends what no browser does gets a program's answer.
	if strings.HasSuffix(r.URL.Path, "/page") && answer.StatusCode < 500 && answer.Header.Get("Content-Type") != "application/problem+json" {
		return answer.StatusCode, page(answer, text)
	}
	if err := judge(answer, text); err != nil || answer.StatusCode == http.StatusNotFound && x.operation.content != "application/json" {
		return answer.StatusCode, err
	}
	return answer.StatusCode, told.check(x.operation, answer.StatusCode, answer.Header.Get("Content-Type"), text)
}

// page says what is wrong with an answer that a browser shows.
func page(answer *http.Response, text []byte) error {
	if !strings.HasPrefix(answer.Header.Get("Content-Type"), "text/html") || !bytes.HasPrefix(text, []byte("<!doctype html>")) || !bytes.Contains(text, []byte("lang=")) {
		return fmt.Errorf("%d is no page: %s %.300q", answer.StatusCode, answer.Header.Get("Content-Type"), text)
	}
	return nil
}

// judge says what is wrong with an answer.
func judge(answer *http.Response, text []byte) error {
	status := answer.StatusCode
	if status < 300 {
		return nil
	}
	if status == http.StatusServiceUnavailable && answer.Header.Get("Retry-After") != "" {
		return nil
	}
	if status < 400 || status >= 500 {
		return fmt.Errorf("%d %.500s", status, text)
	}
	var p struct {
		Status int    `json:"status"`
		Code   string `json:"code"`
		Text   struct {
			Zh string `json:"zh"`
			En string `json:"en"`
		} `json:"text"`
		Errors []struct {
			Field string `json:"field"`
			Text  struct {
				Zh string `json:"zh"`
				En string `json:"en"`
			} `json:"text"`
		} `json:"errors"`
	}
	if err := json.Unmarshal(text, &p); err != nil {
		return fmt.Errorf("%d is no JSON: %w: %.300q", status, err, text)
	}
	if answer.Header.Get("Content-Type") != "application/problem+json" || p.Status != status || p.Code == "" || !chinese(p.Text.Zh) || p.Text.En == "" {
		return fmt.Errorf("%d is no problem in both languages: %s %.300s", status, answer.Header.Get("Content-Type"), text)
	}
	for _, e := range p.Errors {
		if !chinese(e.Text.Zh) || e.Text.En == "" {
			return fmt.Errorf("%d says of %s not in both languages what is wrong: %.300s", status, e.Field, text)
		}
	}
	return nil
}

// chinese tells whether a text holds Chinese characters.
func chinese(text string) bool {
	return strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// repeatKeys sends every command twice under one key, and then another body.
func repeatKeys(ctx context.Context, t *testing.T, a *attacker, o *programtest.Office) {
	t.Helper()
	for n, op := range a.told.operations {
		if op.method == http.MethodGet || op.public {
			continue
		}
		who := o.Boss
		if n%2 == 0 {
			who = o.Administrator
		}
		body, _ := json.Marshal(a.valid(op.body, "", 0))
		once := func(body []byte) (int, string, string) {
			r, err := http.NewRequestWithContext(ctx, op.method, a.address(op, "", "", "").String(), bytes.NewReader(body))
			if err != nil {
				t.Fatal(err)
			}
			r.Header.Set("Authorization", "Bearer "+o.As(who).Token)
			r.Header.Set("Content-Type", op.content)
			r.Header.Set("Idempotency-Key", "repeated-"+strconv.Itoa(n))
			answer, err := hostileClient.Do(r)
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close() //nolint:errcheck // it is read
			text, err := io.ReadAll(answer.Body)
			if err != nil {
				t.Fatal(err)
			}
			if err := judge(answer, text); err != nil {
				t.Errorf("%s: %v", op.id, err)
			}
			return answer.StatusCode, string(text), answer.Header.Get("Idempotent-Replayed")
		}
		status, text, _ := once(body)
		again, same, replayed := once(body)
		// Another process knows the first answer a moment later; until then it finds
		// what the command changed, and must say the same of it. All know it when it
		// was repeated some times running, whichever of them was asked.
		running := 0
		for end := time.Now().Add(4 * time.Second); running < 4 && again == status && time.Now().Before(end); again, same, replayed = once(body) {
			running++
			if replayed != "true" {
				running = 0
				rest(ctx, t, 20*time.Millisecond)
			}
		}
		if status != again || unnumbered(text) != unnumbered(same) || replayed != "true" {
			t.Errorf("%s under one key: %d %.200s, then %d %.200s (replayed %q)", op.id, status, text, again, same, replayed)
		}
		another := []byte(`{"another":"body"}`)
		reused := func() bool {
			status, text, _ = once(another)
			return status == http.StatusUnprocessableEntity && strings.Contains(text, "idempotency_reused")
		}
		// An instance that could not store an answer has forgotten it, and answers anew:
		// that this is no body for the command. It must not carry it out.
		for end := time.Now().Add(4 * time.Second); !reused(); rest(ctx, t, 20*time.Millisecond) {
			if status < 400 || time.Now().After(end) {
				t.Errorf("%s under the same key with another body: %d %.200s", op.id, status, text)
				break
			}
		}
	}
}

var requestNumber = regexp.MustCompile(`"request":"[^"]*"`)

// unnumbered leaves out the id of the request: where two processes answered before
// either had stored its answer, it is one of them that is given from then on.
func unnumbered(answer string) string { return requestNumber.ReplaceAllString(answer, "") }

// survived tells whether the program is up and has said nothing of a panic.
func survived(ctx context.Context, t *testing.T, o *programtest.Office) {
	t.Helper()
	ready(ctx, t, o)
	for line := range strings.SplitSeq(o.Output(), "\n") {
		if strings.Contains(line, "panic") || strings.Contains(line, "request failed") || strings.Contains(line, "goroutine ") {
			t.Errorf("the log says: %.500s", line)
		}
	}
}
