package importing_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"liuke.dev/deploy/local/api"
	"liuke.dev/deploy/local/importing"
)

type object = map[string]any

// house answers as the program does, and remembers what it holds.
type house struct {
	*httptest.Server
	t         *testing.T
	mu        sync.Mutex
	people    map[string]string // id to name
	customers map[string]object // by the id under which they were asked for
	uploads   map[string]object // options as they were last set
	ran       map[string]object // options that an import was run with
	unheard   int               // so many mappings meet a program that has not heard of its people yet
	noReport  bool
}

func newHouse(t *testing.T) *house {
	h := &house{t: t, people: map[string]string{"p0": "Ann"}, customers: map[string]object{}, uploads: map[string]object{}, ran: map[string]object{}}
	mux := http.NewServeMux()
	for pattern, answer := range map[string]func(*http.Request, object) (int, any){
		"GET /v1/people": h.list, "POST /v1/people": h.add, "GET /v1/policy": h.policy, "POST /v1/customers/matches": h.match, "POST /v1/imports": h.upload,
		"PUT /v1/imports/{id}/mapping": h.mapping, "GET /v1/imports/{id}/preview": h.preview, "POST /v1/imports/{id}/run": h.run, "GET /v1/imports/{id}": h.look, "DELETE /v1/imports/{id}": h.discard,
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			h.mu.Lock()
			defer h.mu.Unlock()
			var body object
			raw, err := io.ReadAll(r.Body)
			if err != nil {
				t.Error(err)
			}
			_ = json.Unmarshal(raw, &body) // an upload is none
			status, out := answer(r, body)
			w.WriteHeader(status)
			if err := json.NewEncoder(w).Encode(out); err != nil {
				t.Error(err)
			}
		})
	}
	mux.HandleFunc("GET /v1/imports/{id}/report.csv", func(w http.ResponseWriter, _ *http.Request) {
		if h.noReport {
			w.WriteHeader(http.StatusForbidden)
			_, _ = io.WriteString(w, `{"code":"forbidden","text":{"zh":"不可以","en":"You may not"}}`) // to a recorder
			return
		}
		_, _ = io.WriteString(w, "\ufeffline,outcome,field,rule,value,became,text_zh,text_en\n4,refused,owner,owner_unknown,Zed,,没有这位人员,nobody\n")
	})
	h.Server = httptest.NewServer(mux)
	t.Cleanup(h.Close)
	return h
}

func invalid(field, rule string) (int, any) {
	return 422, object{"code": "invalid", "errors": []object{{"field": field, "rule": rule, "text": object{"zh": "不对", "en": "is wrong"}}}}
}

func (h *house) list(*http.Request, object) (int, any) {
	items := []object{}
	for id, name := range h.people {
		items = append(items, object{"id": id, "name": name})
	}
	return 200, object{"items": items}
}

func (h *house) add(_ *http.Request, in object) (int, any) {
	if name := in["name"].(string); len(name) > 60 {
		return invalid("name", "max_length")
	}
	id := fmt.Sprintf("p%d", len(h.people))
	h.people[id] = in["name"].(string)
	return 201, object{"id": id}
}

func (h *house) policy(*http.Request, object) (int, any) {
	return 200, object{"sections": object{"health": object{"models": []object{{"id": "steel", "sectors": []string{"Steel works"}}}}}}
}

func (h *house) match(_ *http.Request, in object) (int, any) {
	items := []object{}
	for i, item := range in["items"].([]any) {
		ask := item.(object)
		if len(ask["name"].(string)) > 60 {
			return invalid(fmt.Sprintf("body.items[%d].name", i), "max_length")
		}
	}
	for _, item := range in["items"].([]any) {
		ask := item.(object)
		id := ask["id"].(string)
		known := h.customers[id] != nil
		answer := object{"id": id, "customer": id, "created": !known}
		if in["preview"] != true {
			h.customers[id] = ask
		} else if !known {
			answer["customer"] = ""
		}
		items = append(items, answer)
	}
	return 200, object{"items": items}
}

func (h *house) upload(*http.Request, object) (int, any) {
	id := fmt.Sprintf("i%d", len(h.uploads)+len(h.ran))
	h.uploads[id] = object{}
	return 201, object{"id": id, "status": "uploaded"}
}

func (h *house) mapping(r *http.Request, in object) (int, any) {
	options := in["options"].(object)
	for _, id := range options["people"].(object) {
		if h.people[id.(string)] == "" {
			return invalid("options.people", "person")
		}
	}
	if h.unheard > 0 && len(options["people"].(object)) > 1 {
		h.unheard--
		return invalid("options.people.Bob", "person")
	}
	h.uploads[r.PathValue("id")] = options
	return 200, object{"id": r.PathValue("id")}
}

func (h *house) preview(*http.Request, object) (int, any) { return 200, object{"rows": 3} }

func (h *house) run(r *http.Request, _ object) (int, any) {
	id := r.PathValue("id")
	h.ran[id] = h.uploads[id]
	delete(h.uploads, id)
	return 202, object{"id": id}
}

func (h *house) look(r *http.Request, _ object) (int, any) {
	return 200, object{"id": r.PathValue("id"), "status": "done", "rows": 3}
}

func (h *house) discard(r *http.Request, _ object) (int, any) {
	delete(h.uploads, r.PathValue("id"))
	return 200, object{}
}

// job imports deals with the lists given; an empty one is left out.
func (h *house) job(people, accounts, products string) *importing.Job {
	dir := h.t.TempDir()
	file := func(name, content string) string {
		if content == "" {
			return ""
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			h.t.Fatal(err)
		}
		return path
	}
	return &importing.Job{Client: &api.Client{URL: h.URL, Token: func(person string) (string, error) { return person, nil }}, As: "admin", Kind: "deals", Source: "crm",
		File: file("deals.csv", "id\n1\n2\n3\n"), People: file("people.csv", people), Accounts: file("accounts.csv", accounts), Products: file("products.csv", products)}
}

// said gives the entries in short: file:line outcome field rule value→became.
func said(entries []importing.Entry) string {
	var lines []string
	for _, e := range entries {
		line := fmt.Sprintf("%s:%d %s %s %s", e.File, e.Line, e.Outcome, e.Field, e.Rule)
		if e.Outcome == "adjusted" {
			line += " " + e.Value + "→" + e.Became
		}
		if e.Text.Zh == "" || e.Text.En == "" {
			line += " without text"
		}
		lines = append(lines, line)
	}
	return strings.Join(lines, "\n")
}
