package accounts_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/objects"
	"liuke.dev/shared/objects/folder"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/policy/policytest"
	"liuke.dev/shared/service"
	"liuke.dev/shared/store"
)

// archive is an office that keeps files of at most 1 KiB in a folder.
type archive struct {
	*office
	dir  string
	path string // of the attachments of wang's customer
}

func keepFiles(t *testing.T) *archive {
	t.Helper()
	a := &archive{dir: t.TempDir()}
	a.office = start(t, house, func(d *service.Deps) {
		s, err := folder.Open(a.dir)
		if err != nil {
			t.Fatal(err)
		}
		d.Objects = s
		d.Policy = policytest.Holder(t, func(s *policy.Sections) { s.Customers.AttachmentBytes = 1024 })
	})
	a.path = "/v1/customers/" + a.customer("华兴", "13812341234") + "/attachments"
	return a
}

// send uploads a body.
func (a *archive) send(who, query string, body io.Reader, into any, header ...string) (int, http.Header) {
	a.t.Helper()
	r, err := http.NewRequestWithContext(a.t.Context(), http.MethodPost, a.server.URL+a.path+query, body)
	if err != nil {
		a.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+who)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		return 0, nil // what is broken off has no answer
	}
	defer func() { _ = resp.Body.Close() }()
	if into != nil {
		raw, err := io.ReadAll(resp.Body)
		if err != nil {
			a.t.Fatal(err)
		}
		decode(a.t, raw, into)
	}
	return resp.StatusCode, resp.Header
}

func decode(t testing.TB, raw []byte, into any) {
	t.Helper()
	switch into := into.(type) {
	case *catalogue.Attachment:
		*into = read[catalogue.Attachment](t, raw)
	case *httpx.Problem:
		*into = read[httpx.Problem](t, raw)
	}
}

// kept gives the files that lie in the folder.
func (a *archive) kept() []string {
	a.t.Helper()
	var out []string
	err := filepath.WalkDir(a.dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			out = append(out, path)
		}
		return err
	})
	if err != nil {
		a.t.Fatal(err)
	}
	return out
}

const pdf = "%PDF-1.7 报价单"

