package httpx_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/auth/authtest"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
	"liuke.dev/shared/store/sqlite"
)

type note struct {
	Text string       `json:"text" minLength:"1" maxLength:"10"`
	At   instant.Time `json:"at,omitempty"`
}

type noteInput struct {
	Body note
}

type program struct {
	server *httpx.Server
	calls  atomic.Int64
	fail   error
	hold   func() // a command in its midst
	now    instant.Time
}

func start(t *testing.T) (*program, http.Handler) {
	t.Helper()
	engine, err := sqlite.Open(t.Context(), t.TempDir()+"/test.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = engine.Close() })
	e := httpx.NewEngine()
	p := &program{now: instant.Of(time.Date(2026, 3, 1, 9, 0, 0, 0, time.UTC))}
	p.server, err = httpx.New(t.Context(), httpx.Config{Name: "notes", Version: "1", Engine: e, Answers: engine, Clock: func() instant.Time { return p.now },
		Verifier: authtest.Tokens{"wang": {ID: "wang", Roles: []auth.Role{auth.Salesperson}}, "journeys": {ID: "journeys", Roles: []auth.Role{auth.System}}}})
	if err != nil {
		t.Fatal(err)
	}
	httpx.Handle(p.server, httpx.Op{Method: "POST", Path: "/v1/notes", ID: "create-note"}, func(ctx context.Context, in *noteInput) (*httpx.Item[note], error) {
		p.calls.Add(1)
		if p.hold != nil {
			p.hold()
		}
		if p.fail != nil {
			return nil, p.fail
		}
		return httpx.NewCreated(in.Body, 1, "/v1/notes/"+httpx.NewID(ctx)), nil
	})
	httpx.Handle(p.server, httpx.Op{Method: "GET", Path: "/v1/notes", ID: "list-notes", Public: true}, func(context.Context, *httpx.PageParams) (*httpx.List[note], error) {
		return httpx.NewList([]note(nil), ""), nil
	})
	httpx.Handle(p.server, httpx.Op{Method: "PUT", Path: "/v1/notes/{id}", ID: "change-note"}, func(_ context.Context, in *struct {
		ID string `path:"id"`
		httpx.IfMatch
		Body note
	}) (*httpx.Item[note], error) {
		if err := in.Check(7); err != nil {
			return nil, err
		}
		return httpx.NewItem(in.Body, 8), nil
	})
	httpx.Handle(p.server, httpx.Op{Method: "GET", Path: "/v1/panic", ID: "panic", Public: true}, func(context.Context, *struct{}) (*httpx.None, error) {
		panic("boom")
	})
	return p, e
}

func call(h http.Handler, method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	r.Header.Set("Authorization", "Bearer wang")
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
		if header[i+1] == "" {
			r.Header.Del(header[i])
		}
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func TestBadInputNamesFieldAndRule(t *testing.T) {
	_, h := start(t)
	cases := map[string]struct {
		method, path, body string
		header             []string
		status             int
		field, rule        string
	}{
		"missing field":        {"POST", "/v1/notes", `{}`, nil, 422, "text", "required"},
		"too short":            {"POST", "/v1/notes", `{"text":""}`, nil, 422, "text", "min_length"},
		"too long":             {"POST", "/v1/notes", `{"text":"12345678901"}`, nil, 422, "text", "max_length"},
		"wrong type":           {"POST", "/v1/notes", `{"text":3}`, nil, 422, "text", "type"},
		"unknown field":        {"POST", "/v1/notes", `{"text":"a","colour":"red"}`, nil, 422, "colour", "unknown_field"},
		"impossible zone":      {"POST", "/v1/notes", `{"text":"a","at":"2026-01-01T00:00:00+99:00"}`, nil, 422, "at", "date_time"},
		"zone of no place":     {"POST", "/v1/notes", `{"text":"a","at":"2026-01-01T00:00:00+24:00"}`, nil, 422, "at", "date_time"},
		"no zone":              {"POST", "/v1/notes", `{"text":"a","at":"2026-01-01T00:00:00"}`, nil, 422, "at", "date_time"},
		"not JSON":             {"POST", "/v1/notes", `{"text"`, nil, 400, "", ""},
		"bad UTF-8":            {"POST", "/v1/notes", "{\"text\":\"\xff\"}", nil, 400, "", ""},
		"null character":       {"POST", "/v1/notes", `{"text":"a\u0000b"}`, nil, 400, "", ""},
		"half a surrogate":     {"POST", "/v1/notes", `{"text":"\ud83d!"}`, nil, 400, "", ""},
		"halves in disorder":   {"POST", "/v1/notes", `{"text":"\ude00\ud83d"}`, nil, 400, "", ""},
		"path is no UTF-8":     {"PUT", "/v1/notes/%ff", `{"text":"a"}`, nil, 400, "", ""},
		"null in the path":     {"PUT", "/v1/notes/a%00b", `{"text":"a"}`, nil, 400, "", ""},
		"escape in the path":   {"PUT", "/v1/notes/%1b%5b31m", `{"text":"a"}`, nil, 400, "", ""},
		"query is no UTF-8":    {"GET", "/v1/notes?after=%ff", "", nil, 400, "", ""},
		"null in the query":    {"GET", "/v1/notes?after=%00", "", nil, 400, "", ""},
		"query badly escaped":  {"GET", "/v1/notes?after=%zz", "", nil, 400, "", ""},
		"huge body":            {"POST", "/v1/notes", `{"text":"` + strings.Repeat("a", 2<<20) + `"}`, nil, 413, "", ""},
		"unknown parameter":    {"GET", "/v1/notes?colour=red", "", nil, 422, "query.colour", "unknown_parameter"},
		"limit out of range":   {"GET", "/v1/notes?limit=0", "", nil, 422, "query.limit", "minimum"},
		"limit not a number":   {"GET", "/v1/notes?limit=x", "", nil, 422, "query.limit", "type"},
		"no token":             {"POST", "/v1/notes", `{"text":"a"}`, []string{"Authorization", ""}, 401, "", ""},
		"bad token":            {"POST", "/v1/notes", `{"text":"a"}`, []string{"Authorization", "Bearer x"}, 401, "", ""},
		"stale If-Match":       {"PUT", "/v1/notes/a", `{"text":"a"}`, []string{"If-Match", `"6"`}, 412, "", ""},
		"nonsense If-Match":    {"PUT", "/v1/notes/a", `{"text":"a"}`, []string{"If-Match", `abc`}, 422, "header.If-Match", "etag"},
		"unknown path":         {"GET", "/v1/nothing", "", nil, 404, "", ""},
		"unknown method":       {"DELETE", "/v1/notes", "", nil, 405, "", ""},
		"panic of the program": {"GET", "/v1/panic", "", nil, 500, "", ""},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			w := call(h, c.method, c.path, c.body, c.header...)
			if w.Code != c.status {
				t.Fatalf("status %d, want %d: %s", w.Code, c.status, w.Body)
			}
			var p httpx.Problem
			if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil {
				t.Fatalf("not a problem: %v: %s", err, w.Body)
			}
			if w.Header().Get("Content-Type") != "application/problem+json" || p.Code == "" || p.Text.Zh == "" || p.Text.En == "" {
				t.Errorf("not problem details in both languages: %s %s", w.Header().Get("Content-Type"), w.Body)
			}
			if c.field == "" {
				return
			}
			if len(p.Errors) != 1 || p.Errors[0].Field != c.field || p.Errors[0].Rule != c.rule || p.Errors[0].Text.Zh == "" || p.Errors[0].Text.En == "" {
				t.Errorf("errors %+v, want one of %s by %s", p.Errors, c.field, c.rule)
			}
		})
	}
}

