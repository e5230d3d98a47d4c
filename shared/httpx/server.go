// Package httpx is how services speak HTTP: gin beneath, huma for typed
// operations and their OpenAPI 3.1 document, problem details for every error,
// ETag and If-Match, Idempotency-Key, keyset pages, and who is calling.
//
// A service makes one Server and adds operations with Handle. Several Servers
// can share one gin engine, as in the all-in-one program.
package httpx

import (
	"context"
	"log/slog"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

// Verifier turns a bearer token into a principal.
type Verifier interface {
	Verify(ctx context.Context, token string) (auth.Principal, error)
}

// Config is what a Server needs.
type Config struct {
	Name     string // of the service, prefixes its schemas: "leads"
	Version  string
	Engine   *gin.Engine
	Verifier Verifier
	// Answers keeps the first answer to each Idempotency-Key; nil: keys are not remembered.
	Answers store.Engine
	Clock   instant.Clock
	Log     *slog.Logger
	Metrics prometheus.Registerer
	// Timeout bounds one request; zero means 30 s.
	Timeout time.Duration
}

// Server is one service's part of the HTTP interface.
type Server struct {
	API     huma.API
	Engine  *gin.Engine
	Routes  gin.IRoutes // for what is not JSON: pages, event streams
	config  Config
	answers *answers
}

// Name gives the service's name.
func (s *Server) Name() string { return s.config.Name }

// New makes a service's Server on its gin engine.
func New(ctx context.Context, c Config) (*Server, error) {
	if c.Clock == nil {
		c.Clock = instant.Now
	}
	if c.Log == nil {
		c.Log = slog.Default()
	}
	if c.Timeout == 0 {
		c.Timeout = 30 * time.Second
	}
	s := &Server{Engine: c.Engine, config: c}
	if c.Answers != nil {
		a, err := newAnswers(ctx, c.Answers, c.Clock)
		if err != nil {
			return nil, err
		}
		s.answers = a
	}
	group := c.Engine.Group("", s.measure(), s.recoverPanics(), s.bound(), readable(), s.identify(), s.remember())
	s.Routes = group
	s.API = humagin.NewWithGroup(c.Engine, group, s.apiConfig())
	s.API.UseMiddleware(s.requirePrincipal, peopleFirst)
	return s, nil
}

// NewEngine makes a gin engine as Liuke wants it: no debug output, and every
// unknown path or method answered with problem details.
func NewEngine() *gin.Engine {
	gin.SetMode(gin.ReleaseMode)
	e := gin.New()
	e.HandleMethodNotAllowed = true
	e.UseRawPath, e.UnescapePathValues = true, true
	e.RedirectTrailingSlash, e.RedirectFixedPath = false, false
	_ = e.SetTrustedProxies(nil) // nil is always valid: nobody's X-Forwarded-For is believed
	e.NoRoute(noRoute)
	e.NoMethod(noMethod)
	return e
}

func (s *Server) apiConfig() huma.Config {
	c := huma.DefaultConfig("Liuke "+s.config.Name, s.config.Version)
	c.OpenAPIPath, c.DocsPath, c.SchemasPath = "", "", ""
	c.CreateHooks = nil // no $schema links in bodies
	c.Formats = map[string]huma.Format{"application/json": jsonFormat, "json": jsonFormat}
	c.RejectUnknownQueryParameters = true
	registry := huma.NewMapRegistry("#/components/schemas/", namer(s.config.Name))
	registry.RegisterTypeAlias(reflect.TypeFor[instant.Time](), reflect.TypeFor[time.Time]())
	c.Components.Schemas = registry
	c.Components.SecuritySchemes = map[string]*huma.SecurityScheme{"bearer": {Type: "http", Scheme: "bearer", BearerFormat: "JWT"}}
	return c
}

// namer keeps schema names unique: a service's own types carry its name, shared
// ones their package's; of two types of one service with the same name the second
// carries its package's besides.
func namer(service string) func(reflect.Type, string) string {
	taken := map[string]reflect.Type{}
	return func(t reflect.Type, hint string) string {
		name := huma.DefaultSchemaNamer(t, hint)
		for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
			t = t.Elem()
		}
		pkg := t.PkgPath()
		if strings.HasPrefix(pkg, "liuke.dev/shared/") && !strings.Contains(t.Name(), "[") {
			return title(pkg[strings.LastIndex(pkg, "/")+1:]) + name
		}
		plain := title(service) + name
		if first, ok := taken[plain]; ok && first != t && t.Name() != "" {
			plain = title(service) + title(home(t)) + name
		}
		for n, own := 2, plain; ; n++ { // those without a name are named after where they stand
			if first, ok := taken[own]; !ok || first == t {
				taken[own] = t
				return own
			}
			own = plain + strconv.Itoa(n)
		}
	}
}

// home gives the last part of the package that a type belongs to; of a generic one,
// of what it is of.
func home(t reflect.Type) string {
	path := t.PkgPath()
	if i := strings.LastIndexByte(t.Name(), '['); i >= 0 {
		of := t.Name()[i+1:]
		path = of[:max(strings.LastIndexByte(of, '.'), 0)]
	}
	return path[strings.LastIndexByte(path, '/')+1:]
}

func title(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
