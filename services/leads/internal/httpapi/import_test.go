package httpapi_test

import (
	"bytes"
	"context"
	"mime/multipart"
	"strings"
	"testing"
	"time"
)

const pipelineFile = "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n" +
	"A1,Ann,GTXPro,Acme,Won,20-10-16,01-03-17,1054\n" +
	"A2,Ann,GTX Pro,Acme,Engaging,25-10-16,,\n" +
	"A3,Zed,GTX Pro,Acme,Engaging,25-10-16,,\n" +
	"A4,Ben,GTX Pro,,Prospecting,,,\n"

// The whole way of an import over HTTP, as a terminal goes it.
func TestImportOverHTTP(t *testing.T) {
	h := newHouse(t)
	h.call("ann", "POST", "/v1/imports?kind=deals", pipelineFile, "Content-Type", "text/csv").is(403, "rule", "import:none")
	h.call("", "POST", "/v1/imports?kind=deals", pipelineFile).is(401)
	h.call("dora", "POST", "/v1/imports?kind=cows", pipelineFile).is(422, "errors.0.field", "query.kind")
	h.call("dora", "POST", "/v1/imports?kind=deals&colour=red", pipelineFile).is(422)
	h.call("dora", "POST", "/v1/imports?kind=deals", "").is(422, "errors.0.rule", "empty")
	h.call("dora", "POST", "/v1/imports?kind=deals", "a,b\n").is(422, "errors.0.rule", "empty")
	h.call("dora", "POST", "/v1/imports?kind=deals", "PK\x03\x04\x00\x00").is(422, "errors.0.rule", "not_text")
	up := h.call("dora", "POST", "/v1/imports?kind=deals&name=sales.csv", pipelineFile, "Content-Type", "text/csv", "Idempotency-Key", "up").is(201,
		"status", "uploaded", "rows", 4, "encoding", "utf-8", "mapping.fields.owner", "sales_agent", "mapping.stages.Engaging", "need_confirmed", "mapping.date_order", "dmy", "percent", 0)
	h.call("dora", "POST", "/v1/imports?kind=deals&name=sales.csv", pipelineFile, "Content-Type", "text/csv", "Idempotency-Key", "up").is(201, "id", up.text("id"))
	path := up.header.Get("Location")
	h.call("dora", "PUT", path+"/mapping", `{"fields":{"owner":"nobody"}}`).is(422, "errors.0.field", "fields.owner")
	h.call("dora", "PUT", path+"/mapping", `{"date_order":"soon"}`).is(422)
	h.call("dora", "PUT", path+"/mapping", `{}`, "If-Match", `"9"`).is(412)
	h.call("dora", "PUT", path+"/mapping", `{"options":{"currency":"USD","products":["GTX Pro"],"customers":{"Acme":"c1"}}}`).is(200, "options.source", "csv")
	h.call("dora", "GET", path+"/preview?limit=2", "").is(200, "rows", 4, "refused", 1, "adjusted", 2, "first.0.deal.product", "GTX Pro", "first.0.deal.customer", "c1",
		"first.0.entries.0.rule", "product_spelling", "first.1.deal.stage", "need_confirmed", "first.2", nil, "rules.refused owner owner_unknown", 1)
	h.call("dora", "POST", path+"/run", "").is(202, "status", "running")
	h.call("dora", "POST", path+"/run", "").is(202)
	h.call("dora", "PUT", path+"/mapping", `{}`).is(409, "rule", "import_running")

	ctx, stop := context.WithTimeout(context.Background(), 20*time.Second)
	done := make(chan error)
	go func() { done <- h.app.RunImports(ctx) }()
	for ctx.Err() == nil && h.call("dora", "GET", path, "").text("status") != "done" {
		time.Sleep(20 * time.Millisecond)
	}
	stop()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	h.call("dora", "GET", path, "").is(200, "status", "done", "percent", 100, "counts.created", 3, "counts.refused", 1, "counts.adjusted", 2, "counts.by_stage.won", 1,
		"counts.won_amounts.USD.minor", 105400)
	h.call("dora", "GET", path+"/report?outcome=refused", "").is(200, "items.0.line", 4, "items.0.field", "owner", "items.0.rule", "owner_unknown", "items.0.value", "Zed", "items.1", nil)
	first := h.call("dora", "GET", path+"/report?limit=1", "").is(200, "items.0.line", 2, "items.1", nil)
	h.call("dora", "GET", path+"/report?after="+first.text("next"), "").is(200, "items.0.line", 4)
	h.call("dora", "GET", path+"/report?after=x", "").is(422)
	file := h.call("dora", "GET", path+"/report.csv", "").is(200)
	if !strings.HasPrefix(string(file.raw), "\ufeffline,outcome,field,rule") || !strings.Contains(string(file.raw), "4,refused,owner,owner_unknown,Zed") {
		t.Errorf("%s", file.raw)
	}
	h.call("dora", "GET", "/v1/imports", "").is(200, "items.0.status", "done", "items.1", nil)
	h.call("dora", "GET", "/v1/imports/none", "").is(404)
	h.call("dora", "GET", "/v1/imports/none/report.csv", "").is(404)
	h.call("dora", "GET", "/v1/deals?owner=ann&outcome=open", "").is(200, "items.0.external", "A2", "items.0.imported", true, "items.1", nil)
}