func TestEscapesThatStandForTextAreTaken(t *testing.T) {
	_, h := start(t)
	for _, body := range []string{`{"text":"\ud83d\ude00"}`, `{"text":"\\u0000"}`, `{"text":"\\\\"}`, `{"text":"\u00e9\n"}`, `{"text":"\\ud83d"}`} {
		if w := call(h, "POST", "/v1/notes", body); w.Code != 201 {
			t.Errorf("%s: %d %s", body, w.Code, w.Body)
		}
	}
}

func TestDescribedRoutesRefuseLikeAllOthers(t *testing.T) {
	p, _ := start(t)
	httpx.Describe(p.server, &huma.Operation{Method: "GET", Path: "/v1/notes.csv", OperationID: "notes-file", Responses: map[string]*huma.Response{"200": {Description: "The file"}}})
	text, err := httpx.OpenAPI("Notes", "1", p.server)
	if err != nil {
		t.Fatal(err)
	}
	var document struct {
		Paths map[string]map[string]struct {
			Responses map[string]any `json:"responses"`
		} `json:"paths"`
	}
	if err := json.Unmarshal(text, &document); err != nil {
		t.Fatal(err)
	}
	for _, status := range []string{"200", "400", "401", "404", "422", "503"} {
		if document.Paths["/v1/notes.csv"]["get"].Responses[status] == nil {
			t.Errorf("%s is not described: %s", status, text)
		}
	}
}

