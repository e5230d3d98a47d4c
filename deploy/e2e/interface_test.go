package e2e

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

type object = map[string]any

// operation is one of the program's, as /openapi.json describes it.
type operation struct {
	method, path, id string
	public           bool
	content          string // of the body; empty: it takes none
	needsBody        bool
	body             object // schema of the JSON body
	parameters       []parameter
	node             object
}

type parameter struct {
	name, in string
	schema   object
}

// describedInterface is the document that the running program serves, and the
// schemas in it, ready to check answers with.
type describedInterface struct {
	text       []byte
	document   object
	operations []operation
	compiler   *jsonschema.Compiler
	compiling  sync.Mutex
	compiled   map[string]*jsonschema.Schema
}

const documentURL = "http://liuke.example/openapi.json"

func describe(ctx context.Context, t *testing.T, url string) *describedInterface {
	t.Helper()
	d := &describedInterface{text: []byte(read(ctx, t, url+"/openapi.json")), compiled: map[string]*jsonschema.Schema{}}
	whole, err := jsonschema.UnmarshalJSON(bytes.NewReader(d.text))
	if err != nil {
		t.Fatal(err)
	}
	d.document = whole.(object)
	d.compiler = jsonschema.NewCompiler()
	d.compiler.DefaultDraft(jsonschema.Draft2020)
	d.compiler.AssertFormat()
	if err := d.compiler.AddResource(documentURL, whole); err != nil {
		t.Fatal(err)
	}
	for path, item := range d.document["paths"].(object) {
		for method, node := range item.(object) {
			d.operations = append(d.operations, d.operation(strings.ToUpper(method), path, node.(object)))
		}
	}
	slices.SortFunc(d.operations, func(a, b operation) int { return strings.Compare(a.path+a.method, b.path+b.method) })
	return d
}

func (d *describedInterface) operation(method, path string, node object) operation {
	o := operation{method: method, path: path, node: node}
	o.id, _ = node["operationId"].(string)
	_, secured := node["security"]
	o.public = !secured
	if body, ok := node["requestBody"].(object); ok {
		o.needsBody, _ = body["required"].(bool)
		for content, media := range body["content"].(object) {
			o.content = content
			o.body, _ = media.(object)["schema"].(object)
		}
	}
	list, _ := node["parameters"].([]any)
	for _, p := range list {
		p := p.(object)
		schema, _ := p["schema"].(object)
		o.parameters = append(o.parameters, parameter{p["name"].(string), p["in"].(string), schema})
	}
	return o
}

// resolve follows $ref within the document.
func (d *describedInterface) resolve(schema object) object {
	for range 20 {
		ref, ok := schema["$ref"].(string)
		if !ok {
			return schema
		}
		var at any = d.document
		for _, part := range strings.Split(strings.TrimPrefix(ref, "#/"), "/") {
			at = at.(object)[part]
		}
		schema, _ = at.(object)
	}
	return schema
}

func (d *describedInterface) schema(pointer string) (*jsonschema.Schema, error) {
	d.compiling.Lock()
	defer d.compiling.Unlock()
	if s := d.compiled[pointer]; s != nil {
		return s, nil
	}
	s, err := d.compiler.Compile(documentURL + "#" + pointer)
	if err == nil {
		d.compiled[pointer] = s
	}
	return s, err
}

var pointerEscape = strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D")

// check compares an answer with what the document says about it.
func (d *describedInterface) check(o operation, status int, contentType string, body []byte) error {
	responses := o.node["responses"].(object)
	key := fmt.Sprint(status)
	said, ok := responses[key].(object)
	if !ok {
		if said, ok = responses["default"].(object); !ok {
			return fmt.Errorf("%s answers %d, which is not described", o.id, status)
		}
		key = "default"
	}
	content, _ := said["content"].(object)
	media, _, _ := mime.ParseMediaType(contentType)
	if len(content) == 0 {
		if len(body) > 0 {
			return fmt.Errorf("%s answers %d with a body that is not described", o.id, status)
		}
		return nil
	}
	if _, ok := content[media]; !ok {
		return fmt.Errorf("%s answers %d as %q, which is not described", o.id, status, media)
	}
	if !strings.HasSuffix(media, "json") {
		return nil
	}
	s, err := d.schema("/paths/" + pointerEscape.Replace(o.path) + "/" + strings.ToLower(o.method) + "/responses/" + key + "/content/" + pointerEscape.Replace(media) + "/schema")
	if err != nil {
		return err
	}
	value, err := jsonschema.UnmarshalJSON(bytes.NewReader(body))
	if err != nil {
		return fmt.Errorf("%s answers %d with no JSON: %w", o.id, status, err)
	}
	if err := s.Validate(value); err != nil {
		return fmt.Errorf("%s answers %d otherwise than described: %w\n%.600s", o.id, status, err, body)
	}
	return nil
}

// find gives the operation that a request went to.
func (d *describedInterface) find(method, path string) (operation, bool) {
	best, found := operation{}, false
	for _, o := range d.operations {
		// A path without parameters wins over one with.
		if o.method == method && matches(o.path, path) && (!found || strings.Count(o.path, "{") < strings.Count(best.path, "{")) {
			best, found = o, true
		}
	}
	return best, found
}

func matches(template, path string) bool {
	t, p := strings.Split(template, "/"), strings.Split(path, "/")
	if len(t) != len(p) {
		return false
	}
	for i := range t {
		if t[i] != p[i] && !strings.HasPrefix(t[i], "{") {
			return false
		}
	}
	return true
}

// witness checks every answer that passes through it.
type witness struct {
	http.RoundTripper
	t        *testing.T
	told     *describedInterface
	answered map[string]bool // operations that answered with success
}

// RoundTrip makes the request and checks the answer.
func (w *witness) RoundTrip(r *http.Request) (*http.Response, error) {
	answer, err := w.RoundTripper.RoundTrip(r)
	if err != nil {
		return answer, err
	}
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		return answer, err
	}
	_ = answer.Body.Close() // it is read
	answer.Body = io.NopCloser(bytes.NewReader(body))
	o, ok := w.told.find(r.Method, r.URL.EscapedPath())
	if !ok {
		w.t.Errorf("%s %s is not described", r.Method, r.URL.Path)
		return answer, nil
	}
	if err := w.told.check(o, answer.StatusCode, answer.Header.Get("Content-Type"), body); err != nil {
		w.t.Error(err)
	}
	if answer.StatusCode < 300 {
		w.answered[o.id] = true
	}
	return answer, nil
}
