package httpx

import (
	"context"
	"net/http"
	"net/url"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// Op describes an operation.
type Op struct {
	Method  string
	Path    string // gin style is not used: /v1/leads/{id}
	ID      string // unique, kebab case
	Summary string
	Tag     string
	// Description says more, requirement numbers included.
	Description string
	// Status of success; zero: 200, or 201 for a POST without it.
	Status int
	// Public operations need no token.
	Public bool
	// Creates says that a PUT may also create: it answers 201 then.
	Creates bool
	// MaxBody bounds the body in bytes; zero: 1 MiB.
	MaxBody int64
}

// refusals are what every operation may answer besides success.
var refusals = []int{400, 401, 403, 404, 409, 412, 413, 422, 429, 500, 503}

// Describe adds an operation to the document that Routes answer: files, streams.
// What all operations refuse with is added to its responses.
func Describe(s *Server, o *huma.Operation) {
	problem := &huma.MediaType{Schema: s.API.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[Problem](), true, "")}
	for _, status := range refusals {
		o.Responses[strconv.Itoa(status)] = &huma.Response{Description: http.StatusText(status), Content: map[string]*huma.MediaType{"application/problem+json": problem}}
	}
	s.API.OpenAPI().AddOperation(o)
}

const publicMark = "liuke-public"

// Handle adds an operation. I and O are huma input and output structs: path,
// query and header fields by tag, Body for the JSON body. Errors may be
// *problem.Error, the store's errors, or anything else (which is a 500).
func Handle[I, O any](s *Server, op Op, handler func(context.Context, *I) (*O, error)) {
	for _, t := range []reflect.Type{reflect.TypeFor[I](), reflect.TypeFor[O]()} {
		if name, lost := overlooked(t, map[reflect.Type]bool{}); lost {
			panic("httpx: " + op.ID + " would be described and read without the fields of " + name + ": embed exported types")
		}
	}
	o := huma.Operation{
		Method: op.Method, Path: op.Path, OperationID: op.ID, Summary: op.Summary, Description: op.Description,
		DefaultStatus: op.Status, MaxBodyBytes: op.MaxBody, Tags: []string{op.Tag},
		Errors:   refusals,
		Metadata: map[string]any{publicMark: op.Public},
	}
	if o.DefaultStatus == 0 && op.Method == http.MethodPost {
		o.DefaultStatus = http.StatusCreated
	}
	if !op.Public {
		o.Security = []map[string][]string{{"bearer": {}}}
	}
	huma.Register(s.API, o, func(ctx context.Context, in *I) (*O, error) {
		out, err := handler(ctx, in)
		if err != nil {
			return nil, s.answer(ctx, err)
		}
		return out, nil
	})
	if _, chosen := reflect.TypeFor[O]().FieldByName("Status"); chosen && op.Method == http.MethodPost && o.DefaultStatus == http.StatusCreated {
		post := s.API.OpenAPI().Paths[op.Path].Post // it may find that the thing is there
		there := *post.Responses[strconv.Itoa(http.StatusCreated)]
		there.Description = http.StatusText(http.StatusOK)
		post.Responses[strconv.Itoa(http.StatusOK)] = &there
	}
	if put := s.API.OpenAPI().Paths[op.Path].Put; op.Creates && put != nil {
		created := *put.Responses[strconv.Itoa(http.StatusOK)]
		created.Description = http.StatusText(http.StatusCreated)
		put.Responses[strconv.Itoa(http.StatusCreated)] = &created
	}
}

// PageParams are the query parameters of every list.
type PageParams struct {
	Limit int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Items per page"`
	After string `query:"after" maxLength:"1000" doc:"Cursor of the page before: its next"`
}

// Page is the body of every list.
type Page[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next,omitempty" doc:"Cursor for the following page; absent at the end"`
}

// List is the output of every list.
type List[T any] struct {
	Body Page[T]
}

// NewList makes the output of a list.
func NewList[T any](items []T, next string) *List[T] {
	if items == nil {
		items = []T{}
	}
	return &List[T]{Body: Page[T]{Items: items, Next: next}}
}

// Item is the output of an operation on one thing.
type Item[T any] struct {
	Status   int    // zero: the operation's
	ETag     string `header:"ETag"`
	Location string `header:"Location"`
	Body     T
}

// NewItem makes the output for a thing at a version.
func NewItem[T any](body T, version int64) *Item[T] {
	return &Item[T]{ETag: ETag(version), Body: body, Status: http.StatusOK}
}

// Path joins the parts of an address of a thing, for Location. Ids may hold what an
// address may not, so it escapes each.
func Path(parts ...string) string {
	var out strings.Builder
	for _, p := range parts {
		out.WriteString("/" + url.PathEscape(p))
	}
	return out.String()
}

// NewCreated makes the output for a thing that was just created, found at a Path.
func NewCreated[T any](body T, version int64, location string) *Item[T] {
	return &Item[T]{ETag: ETag(version), Location: location, Body: body, Status: http.StatusCreated}
}

// None is the output of an operation that answers without a body (204).
type None struct {
	Status int
}

// NoContent makes a None.
func NoContent() *None { return &None{Status: http.StatusNoContent} }
