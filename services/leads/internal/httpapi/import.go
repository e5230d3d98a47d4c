package httpapi

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"liuke.dev/services/leads/internal/app"
	"liuke.dev/services/leads/internal/imports"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
)

const tagImports = "imports"

type importing struct{ app *app.App }

// registerImports adds the operations on imports. The upload and the report as
// a file are streams and go by gin.
func registerImports(s *httpx.Server, a *app.App) {
	h := importing{a}
	s.Routes.POST("/v1/imports", h.upload)
	s.Routes.GET("/v1/imports/:id/report.csv", h.reportFile)
	describeStreams(s)
	httpx.Handle(s, httpx.Op{Method: http.MethodGet, Path: "/v1/imports", ID: "list-imports", Tag: tagImports, Summary: "List imports, the newest first"}, h.list)
	httpx.Handle(s, httpx.Op{Method: http.MethodGet, Path: "/v1/imports/{id}", ID: "get-import", Tag: tagImports, Summary: "An import: its mapping, progress and counts"}, h.get)
	httpx.Handle(s, httpx.Op{Method: http.MethodPut, Path: "/v1/imports/{id}/mapping", ID: "map-import", Tag: tagImports, Summary: "Say what the columns mean",
		Description: "What is left out stays. Options name people and customers, the products known, the zone and currency.", MaxBody: 4 << 20}, h.mapping)
	httpx.Handle(s, httpx.Op{Method: http.MethodGet, Path: "/v1/imports/{id}/preview", ID: "preview-import", Tag: tagImports, Summary: "What the import would make of the file"}, h.preview)
	httpx.Handle(s, httpx.Op{Method: http.MethodPost, Path: "/v1/imports/{id}/run", ID: "run-import", Tag: tagImports, Status: http.StatusAccepted, Summary: "Carry the import out",
		Description: "In the background, resumed after a crash; the import shows how far it is. A row that is in the system already changes nothing."}, h.run)
	httpx.Handle(s, httpx.Op{Method: http.MethodDelete, Path: "/v1/imports/{id}", ID: "discard-import", Tag: tagImports, Status: http.StatusNoContent, Summary: "Forget an upload that was not run"}, h.discard)
	httpx.Handle(s, httpx.Op{Method: http.MethodGet, Path: "/v1/imports/{id}/report", ID: "import-report", Tag: tagImports, Summary: "Every row that was refused or adjusted"}, h.report)
}

// importView is an import as the interface shows it.
type importView struct {
	imports.Import
	Version int64           `json:"version"`
	Percent int             `json:"percent" doc:"Rows finished, in per cent"`
	Fields  []imports.Field `json:"fields" doc:"What columns can mean"`
}

func (h importing) view(doc *app.ImportDoc) importView {
	v := importView{Import: doc.Body, Version: doc.Version, Fields: h.app.ImportFields(doc.Body)}
	switch {
	case v.Status == imports.Done:
		v.Percent = 100
	case v.Rows > 0:
		v.Percent = v.Counts.Done * 100 / v.Rows
	}
	return v
}

// ImportPath names an import.
type ImportPath struct {
	ID string `path:"id" maxLength:"80"`
}

func (h importing) item(doc *app.ImportDoc, err error) (*httpx.Item[importView], error) {
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(h.view(doc), doc.Version), nil
}

func (h importing) get(ctx context.Context, in *ImportPath) (*httpx.Item[importView], error) {
	return h.item(h.app.GetImport(ctx, in.ID))
}

func (h importing) list(ctx context.Context, in *httpx.PageParams) (*httpx.List[importView], error) {
	docs, next, err := h.app.ListImports(ctx, in.Limit, in.After)
	out := make([]importView, 0, len(docs))
	for _, d := range docs {
		v := h.view(d)
		v.Columns, v.Fields, v.Options.People, v.Options.NewPeople, v.Options.Customers, v.Options.Products = []imports.Column{}, []imports.Field{}, nil, nil, nil, nil // details are at the import itself
		out = append(out, v)
	}
	return httpx.NewList(out, next), err
}

func (h importing) mapping(ctx context.Context, in *struct {
	ImportPath
	httpx.IfMatch
	Body struct {
		Fields    *map[string]string `json:"fields,omitempty" doc:"Field to header"`
		Stages    *map[string]string `json:"stages,omitempty" doc:"Value of the stage column to stage"`
		DateOrder string             `json:"date_order,omitempty" enum:"dmy,mdy,ymd"`
		Options   *imports.Options   `json:"options,omitempty"`
	}
}) (*httpx.Item[importView], error) {
	b := in.Body
	return h.item(h.app.MapImport(ctx, in.ID, in.IfMatch, app.MappingChange{Fields: b.Fields, Stages: b.Stages, DateOrder: b.DateOrder, Options: b.Options}))
}

func (h importing) run(ctx context.Context, in *struct {
	ImportPath
	httpx.IfMatch
}) (*httpx.Item[importView], error) {
	doc, err := h.app.StartImport(ctx, in.ID, in.IfMatch)
	out, err := h.item(doc, err)
	if out != nil {
		out.Status = http.StatusAccepted
	}
	return out, err
}

