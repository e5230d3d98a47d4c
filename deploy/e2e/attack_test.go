package e2e

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// attack is one hostile request.
type attack struct {
	name      string
	operation operation
	request   *http.Request
	body      []byte
	must      bool // be refused, whoever asks
}

// attacker derives hostile requests from what the interface document says.
type attacker struct {
	told *describedInterface
	url  string
	ids  map[string]string
	rand *rand.Rand
}

var hostileTexts = []string{
	"", " ", "\x00", "a\x00b", "\x1b[31m\x07\r\n\t", "\u202eevil\u2066", "😀👩‍👩‍👧", "客户'; DROP TABLE leads; --", "<script>alert(1)</script>", "../../../etc/passwd",
	"%s%n%x{{7*7}}${jndi:ldap://x}", "null", "0", "-1", "1e309", "a:b:c", "a/b", "\ufffd\uffff", strings.Repeat("长", 5000), strings.Repeat("x", 200_000),
	"http://169.254.169.254/", "+86 138 0013 8000 ext 9999999999999999999999", "=cmd|' /C calc'!A0", "a@b", "-", ".", "..", "*", "__proto__",
}

var hostileTimes = []any{
	"2026-01-01T00:00:00", "2026-01-01", "2026-01-01T00:00:00+99:00", "2026-01-01T00:00:00+24:00", "2026-13-45T99:99:99Z", "2026-02-30T00:00:00Z", "0000-00-00T00:00:00Z",
	"99999-01-01T00:00:00Z", "2026-01-01T00:00:00 Asia/Nowhere", "", 7, 1e300, true, object{}, []any{},
}

// strangeTimes are well written.
var strangeTimes = []any{"0001-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-23:59", "0001-01-01T00:00:00+23:59",
	"2026-06-30T23:59:60Z", "2016-01-01T00:00:00.123456789123+08:00"}

var hostileNumbers = []any{json.RawMessage("1.5"), json.RawMessage("1e400"), json.RawMessage("9223372036854775808"), json.RawMessage("-9223372036854775809"), "7", "", object{}}

// strangeNumbers are numbers.
var strangeNumbers = []any{-1, 0, json.RawMessage("9223372036854775807"), json.RawMessage("-9223372036854775808"), json.RawMessage("1e3"), json.RawMessage("-0")}

// hostileSegments are escaped parts of a path.
var hostileSegments = []string{
	"nobody", "01ARZ3NDEKTSV4RRFFQ69G5FAV", "a%2Fb", "..%2F..%2Fetc", "%00", "a%00b", "%ff%fe", "a:b:c", "%E5%AE%A2%E6%88%B7%F0%9F%98%80", "%20", "'", "%27%20OR%201=1--", "-1",
	"99999999999999999999", strings.Repeat("x", 3000), "%0d%0aX-Evil:1", "%7B%7D", "*", "null", "%25", "%3Cscript%3E", "%5Cu0000", "%ef%bf%bf",
}

var hostileCursors = []string{"", "garbage", "AAAA", "%00", "%ff", "eyJrIjoiIn0", "eyJpbmRleCI6ImJ5X3RpbWUiLCJrZXkiOlsiYSJdfQ", strings.Repeat("A", 900), strings.Repeat("A", 5000), "W10", "bnVsbA", "e30"}

var hostileTags = []string{`"999999"`, `"0"`, `"-1"`, "garbage", `"`, `W/"x"`, `"9223372036854775808"`, strings.Repeat("1", 500), "\xff\xfe"}

// valid makes a value that the schema allows, with ids that exist where the name says so.
func (a *attacker) valid(schema object, name string, depth int) any {
	schema = a.told.resolve(schema)
	if e, ok := schema["enum"].([]any); ok && len(e) > 0 {
		return e[a.rand.IntN(len(e))]
	}
	switch kind(schema) {
	case "object":
		out := object{}
		properties, _ := schema["properties"].(object)
		required, _ := schema["required"].([]any)
		for p, s := range sorted(properties) {
			if slices.Contains(required, any(p)) || depth < 2 {
				out[p] = a.valid(s.(object), p, depth+1)
			}
		}
		return out
	case "array":
		items, _ := schema["items"].(object)
		if items == nil || depth > 3 {
			return []any{}
		}
		return []any{a.valid(items, strings.TrimSuffix(name, "s"), depth+1)}
	case "integer", "number":
		return 5
	case "boolean":
		return true
	case "string":
		return a.validText(schema, name)
	}
	return "x"
}

