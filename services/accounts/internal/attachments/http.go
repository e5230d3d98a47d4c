package attachments

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"reflect"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
)

const (
	tag   = "Attachments"
	place = "/v1/customers/{id}/attachments"
)

func (a *Attachments) register(s *httpx.Server) {
	s.Routes.POST("/v1/customers/:id/attachments", a.upload)
	s.Routes.GET("/v1/customers/:id/attachments/:attachment/content", a.download)
	describe(s)
	httpx.Handle(s, httpx.Op{Method: "GET", Path: place, ID: "list-attachments", Tag: tag, Summary: "Files kept with a customer, newest first"}, a.list)
	httpx.Handle(s, httpx.Op{Method: "GET", Path: place + "/{attachment}", ID: "get-attachment", Tag: tag, Summary: "What an attachment is"}, a.get)
	httpx.Handle(s, httpx.Op{Method: "DELETE", Path: place + "/{attachment}", ID: "remove-attachment", Tag: tag, Status: http.StatusNoContent, Summary: "Take an attachment away",
		Description: "The content is deleted; that it was there, and who took it away, stays recorded."}, a.remove)
}

// AttachmentPath names an attachment of a customer.
type AttachmentPath struct {
	ID         string `path:"id" maxLength:"200"`
	Attachment string `path:"attachment" maxLength:"80"`
}

func (a *Attachments) list(ctx context.Context, in *struct {
	ID string `path:"id" maxLength:"200"`
	httpx.PageParams
}) (*httpx.List[catalogue.Attachment], error) {
	items, next, err := a.List(ctx, auth.From(ctx), in.ID, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	return httpx.NewList(items, next), nil
}

func (a *Attachments) get(ctx context.Context, in *AttachmentPath) (*httpx.Item[catalogue.Attachment], error) {
	d, _, err := a.Get(ctx, auth.From(ctx), in.ID, in.Attachment)
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(d.Body.Shown(), d.Version), nil
}

func (a *Attachments) remove(ctx context.Context, in *struct {
	AttachmentPath
	httpx.IfMatch
}) (*httpx.None, error) {
	if err := a.Remove(ctx, auth.From(ctx), in.ID, in.Attachment, httpx.Command(ctx), in.Check); err != nil {
		return nil, err
	}
	return httpx.NoContent(), nil
}

// upload takes the file as the body, or as the first file of a form.
func (a *Attachments) upload(c *gin.Context) {
	ctx := c.Request.Context()
	p, err := httpx.Require(ctx)
	if err != nil {
		httpx.Abort(c, err)
		return
	}
	for name := range c.Request.URL.Query() {
		if name != "name" && name != "purpose" {
			httpx.Abort(c, problem.InvalidFields(problem.FieldError("query."+name, "unknown_parameter", "没有这个参数", "is not a parameter")))
			return
		}
	}
	u, err := fileOf(c)
	if err != nil {
		httpx.Abort(c, err)
		return
	}
	d, err := a.Store(ctx, p, httpx.NewID(ctx), c.Param("id"), httpx.Command(ctx), u)
	if err != nil {
		httpx.Abort(c, err)
		return
	}
	c.Header("ETag", httpx.ETag(d.Version))
	c.Header("Location", httpx.Path("v1", "customers", d.Body.Customer, "attachments", d.ID))
	c.JSON(http.StatusCreated, d.Body.Shown())
}

func fileOf(c *gin.Context) (Upload, error) {
	u := Upload{Name: c.Query("name"), Purpose: c.Query("purpose"), ContentType: c.GetHeader("Content-Type"), Content: c.Request.Body}
	kind, params, _ := mime.ParseMediaType(u.ContentType)
	if kind != "multipart/form-data" {
		return u, nil
	}
	form := multipart.NewReader(c.Request.Body, params["boundary"])
	for {
		part, err := form.NextPart()
		if errors.Is(err, io.EOF) {
			return u, problem.InvalidFields(problem.FieldError("file", "required", "请附上文件", "a file is required"))
		}
		if err != nil {
			return u, &problem.Error{Code: problem.Malformed, Cause: err, Text: lang.T("表单无法读取", "The form cannot be read")}
		}
		if part.FileName() == "" {
			continue
		}
		u.Content, u.ContentType = part, part.Header.Get("Content-Type")
		if u.Name == "" {
			u.Name = part.FileName()
		}
		return u, nil
	}
}

// download streams the content. Browsers save it and never show it as a page of ours.
func (a *Attachments) download(c *gin.Context) {
	ctx := c.Request.Context()
	p, err := httpx.Require(ctx)
	if err != nil {
		httpx.Abort(c, err)
		return
	}
	d, content, err := a.Open(ctx, p, c.Param("id"), c.Param("attachment"))
	if err != nil {
		httpx.Abort(c, err)
		return
	}
	defer func() { _ = content.Close() }()
	f := d.Body.File
	c.Header("Content-Type", f.ContentType)
	c.Header("Content-Length", strconv.FormatInt(f.Size, 10))
	c.Header("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": f.Name}))
	c.Header("X-Content-Type-Options", "nosniff")
	c.Header("ETag", `"`+f.SHA256+`"`)
	c.Status(http.StatusOK)
	_, _ = io.Copy(c.Writer, content) // it streams: the caller sees it cut short
}

// describe adds the two streams to the OpenAPI document.
func describe(s *httpx.Server) {
	binary := &huma.Schema{Type: "string", Format: "binary"}
	secured := []map[string][]string{{"bearer": {}}}
	id := &huma.Param{Name: "id", In: "path", Required: true, Schema: &huma.Schema{Type: "string"}}
	httpx.Describe(s, &huma.Operation{Method: http.MethodPost, Path: place, OperationID: "store-attachment", Tags: []string{tag}, Security: secured,
		Summary: "Keep a file with a customer", Description: "As the body or as a file of a form; size and content types are bounded by the policy. Nothing is kept of a file that is too large or does not arrive whole (R-036, R-037).",
		Parameters: []*huma.Param{id, {Name: "name", In: "query", Description: "Name of the file; absent: the form's", Schema: &huma.Schema{Type: "string"}},
			{Name: "purpose", In: "query", Description: "What it is", Schema: &huma.Schema{Type: "string"}}},
		RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"application/pdf": {Schema: binary}}},
		Responses: map[string]*huma.Response{"201": {Description: "The attachment", Content: map[string]*huma.MediaType{
			"application/json": {Schema: s.API.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[catalogue.Attachment](), true, "")}}}}})
	httpx.Describe(s, &huma.Operation{Method: http.MethodGet, Path: place + "/{attachment}/content", OperationID: "attachment-content", Tags: []string{tag}, Security: secured,
		Summary: "The content of an attachment", Parameters: []*huma.Param{id, {Name: "attachment", In: "path", Required: true, Schema: &huma.Schema{Type: "string"}}},
		Responses: map[string]*huma.Response{"200": {Description: "The file", Content: map[string]*huma.MediaType{"application/octet-stream": {Schema: binary}}}}})
}
