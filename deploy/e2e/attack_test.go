package e2e

import (
	"bytes"
	"encoding/json"
	"math/rand/v2"
	"net/http"
	"net/url"
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