func (a *attacker) validText(schema object, name string) string {
	if id := a.ids[name]; id != "" {
		return id
	}
	if id := a.ids[map[string]string{"owner": "seller", "to": "other", "delegate": "other", "assignee": "seller", "person": "seller", "supervisor": "boss"}[name]]; id != "" {
		return id
	}
	switch {
	case schema["format"] == "date-time":
		return "2027-03-01T09:00:00+08:00"
	case schema["format"] == "email" || name == "email":
		return "someone@office.example"
	case schema["pattern"] == "^[A-Z]{3}$":
		return "CNY"
	case name == "phone":
		return "13700137000"
	}
	return strings.Repeat("text ", 4)
}

func kind(schema object) string {
	switch t := schema["type"].(type) {
	case string:
		return t
	case []any:
		for _, one := range t {
			if s, _ := one.(string); s != "null" {
				return s
			}
		}
	}
	return ""
}

// place is a spot in a body: the body with another value there is a new body.
type place struct {
	schema object
	path   []any // of keys and indexes
}

func (a *attacker) places(schema object, value any, path []any, out *[]place) {
	schema = a.told.resolve(schema)
	*out = append(*out, place{schema, slices.Clone(path)})
	switch v := value.(type) {
	case object:
		properties, _ := schema["properties"].(object)
		for p, s := range sorted(properties) {
			if inner, ok := v[p]; ok {
				a.places(s.(object), inner, append(path, p), out)
			}
		}
	case []any:
		if items, ok := schema["items"].(object); ok && len(v) > 0 {
			a.places(items, v[0], append(path, 0), out)
		}
	}
}

// with gives a copy of a value with something else in one place.
func with(value any, path []any, put any) any {
	if len(path) == 0 {
		return put
	}
	switch v := value.(type) {
	case object:
		out := object{}
		for k, inner := range v {
			out[k] = inner
		}
		key := path[0].(string)
		out[key] = with(v[key], path[1:], put)
		return out
	case []any:
		out := slices.Clone(v)
		out[path[0].(int)] = with(out[path[0].(int)], path[1:], put)
		return out
	}
	return put
}

// wrong gives a value for a place, and whether it has to be refused there.
func (a *attacker) wrong(p place) (any, bool) {
	switch kind(p.schema) {
	case "string":
		if p.schema["format"] == "date-time" {
			return a.either(hostileTimes, strangeTimes)
		}
		if a.rand.IntN(4) == 0 {
			return pick(a.rand, []any{7, true, object{"a": 1}, []any{"x"}, 1.5}), true
		}
		text := pick(a.rand, hostileTexts)
		most, bounded := p.schema["maxLength"].(json.Number)
		n, _ := most.Int64()
		return text, bounded && int64(len([]rune(text))) > n || p.schema["enum"] != nil
	case "integer", "number":
		if kind(p.schema) == "number" {
			return "x", true
		}
		v, must := a.either(hostileNumbers, strangeNumbers)
		return v, must || v == -1 && p.schema["minimum"] != nil
	case "boolean":
		return pick(a.rand, []any{"true", 1, object{}, "x"}), true
	case "array":
		if a.rand.IntN(3) == 0 {
			return slices.Repeat([]any{"x"}, 20_000), false
		}
		return pick(a.rand, []any{"x", 7, object{"a": 1}}), true
	case "object":
		if p.schema["additionalProperties"] == false && a.rand.IntN(2) == 0 {
			return object{"unknown_" + string(rune('a'+a.rand.IntN(26))): 1}, true
		}
		return pick(a.rand, []any{"x", 7, []any{}, true}), true
	}
	return pick(a.rand, []any{nil, "x", -1, []any{nil}, object{"a": nil}}), false
}