// a file is kept with the customer by whoever serves it, as it came;
// it is listed, read by whoever may read the customer, and taken away on record.
func TestAttachmentsByHTTP(t *testing.T) {
	a := keepFiles(t)
	var quote, drawing catalogue.Attachment
	status, h := a.send("wang", "?name=2026%20报价.pdf&purpose=quote", strings.NewReader(pdf), &quote, "Content-Type", "application/pdf", "Idempotency-Key", "k")
	sum := sha256.Sum256([]byte(pdf))
	if status != 201 || h.Get("Location") != a.path+"/"+quote.ID || quote.Name != "2026 报价.pdf" || quote.Size != int64(len(pdf)) || quote.SHA256 != hex.EncodeToString(sum[:]) ||
		quote.By != "wang" || quote.Purpose != "quote" || quote.ContentType != "application/pdf" {
		t.Fatalf("%d %v %+v", status, h, quote)
	}
	var again catalogue.Attachment
	if status, _ := a.send("wang", "?name=2026%20报价.pdf&purpose=quote", strings.NewReader(pdf), &again, "Content-Type", "application/pdf", "Idempotency-Key", "k"); status != 201 || again != quote {
		t.Errorf("said twice: %d %+v", status, again)
	}
	var form bytes.Buffer // another department, as a browser sends it
	w := multipart.NewWriter(&form)
	part, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="file"; filename="C:\\图纸\\a.png"`}, "Content-Type": {"application/octet-stream"}})
	if err == nil {
		_, err = part.Write([]byte("\x89PNG\r\n\x1a\n....."))
	}
	if err = errors.Join(err, w.Close()); err != nil {
		t.Fatal(err)
	}
	if status, _ := a.send("sun", "", &form, &drawing, "Content-Type", w.FormDataContentType()); status != 201 || drawing.Name != "a.png" || drawing.ContentType != "image/png" {
		t.Fatalf("%d %+v", status, drawing)
	}
	var list struct{ Items []catalogue.Attachment }
	if a.call("wang", "GET", a.path, nil, &list); len(list.Items) != 2 || list.Items[1] != quote {
		t.Errorf("listed %+v", list.Items)
	}
	content, h := a.content("sun", quote.ID)
	if content != pdf || h.Get("Content-Type") != "application/pdf" || h.Get("X-Content-Type-Options") != "nosniff" || !strings.HasPrefix(h.Get("Content-Disposition"), "attachment; filename*=utf-8''") {
		t.Errorf("content %q, %v", content, h)
	}
	if status, _ := a.call("sun", "DELETE", a.path+"/"+quote.ID, nil, nil); status != 403 {
		t.Errorf("taken away by another department: %d", status)
	}
	if status, _ := a.call("wang", "DELETE", a.path+"/"+quote.ID, nil, nil, "If-Match", `"7"`); status != 412 {
		t.Errorf("stale: %d", status)
	}
	for range 2 { // and once more, by the same command
		if status, _ := a.call("wang", "DELETE", a.path+"/"+quote.ID, nil, nil, "If-Match", `"1"`, "Idempotency-Key", "d"); status != 204 {
			t.Errorf("taken away: %d", status)
		}
	}
	if a.call("wang", "GET", a.path, nil, &list); len(list.Items) != 1 || len(a.kept()) != 1 {
		t.Errorf("left %+v, %v", list.Items, a.kept())
	}
	removed := a.recorded("attachment/"+quote.ID, "liuke.accounts.attachment_removed.v1")
	if len(removed) != 1 || read[catalogue.AttachmentRemoved](t, removed[0]).After.RemovedBy != "wang" {
		t.Errorf("recorded %s", removed)
	}
	for path, want := range map[string]int{"/" + quote.ID: 404, "/" + quote.ID + "/content": 404, "/none": 404, "/" + drawing.ID: 200} {
		if status, _ := a.call("wang", "GET", a.path+path, nil, nil); status != want {
			t.Errorf("%s: %d, want %d", path, status, want)
		}
	}
}

func (a *archive) content(who, id string) (string, http.Header) {
	a.t.Helper()
	r, err := http.NewRequestWithContext(a.t.Context(), http.MethodGet, a.server.URL+a.path+"/"+id+"/content", nil)
	if err != nil {
		a.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+who)
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		a.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	raw, err := io.ReadAll(resp.Body)
	if err != nil {
		a.t.Fatal(err)
	}
	return string(raw), resp.Header
}

// what may not be attached is named, field by field; of a file that is too
// large by one byte or breaks off nothing is kept.
func TestRefusedAttachments(t *testing.T) {
	a := keepFiles(t)
	for name, c := range map[string]struct {
		who, query, kind string
		body             io.Reader
		status           int
		wrong            string
	}{
		"exactly the most":   {"wang", "?name=a.txt", "text/plain", strings.NewReader(strings.Repeat("x", 1024)), 201, ""},
		"one byte more":      {"wang", "?name=a.txt", "text/plain", strings.NewReader(strings.Repeat("x", 1025)), 413, ""},
		"much more":          {"wang", "?name=a.txt", "text/plain", strings.NewReader(strings.Repeat("x", 5<<20)), 413, ""},
		"nothing":            {"wang", "", "text/plain", strings.NewReader(""), 422, "name:required file:required"},
		"a page":             {"wang", "?name=a.html", "text/html", strings.NewReader("<html>"), 422, "content_type:one_of"},
		"a page in disguise": {"wang", "?name=a.html", "", strings.NewReader("<html><script>"), 422, "content_type:one_of"},
		"no type":            {"wang", "?name=a", "pdf", strings.NewReader("x"), 422, "content_type:content_type"},
		"folders only":       {"wang", "?name=../..", "text/plain", strings.NewReader("x"), 422, "name:required"},
		"long names":         {"wang", "?name=" + strings.Repeat("n", 201) + "&purpose=" + strings.Repeat("p", 201), "text/plain", strings.NewReader("x"), 422, "name:max_length purpose:max_length"},
		"unknown parameter":  {"wang", "?nam=x", "text/plain", strings.NewReader("x"), 422, "query.nam:unknown_parameter"},
		"an empty form":      {"wang", "", "multipart/form-data; boundary=b", strings.NewReader("--b--\r\n"), 422, "file:required"},
		"no form":            {"wang", "", "multipart/form-data", strings.NewReader("x"), 400, ""},
		"another's":          {"zhao", "?name=a.txt", "text/plain", strings.NewReader("x"), 403, ""},
		"not my role":        {"tech", "?name=a.txt", "text/plain", strings.NewReader("x"), 403, ""},
		"nobody":             {"", "?name=a.txt", "text/plain", strings.NewReader("x"), 401, ""},
		"broken off":         {"wang", "?name=a.txt", "text/plain", io.MultiReader(strings.NewReader("half"), gone{}), 0, ""},
	} {
		before := len(a.kept())
		var p httpx.Problem
		status, _ := a.send(c.who, c.query, c.body, &p, "Content-Type", c.kind)
		if status != c.status || wrongs(p) != c.wrong {
			t.Errorf("%s: %d %q, want %d %q", name, status, wrongs(p), c.status, c.wrong)
		}
		if kept := len(a.kept()) - before; kept != 0 && status != 201 {
			t.Errorf("%s: %d files are kept", name, kept)
		}
	}
	var list struct{ Items []catalogue.Attachment }
	if a.call("wang", "GET", a.path, nil, &list); len(list.Items) != 1 {
		t.Errorf("listed %+v", list.Items)
	}
}

// refusing is an engine that has no room for the documents of one collection.
type refusing struct {
	store.Engine
	away atomic.Value // its name
}

func (r *refusing) Commit(ctx context.Context, collection string, w store.Write) error {
	if collection == r.away.Load() {
		return store.ErrUnavailable
	}
	return r.Engine.Commit(ctx, collection, w)
}

// where the process fails between the content and its document, nothing is
// listed, and the repeated upload ends with one of each.
func TestAnUploadIsRepeated(t *testing.T) {
	engine := &refusing{}
	a := &archive{dir: t.TempDir()}
	a.office = start(t, house, func(d *service.Deps) {
		s, err := folder.Open(a.dir)
		if err != nil {
			t.Fatal(err)
		}
		engine.Engine = d.Store
		d.Objects, d.Store = s, engine
	})
	a.path = "/v1/customers/" + a.customer("华兴", "13812341234") + "/attachments"
	engine.away.Store("attachment")
	var list struct{ Items []catalogue.Attachment }
	if status, _ := a.send("wang", "?name=a.txt", strings.NewReader("x"), nil, "Content-Type", "text/plain", "Idempotency-Key", "k"); status != 503 {
		t.Errorf("%d", status)
	}
	if a.call("wang", "GET", a.path, nil, &list); len(list.Items) != 0 {
		t.Errorf("listed %+v", list.Items)
	}
	engine.away.Store("")
	if status, _ := a.send("wang", "?name=a.txt", strings.NewReader("x"), nil, "Content-Type", "text/plain", "Idempotency-Key", "k"); status != 201 {
		t.Errorf("%d", status)
	}
	if a.call("wang", "GET", a.path, nil, &list); len(list.Items) != 1 || len(a.kept()) != 1 {
		t.Errorf("listed %+v, kept %v", list.Items, a.kept())
	}
}

type gone struct{}

func (gone) Read([]byte) (int, error) { return 0, errors.New("the caller went away") }

// away is an object store that is not there.
type away struct{}

func (away) Put(context.Context, string, string, io.Reader) (objects.Stored, error) {
	return objects.Stored{}, objects.ErrUnavailable
}
func (away) Open(context.Context, string) (io.ReadCloser, int64, error) {
	return nil, 0, objects.ErrUnavailable
}
func (away) Remove(context.Context, string) error { return objects.ErrUnavailable }
func (away) Ping(context.Context) error           { return objects.ErrUnavailable }

// Where files cannot be kept, that is said, and nothing else suffers.
func TestNowhereToKeepFiles(t *testing.T) {
	for name, s := range map[string]objects.Store{"none": nil, "away": away{}} {
		a := &archive{office: start(t, house, func(d *service.Deps) { d.Objects = s })}
		a.path = "/v1/customers/" + a.customer("华兴", "13812341234") + "/attachments"
		if status, _ := a.send("wang", "?name=a.txt", strings.NewReader("x"), nil, "Content-Type", "text/plain"); status != 503 {
			t.Errorf("%s: %d", name, status)
		}
		if status, _ := a.call("wang", "GET", a.path, nil, nil); status != 200 {
			t.Errorf("%s: list %d", name, status)
		}
	}
}