type unseen struct {
	Colour string `query:"colour"`
}

type unsaid struct {
	Colour string `json:"colour"`
}

// A parameter that would silently be ignored, or a field that the document would
// not name, stops the program at its start.
func TestUnexportedEmbeddedTypesAreRefused(t *testing.T) {
	p, _ := start(t)
	op := httpx.Op{Method: "GET", Path: "/v1/lost", ID: "lost"}
	stops := func(name string, register func()) {
		defer func() {
			if said, _ := recover().(string); !strings.Contains(said, name) {
				t.Errorf("registered, or another panic: %s", said)
			}
		}()
		register()
	}
	stops("unseen", func() {
		httpx.Handle(p.server, op, func(context.Context, *struct{ unseen }) (*httpx.None, error) { return httpx.NoContent(), nil })
	})
	stops("unsaid", func() {
		httpx.Handle(p.server, op, func(context.Context, *struct{}) (*httpx.List[struct{ unsaid }], error) { return nil, nil })
	})
}

func TestAPutThatCreatesIsDescribedSo(t *testing.T) {
	p, _ := start(t)
	httpx.Handle(p.server, httpx.Op{Method: "PUT", Path: "/v1/made/{id}", ID: "make", Creates: true}, func(_ context.Context, in *struct {
		ID   string `path:"id"`
		Body note
	}) (*httpx.Item[note], error) {
		return httpx.NewCreated(in.Body, 1, "/v1/made/"+in.ID), nil
	})
	r := p.server.API.OpenAPI().Paths["/v1/made/{id}"].Put.Responses
	if r["200"] == nil || r["201"] == nil || r["200"].Content["application/json"] != r["201"].Content["application/json"] {
		t.Errorf("%+v", r)
	}
}

func TestStaleVersionTellsTheCurrentOne(t *testing.T) {
	_, h := start(t)
	w := call(h, "PUT", "/v1/notes/a", `{"text":"a"}`, "If-Match", `"6"`)
	if w.Header().Get("ETag") != `"7"` {
		t.Errorf("ETag %q, want the current version 7", w.Header().Get("ETag"))
	}
	if w := call(h, "PUT", "/v1/notes/a", `{"text":"a"}`, "If-Match", `"7"`); w.Code != 200 || w.Header().Get("ETag") != `"8"` {
		t.Errorf("current version: %d %q", w.Code, w.Header().Get("ETag"))
	}
}

func TestTextInTheCallersLanguage(t *testing.T) {
	_, h := start(t)
	for language, want := range map[string]string{"en-US": "Invalid", "zh-CN": "内容有误", "": "内容有误"} {
		w := call(h, "POST", "/v1/notes", `{}`, "Accept-Language", language)
		var p httpx.Problem
		if err := json.Unmarshal(w.Body.Bytes(), &p); err != nil || p.Title != want {
			t.Errorf("%q: title %q, want %q (%v)", language, p.Title, want, err)
		}
	}
}

func TestErrorsOfTheStore(t *testing.T) {
	p, h := start(t)
	for err, status := range map[error]int{store.ErrNotFound: 404, store.ErrConflict: 409, store.ErrBadID: 422, store.ErrTooLarge: 413, store.ErrUnavailable: 503,
		store.ErrBadCursor: 422, errors.New("bug"): 500} {
		p.fail = store.Outcome("commit", "note", "1", err)
		if w := call(h, "POST", "/v1/notes", `{"text":"a"}`); w.Code != status {
			t.Errorf("%v: %d, want %d", err, w.Code, status)
		}
	}
}