func (a *attacker) either(hostile, strange []any) (any, bool) {
	if a.rand.IntN(3) == 0 {
		return pick(a.rand, strange), false
	}
	return pick(a.rand, hostile), true
}

func pick[T any](r *rand.Rand, from []T) T { return from[r.IntN(len(from))] }

func sorted(m object) func(func(string, any) bool) {
	return func(yield func(string, any) bool) {
		names := make([]string, 0, len(m))
		for name := range m {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			if !yield(name, m[name]) {
				return
			}
		}
	}
}

// address gives the operation's URL with ids that exist, but for the path
// parameter named spoilt.
func (a *attacker) address(o operation, spoilt, segment string, query string) *url.URL {
	path := o.path
	for _, p := range o.parameters {
		if p.in != "path" {
			continue
		}
		value := a.existing(o, p)
		if p.name == spoilt {
			value = segment
		}
		path = strings.ReplaceAll(path, "{"+p.name+"}", value)
	}
	raw := a.url + path
	if query != "" {
		raw += "?" + query
	}
	u, err := url.Parse(raw)
	if err != nil {
		panic(raw + ": " + err.Error()) // the lists above hold what can be written in a URL
	}
	return u
}

func (a *attacker) existing(o operation, p parameter) string {
	if e, ok := a.told.resolve(p.schema)["enum"].([]any); ok && len(e) > 0 {
		return e[0].(string)
	}
	kinds := map[string]string{"leads": "lead", "deals": "deal", "customers": "customer", "tasks": "task", "people": "third", "teams": "team", "transfers": "transfer",
		"first-contacts": "contact", "webhooks": "hook", "drafts": "draft", "forms": "form", "pool": "held", "journeys": "lead"}
	fixed := map[string]string{"person": a.ids["seller"], "customer": a.ids["held"], "quote": a.ids["quote"], "kind": "lead", "rule": "idle.1", "section": "tasks", "version": "1",
		"absence": "none", "effect": "none", "key": a.ids["form"]}
	if v := fixed[p.name]; v != "" {
		return v
	}
	for part := range strings.SplitSeq(strings.Split(o.path, "{")[0], "/") {
		if id := a.ids[kinds[part]]; id != "" {
			return id
		}
	}
	return "none"
}

// attacks gives everything that a caller sends to an operation.
func (a *attacker) attacks(o operation, c caller) (out []attack) {
	add := func(name string, must bool, address *url.URL, body []byte, header ...string) {
		x := attack{name: o.id + " by " + c.name + ": " + name, operation: o, must: must || c.nobody && !o.public, body: body,
			request: &http.Request{Method: o.method, URL: address, Header: http.Header{}, Host: address.Host}}
		if c.token != "" {
			x.request.Header.Set("Authorization", "Bearer "+c.token)
		}
		if body != nil {
			x.request.Header.Set("Content-Type", o.content)
		}
		for i := 0; i+1 < len(header); i += 2 {
			x.request.Header.Set(header[i], header[i+1])
		}
		out = append(out, x)
	}
	here := a.address(o, "", "", "")
	body := a.body(o)
	if c.nobody {
		add("a good request", false, here, body)
		return out
	}
	add("unknown parameter", true, a.address(o, "", "", "colour_"+c.name+"=red"), body)
	for _, p := range o.parameters {
		switch p.in {
		case "path":
			for range 4 {
				segment := pick(a.rand, hostileSegments)
				add("path "+p.name, false, a.address(o, p.name, segment, ""), body)
			}
		case "query":
			for range 3 {
				query, must := a.query(p)
				add("query "+query, must, a.address(o, "", "", query), body)
			}
		case "header":
			add("header "+p.name, p.name == "If-Match", here, body, p.name, pick(a.rand, hostileTags))
		}
	}
	add("headers", false, a.address(o, "", "", ""), body, "X-Request-Id", strings.Repeat("\xfe", 99), "Accept-Language", strings.Repeat("zh;q=9,", 900), "Accept", "image/png", "If-None-Match", "*",
		"Idempotency-Key", pick(a.rand, []string{"\xff", strings.Repeat("k", 256), strings.Repeat("k", 255) + "\xc3", "a b:c/d"})+o.id[:3])
	if o.content == "application/json" {
		a.bodies(o, c, add)
	}
	return out
}

