package links

import (
	"bytes"
	"embed"
	"html/template"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"liuke.dev/shared/httpx"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/signedlink"
)

//go:embed pages/page.html
var files embed.FS

var pages = template.Must(template.ParseFS(files, "pages/page.html"))

// Page is what a link shows: a title, a notice, what is known, what happened, and
// what the reader may do. All of it is optional.
type Page struct {
	Status int // zero: 200
	// Elsewhere is where the reader's browser goes instead; empty: it stays.
	Elsewhere string
	Title     lang.Text
	Notice    lang.Text // what was done, or where it stands
	Facts     []Fact
	Heading   lang.Text // over the prose and the entries
	Prose     string    // to be read in full; its lines stay lines
	Entries   []Entry
	Form      *Form
}

// Fact is a thing that is known, with what it is called.
type Fact struct {
	Name  lang.Text
	Value lang.Text
	// Link is where the value leads, relative to the page; empty: nowhere.
	Link string
}

// Entry is a thing that happened.
type Entry struct {
	When string
	Who  lang.Text
	Text string
}

// Form is what the reader may do; it is posted to the page's own address.
type Form struct {
	Title  lang.Text
	Fields []Field
	Submit lang.Text
}

// The kinds of fields.
const (
	Line   = "line"
	Long   = "long"
	Choice = "choice" // one of the options
	Many   = "many"   // any of the options
)

// Field of a form.
type Field struct {
	Name      string
	Label     lang.Text
	Hint      lang.Text
	Kind      string
	Options   []Option
	Value     string
	Required  bool
	MaxLength int
	Error     lang.Text
}

// Option of a Choice or Many.
type Option struct {
	Value string
	Label lang.Text
}

// Shown is a page as the template reads it.
type Shown struct {
	Page
	Lang, Other string
}

// T gives a text in the reader's language.
func (s Shown) T(t lang.Text) string { return t.In(s.Lang) }

// Named gives the fields with the errors of a problem at the names that it gives them.
func (f *Form) Named(fields []problem.Field, prefix string) {
	for i := range f.Fields {
		for _, e := range fields {
			if e.Field == prefix+f.Fields[i].Name {
				f.Fields[i].Error = e.Text
			}
		}
	}
}

// Reader is somebody who opened a page; Form holds what they posted.
type Reader struct {
	Link signedlink.Link
	*gin.Context
}

// Page adds the page of a purpose: GET shows it, POST (with act) does what the
// reader asked for. What refuses is shown as a page too.
func (l *Links) Page(s *httpx.Server, purpose, summary string, show, act func(Reader) (Page, error)) {
	path := Route(purpose, "{token}") + "/page"
	describe := func(method string) {
		httpx.Describe(s, &huma.Operation{Method: method, Path: path, OperationID: strings.ToLower(purpose + "-page-" + method), Tags: []string{Tag}, Summary: summary,
			Parameters: []*huma.Param{{Name: "token", In: "path", Required: true, Schema: huma.SchemaFromType(s.API.OpenAPI().Components.Schemas, textType)}},
			Responses:  map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{"text/html": {}}}}})
	}
	describe(http.MethodGet)
	s.Routes.GET(Route(purpose, ":token")+"/page", l.serve(purpose, show))
	if act != nil {
		describe(http.MethodPost)
		s.Routes.POST(Route(purpose, ":token")+"/page", l.serve(purpose, act))
	}
}

var textType = reflect.TypeFor[string]()

func (l *Links) serve(purpose string, handle func(Reader) (Page, error)) gin.HandlerFunc {
	return func(c *gin.Context) {
		link, err := l.open(purpose, c.Param("token"), c.ClientIP())
		Answer(c, err, func() (Page, error) { return handle(Reader{link, c}) })
	}
}

// Answer shows a page, or why there is none. err is that of what came before.
func Answer(c *gin.Context, err error, page func() (Page, error)) {
	if c.Request.Method == http.MethodPost && err == nil {
		c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, MaxBody)
		if bad := c.Request.ParseForm(); bad != nil {
			err = &problem.Error{Code: problem.Malformed, Cause: bad, Text: lang.T("提交的内容无法读取", "What was sent cannot be read")}
		}
	}
	var p Page
	if err == nil {
		p, err = page()
	}
	if err != nil {
		e := httpx.Classify(err)
		p = Page{Status: e.Status(), Title: lang.T("无法打开", "This cannot be shown"), Notice: e.Text}
	}
	write(c, p)
}

// write shows a page that no other site may frame and that runs no script.
func write(c *gin.Context, p Page) {
	if p.Elsewhere != "" {
		c.Header("Cache-Control", "no-store")
		c.Header("Referrer-Policy", "no-referrer")
		c.Redirect(http.StatusSeeOther, p.Elsewhere)
		return
	}
	asked := c.Query("lang")
	if asked == "" {
		asked = c.GetHeader("Accept-Language")
	}
	shown := Shown{Page: p, Lang: "zh-CN", Other: "en"}
	if lang.IsEnglish(asked) {
		shown.Lang, shown.Other = "en", "zh-CN"
	}
	var b bytes.Buffer
	if err := pages.ExecuteTemplate(&b, "page.html", shown); err != nil {
		httpx.Abort(c, err)
		return
	}
	for name, value := range map[string]string{"Cache-Control": "no-store", "X-Frame-Options": "DENY", "X-Content-Type-Options": "nosniff", "Referrer-Policy": "no-referrer",
		"Content-Language": shown.Lang, "X-Robots-Tag": "noindex",
		"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"} {
		c.Header(name, value)
	}
	status := p.Status
	if status == 0 {
		status = http.StatusOK
	}
	c.Data(status, "text/html; charset=utf-8", b.Bytes())
}