func (h importing) discard(ctx context.Context, in *struct {
	ImportPath
	httpx.IfMatch
}) (*httpx.None, error) {
	return httpx.NoContent(), h.app.DiscardImport(ctx, in.ID, in.IfMatch)
}

type previewView struct {
	Rows     int              `json:"rows"`
	Refused  int              `json:"refused" doc:"Rows that would be refused"`
	Adjusted int              `json:"adjusted" doc:"Rows that would come in with a value corrected or missing"`
	Rules    map[string]int   `json:"rules" doc:"Entries by outcome, field and rule"`
	Stages   map[string]int   `json:"stages" doc:"Deals by stage"`
	First    []app.PreviewRow `json:"first"`
}

func (h importing) preview(ctx context.Context, in *struct {
	ImportPath
	Limit int `query:"limit" minimum:"1" maximum:"100" default:"10" doc:"Rows shown"`
}) (*struct{ Body previewView }, error) {
	p, err := h.app.PreviewImport(ctx, in.ID, in.Limit)
	if err != nil {
		return nil, err
	}
	return &struct{ Body previewView }{previewView(p)}, nil
}

func (h importing) report(ctx context.Context, in *struct {
	ImportPath
	httpx.PageParams
	Outcome string `query:"outcome" enum:"refused,adjusted"`
}) (*httpx.List[imports.Entry], error) {
	entries, next, err := h.app.ImportReport(ctx, in.ID, in.Outcome, in.After, in.Limit)
	return httpx.NewList(entries, next), err
}

// upload takes the file as the body or as the first file of a form.
func (h importing) upload(c *gin.Context) {
	ctx := c.Request.Context()
	if _, err := httpx.Require(ctx); err != nil {
		httpx.Abort(c, err)
		return
	}
	for name := range c.Request.URL.Query() {
		if name != "kind" && name != "name" {
			httpx.Abort(c, problem.InvalidFields(problem.FieldError("query."+name, "unknown_parameter", "没有这个参数", "is not a parameter")))
			return
		}
	}
	file, name, err := fileOf(c)
	if err != nil {
		httpx.Abort(c, err)
		return
	}
	doc, err := h.app.UploadImport(ctx, c.Query("kind"), name, file)
	if err != nil {
		httpx.Abort(c, err)
		return
	}
	c.Header("ETag", httpx.ETag(doc.Version))
	c.Header("Location", httpx.Path("v1", "imports", doc.ID))
	c.JSON(http.StatusCreated, h.view(doc))
}

func fileOf(c *gin.Context) (io.Reader, string, error) {
	kind, params, _ := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if kind != "multipart/form-data" {
		return c.Request.Body, c.Query("name"), nil
	}
	form := multipart.NewReader(c.Request.Body, params["boundary"])
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return nil, "", problem.InvalidFields(problem.FieldError("file", "required", "请附上文件", "a file is required"))
		}
		if err != nil {
			return nil, "", &problem.Error{Code: problem.Malformed, Cause: err, Text: lang.T("表单无法读取", "The form cannot be read")}
		}
		if part.FileName() != "" {
			return part, part.FileName(), nil
		}
	}
}

func (h importing) reportFile(c *gin.Context) {
	ctx := c.Request.Context()
	if _, err := httpx.Require(ctx); err != nil {
		httpx.Abort(c, err)
		return
	}
	if _, err := h.app.GetImport(ctx, c.Param("id")); err != nil {
		httpx.Abort(c, err)
		return
	}
	c.Header("Content-Type", "text/csv; charset=utf-8")
	c.Header("Content-Disposition", `attachment; filename="import-report.csv"`)
	_ = h.app.WriteImportReport(ctx, c.Param("id"), c.Writer) // it streams: the caller sees it cut short
}

// describeStreams adds the two streams to the OpenAPI document.
func describeStreams(s *httpx.Server) {
	text := &huma.Schema{Type: "string", Format: "binary"}
	secured := []map[string][]string{{"bearer": {}}}
	httpx.Describe(s, &huma.Operation{Method: http.MethodPost, Path: "/v1/imports", OperationID: "upload-import", Tags: []string{tagImports}, Security: secured,
		Summary: "Upload a CSV file", Description: "UTF-8, UTF-16 or GB 18030, at most 64 MiB, as the body or as a file of a form. The answer proposes a mapping; nothing is imported before it is run.",
		Parameters: []*huma.Param{{Name: "kind", In: "query", Required: true, Schema: &huma.Schema{Type: "string", Enum: []any{imports.Leads, imports.Deals}}},
			{Name: "name", In: "query", Description: "Name of the file", Schema: &huma.Schema{Type: "string"}}},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"text/csv": {Schema: text}}},
		Responses: map[string]*huma.Response{"201": {Description: "The import with its proposed mapping", Content: map[string]*huma.MediaType{
			"application/json": {Schema: s.API.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[importView](), true, "")}}}}})
	httpx.Describe(s, &huma.Operation{Method: http.MethodGet, Path: "/v1/imports/{id}/report.csv", OperationID: "import-report-file", Tags: []string{tagImports}, Security: secured,
		Summary: "The report as a CSV file", Parameters: []*huma.Param{{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: "string"}}},
		Responses: map[string]*huma.Response{"200": {Description: "One line per entry", Content: map[string]*huma.MediaType{"text/csv": {Schema: text}}}}})
}
