package leads_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/httpx/httpxtest"
	"liuke.dev/shared/instant"
)

// answer of a request.
type answer struct {
	t      testing.TB
	status int
	header http.Header
	raw    []byte
	body   map[string]any
}

// call sends a request as a person; body is JSON or nil. Headers come in pairs.
func (o *office) call(who, method, path string, body any, header ...string) answer {
	o.t.Helper()
	w := httpxtest.Serve(o.t, o.handler, who, method, path, body, header...)
	a := answer{t: o.t, status: w.Code, header: w.Header(), raw: w.Body.Bytes()}
	_ = json.Unmarshal(a.raw, &a.body)
	return a
}

// want fails the test unless the status is the one wanted.
func (a answer) want(status int) answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("status %d, want %d: %s", a.status, status, a.raw)
	}
	return a
}

// get gives a value by its dotted path.
func (a answer) get(path string) any {
	var v any = a.body
	for _, p := range strings.Split(path, ".") {
		m, _ := v.(map[string]any)
		v = m[p]
	}
	return v
}

func (a answer) text(path string) string {
	s, _ := a.get(path).(string)
	return s
}

func (a answer) items() []map[string]any {
	list, _ := a.body["items"].([]any)
	out := make([]map[string]any, 0, len(list))
	for _, i := range list {
		out = append(out, i.(map[string]any))
	}
	return out
}

// broken gives "field rule" of every field error.
func (a answer) broken() string {
	var p httpx.Problem
	_ = json.Unmarshal(a.raw, &p)
	var out []string
	for _, f := range p.Errors {
		out = append(out, f.Field+" "+f.Rule)
	}
	return strings.Join(out, ", ")
}

type body = map[string]any

func newLead(n int) body {
	return body{"company": fmt.Sprintf("公司%d", n), "contact": "张三", "phone": fmt.Sprintf("138%08d", n), "source": "ads", "need": fmt.Sprintf("需求%d", n)}
}

// lead records a lead as a person and gives its id.
func (o *office) lead(who string, n int, more ...body) string {
	o.t.Helper()
	b := newLead(n)
	for _, m := range more {
		for k, v := range m {
			b[k] = v
		}
	}
	return o.call(who, "POST", "/v1/leads", b).want(201).text("id")
}

// link tells a lead its customer, as its journey does.
func (o *office) link(id, customer string) answer {
	o.t.Helper()
	return o.call("journeys", "PUT", "/v1/leads/"+id+"/customer", body{"customer": customer}, "Idempotency-Key", "match:"+id, "Liuke-Cause", "lead:"+id+":match:1").want(200)
}

func (o *office) followUp(more ...body) body {
	b := body{"occurred_at": o.in(-time.Minute), "channel": "phone", "direction": "outbound", "key_points": "聊了需求", "next_action": "发方案",
		"next_touch_at": o.in(24 * time.Hour), "result": "interested", "objections": []string{}, "customer_type": "new", "budget_band": "medium"}
	for _, m := range more {
		for k, v := range m {
			if v == nil {
				delete(b, k)
			} else {
				b[k] = v
			}
		}
	}
	return b
}

// recorded gives the facts of an aggregate by the last part of their type's name.
func (o *office) recorded(aggregate string) []string {
	o.t.Helper()
	kept, err := o.store.History(o.t.Context(), aggregate, 0, 500)
	if err != nil {
		o.t.Fatal(err)
	}
	var names []string
	for _, f := range kept {
		parts := strings.Split(f.Type, ".")
		names = append(names, parts[2])
	}
	return names
}

// eventually waits until a condition holds.
func (o *office) eventually(what string, holds func() bool) {
	o.t.Helper()
	for end := time.Now().Add(2 * time.Minute); !holds(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			o.t.Fatalf("%s: not after two minutes", what)
		}
	}
}

func with(b body, pairs ...any) body {
	for i := 0; i+1 < len(pairs); i += 2 {
		b[pairs[i].(string)] = pairs[i+1]
	}
	return b
}

func absence(from instant.Time, d time.Duration, delegate string) catalogue.Absence {
	return catalogue.Absence{ID: "a1", From: from, To: from.Add(d), Delegate: delegate}
}