// People who are yet to be added are known to the preview, and the import is not run
// before they are there.
func TestAPreviewKnowsWhoIsToBeAdded(t *testing.T) {
	h := newHouse(t)
	path := h.call("dora", "POST", "/v1/imports?kind=deals&name=sales.csv", pipelineFile, "Content-Type", "text/csv").is(201).header.Get("Location")
	h.call("dora", "PUT", path+"/mapping", `{"options":{"currency":"USD","new_people":["zed"]}}`).is(200, "options.new_people.0", "zed")
	h.call("dora", "GET", path+"/preview", "").is(200, "rows", 4, "refused", 0)
	h.call("dora", "POST", path+"/run", "").is(422, "errors.0.field", "options.new_people", "errors.0.rule", "person")
	h.call("dora", "GET", path, "").is(200, "status", "uploaded")
	h.call("dora", "PUT", path+"/mapping", `{"options":{"currency":"USD"}}`).is(200)
	h.call("dora", "GET", path+"/preview", "").is(200, "refused", 1)
}

// An upload that was never run can be forgotten; what was run stays.
func TestAnUploadIsDiscarded(t *testing.T) {
	h := newHouse(t)
	path := h.call("dora", "POST", "/v1/imports?kind=deals&name=sales.csv", pipelineFile, "Content-Type", "text/csv").is(201).header.Get("Location")
	h.call("ann", "DELETE", path, "").is(403)
	h.call("dora", "DELETE", path, "", "If-Match", `"9"`).is(412)
	h.call("dora", "DELETE", path, "").is(204)
	h.call("dora", "DELETE", path, "").is(404)
	h.call("dora", "GET", "/v1/imports", "").is(200, "items.0", nil)
	path = h.call("dora", "POST", "/v1/imports?kind=deals&name=sales.csv", pipelineFile, "Content-Type", "text/csv").is(201).header.Get("Location")
	h.call("dora", "POST", path+"/run", "").is(202)
	h.call("dora", "DELETE", path, "").is(409, "rule", "import_running")
}

// The file may come as a form, as a browser sends it.
func TestImportAsForm(t *testing.T) {
	h := newHouse(t)
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", "deals.csv")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := part.Write([]byte(pipelineFile)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	h.call("dora", "POST", "/v1/imports?kind=deals", body.String(), "Content-Type", w.FormDataContentType()).is(201, "name", "deals.csv", "rows", 4)
	h.call("dora", "POST", "/v1/imports?kind=deals", "--x--\r\n", "Content-Type", "multipart/form-data; boundary=x").is(422, "errors.0.rule", "required")
}

// A file beyond the bound is refused while it streams in.
func TestImportTooLarge(t *testing.T) {
	h := newHouse(t)
	row := strings.Repeat("x", 1000) + "\n"
	h.call("dora", "POST", "/v1/imports?kind=deals", "title\n"+strings.Repeat(row, 68_000), "Content-Type", "text/csv").is(413, "code", "too_large")
}