func (a *attacker) body(o operation) []byte {
	switch o.content {
	case "":
		return nil
	case "application/json":
		return encode(a.valid(o.body, "", 0))
	}
	return []byte("\xff\xfe,\"unclosed\n\x00;")
}

func encode(v any) []byte {
	text, err := json.Marshal(v)
	if err != nil {
		panic(err) // made of maps, lists and literals that are JSON
	}
	return text
}

func (a *attacker) query(p parameter) (string, bool) {
	name := url.QueryEscape(p.name) + "="
	switch {
	case p.name == "limit":
		return name + pick(a.rand, []string{"0", "-1", "100000", "99999999999999999999", "x", "1.5", "%00", "1e2"}), true
	case p.name == "after":
		return name + pick(a.rand, hostileCursors), false
	case p.schema["format"] == "date-time":
		return name + url.QueryEscape(pick(a.rand, []string{"2026-01-01T00:00:00", "0000-00-00T00:00:00Z", "x", "99999-01-01T00:00:00Z", "2026-01-01T00:00:00+99:00"})), true
	case kind(p.schema) == "boolean" || kind(p.schema) == "integer":
		return name + pick(a.rand, []string{"x", "maybe", "%00", "99999999999999999999"}), true
	case p.schema["enum"] != nil:
		return name + pick(a.rand, []string{"x", "%00", "%ff", strings.Repeat("y", 3000)}), true
	}
	return name + pick(a.rand, []string{"%00", "%ff%fe", "%22%27", "a%2Fb", "-1", strings.Repeat("z", 3000), "%E5%AE%A2%F0%9F%98%80", "%0d%0a", "x&" + name + "y"}), false
}

var malformed = []string{"", "{", "[1,2", `{"a":}`, `{"a":1}x`, "nul", "\xff\xfe{\x00}", "\xef\xbb\xbf", "{'a':1}", `{"a":NaN}`, "[]", `"x"`, "7", "[[[[", "\x00", "<xml/>"}

func (a *attacker) bodies(o operation, c caller, add func(string, bool, *url.URL, []byte, ...string)) {
	here := a.address(o, "", "", "")
	value := a.valid(o.body, "", 0)
	for range 3 {
		text := pick(a.rand, malformed)
		add("malformed", text != "" || o.needsBody, here, []byte(text))
	}
	if c.name == "administrator" {
		add("huge", true, here, []byte(`{"a":"`+strings.Repeat("x", 2<<20)+`"}`))
		add("deep", true, here, []byte(strings.Repeat(`{"a":`, 20_000)))
		add("no type", false, here, encode(value), "Content-Type", pick(a.rand, []string{"", "text/plain", "application/xml", "multipart/form-data; boundary=x", "\xff/\xfe", "application/json; charset=utf-16"}))
	}
	if c.name == "management" {
		add("garbage in two lengths", true, here, []byte(`{"`+strings.Repeat("k", 100_000)+`":1}`))
		add("null", false, here, []byte("null"))
		add("empty", false, here, []byte("{}"))
	}
	var all []place
	a.places(o.body, value, nil, &all)
	for range attacksEach {
		p := pick(a.rand, all)
		put, must := a.wrong(p)
		text := encode(with(value, p.path, put))
		name := "wrong " + strings.Trim(strings.ReplaceAll(string(encode(p.path)), `"`, ""), "[]")
		if s, ok := put.(string); ok && kind(p.schema) == "string" && a.rand.IntN(4) == 0 {
			// Not what a string can hold: bytes that are no UTF-8, half a surrogate pair.
			broken := pick(a.rand, []string{"\xff", "\xc3\x28", "\xed\xa0\x80", `\ud800`, `\udc00\ud800`, `\u0000`})
			text = bytes.Replace(encode(with(value, p.path, "BROKEN"+s[:min(len(s), 20)])), []byte("BROKEN"), []byte(broken), 1)
			name, must = name+" broken text", true
		}
		add(name, must, here, text)
	}
}
