package httpx

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/oklog/ulid/v2"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// AnswersKept is how long a first answer is given again.
const AnswersKept = 48 * time.Hour

// maxRemembered bounds the bodies that take part in idempotency.
const maxRemembered = 1 << 20

var answerSpec = store.Spec{Name: "answer", Indexes: []store.Index{{Name: "by_time", Order: "at"}}}

// storedAnswer is the first answer to an Idempotency-Key.
type storedAnswer struct {
	Request  string       `json:"request"` // hash of method, path and body
	Status   int          `json:"status"`
	ETag     string       `json:"etag,omitempty"`
	Location string       `json:"location,omitempty"`
	Type     string       `json:"type,omitempty"`
	Body     []byte       `json:"body,omitempty"`
	At       instant.Time `json:"at"`
}

type answers struct {
	docs  store.Collection[storedAnswer]
	clock instant.Clock
	// pending are answers on their way to the store, by id; nobody waits for them
	// to arrive: until then a repeat finds them here, and in another process it
	// finds what the command changed.
	pending  sync.Map
	free     chan struct{}
	underway underway
}

// pendingAnswers bounds how many are on their way; further ones are waited for.
const pendingAnswers = 64

func newAnswers(ctx context.Context, e store.Engine, clock instant.Clock) (*answers, error) {
	if err := e.Declare(ctx, answerSpec); err != nil {
		return nil, err
	}
	return &answers{docs: store.Of[storedAnswer](e, answerSpec), clock: clock, free: make(chan struct{}, pendingAnswers)}, nil
}

type commandKey struct{}

// Command gives the id of the command in progress: the caller and the
// Idempotency-Key, or the effect's id for a journey; empty if there is none.
// Commit it with what the command changes, so that a repeat is recognised even
// if the answer to the first try was lost.
func Command(ctx context.Context) string {
	c, _ := ctx.Value(commandKey{}).(string)
	return c
}

// WithCommand sets the command id, for callers that do not come by HTTP.
func WithCommand(ctx context.Context, id string) context.Context {
	return context.WithValue(ctx, commandKey{}, id)
}

// NewID gives an id for a thing that the command creates: derived from the
// command, so that a repeat finds the same thing, or a new ULID.
func NewID(ctx context.Context) string {
	command := Command(ctx)
	if command == "" {
		return ulid.Make().String()
	}
	sum := sha256.Sum256([]byte(command))
	var id ulid.ULID
	copy(id[:], sum[:16])
	id[0] &= 0x7f // stays below the largest ULID time
	return id.String()
}

// commands tells whether requests of a method may change something.
func commands(method string) bool { return method != http.MethodGet && method != http.MethodHead }

// remember answers a repeated Idempotency-Key with the first answer.
func (s *Server) remember() gin.HandlerFunc {
	return func(c *gin.Context) {
		key := c.GetHeader(effects.HeaderKey)
		if key == "" || !commands(c.Request.Method) {
			c.Next()
			return
		}
		if len(key) > 255 {
			Abort(c, problem.InvalidFields(problem.FieldError("header.Idempotency-Key", "max_length", "最多 255 个字符", "at most 255 characters")))
			return
		}
		p := auth.From(c.Request.Context())
		command := p.ID + ":" + key
		if p.Is(auth.System) {
			command = key // an effect's id is unique by itself, whoever carries it out
		}
		c.Request = c.Request.WithContext(context.WithValue(c.Request.Context(), commandKey{}, command))
		if s.answers == nil || p.Is(auth.System) {
			c.Next() // effects are recognised by the documents they change
			return
		}
		s.answers.serve(c, command)
	}
}

func (a *answers) serve(c *gin.Context, command string) {
	body, err := io.ReadAll(io.LimitReader(c.Request.Body, maxRemembered+1))
	if err != nil {
		Abort(c, &problem.Error{Code: problem.Malformed, Cause: err, Text: lang.T("请求内容无法读取", "The request body cannot be read")})
		return
	}
	c.Request.Body = struct {
		io.Reader
		io.Closer
	}{io.MultiReader(bytes.NewReader(body), c.Request.Body), c.Request.Body}
	h := sha256.New()
	h.Write([]byte(c.Request.Method + " " + c.Request.URL.RequestURI() + "\n"))
	h.Write(body)
	request, id := hex.EncodeToString(h.Sum(nil)), hashed(command)

	ctx := c.Request.Context()
	end, err := a.underway.take(ctx, id, request)
	if err != nil {
		Abort(c, err)
		return
	}
	defer end()
	switch first, err := a.first(ctx, id); {
	case err == nil:
		a.repeat(c, first, request)
		return
	case !errors.Is(err, store.ErrNotFound):
		Abort(c, err)
		return
	}
	w := &recorder{ResponseWriter: c.Writer}
	c.Writer = w
	c.Next()
	if s := w.Status(); s >= 500 || s == http.StatusUnauthorized || s == http.StatusTooManyRequests || w.kept.Len() > maxRemembered/2 {
		return
	}
	answer := storedAnswer{Request: request, Status: w.Status(), ETag: w.Header().Get("ETag"), Location: w.Header().Get("Location"),
		Type: w.Header().Get("Content-Type"), Body: w.kept.Bytes(), At: a.clock()}
	a.keep(store.Background(context.WithoutCancel(ctx)), id, answer)
}

// first gives the answer that was given first.
func (a *answers) first(ctx context.Context, id string) (storedAnswer, error) {
	if first, ok := a.pending.Load(id); ok {
		return first.(storedAnswer), nil
	}
	d, err := a.docs.Get(ctx, id)
	if err != nil {
		return storedAnswer{}, err
	}
	return d.Body, nil
}

// keep stores an answer. If that fails, or the process dies before, the command
// id in the changed document still makes a repeat harmless.
func (a *answers) keep(ctx context.Context, id string, answer storedAnswer) {
	commit := func() { _ = a.docs.Commit(ctx, store.New(id, answer), "") }
	select {
	case a.free <- struct{}{}:
		a.pending.Store(id, answer)
		go func() {
			commit()
			a.pending.Delete(id)
			<-a.free
		}()
	default:
		commit()
	}
}

func (a *answers) repeat(c *gin.Context, first storedAnswer, request string) {
	if first.Request != request {
		Abort(c, keyReused())
		return
	}
	for name, value := range map[string]string{"ETag": first.ETag, "Location": first.Location, "Idempotent-Replayed": "true"} {
		if value != "" {
			c.Header(name, value)
		}
	}
	c.Data(first.Status, first.Type, first.Body)
	c.Abort()
}

// PurgeAnswers removes first answers that are older than AnswersKept; it
// returns how many.
func (s *Server) PurgeAnswers(ctx context.Context) (int, error) {
	if s.answers == nil {
		return 0, nil
	}
	removed := 0
	for {
		page, err := s.answers.docs.Page(ctx, store.Query{Index: "by_time", Range: store.Range{To: s.answers.clock().Add(-AnswersKept).String()}, Limit: 200})
		if err != nil || len(page.Docs) == 0 {
			return removed, err
		}
		for _, d := range page.Docs {
			if err := s.answers.docs.Remove(ctx, d); err != nil && !errors.Is(err, store.ErrNotFound) {
				return removed, err
			}
			removed++
		}
	}
}

func hashed(s string) string {
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
}

// recorder keeps a copy of what is answered.
type recorder struct {
	gin.ResponseWriter
	kept bytes.Buffer
}

func (r *recorder) Write(b []byte) (int, error) {
	r.kept.Write(b)
	return r.ResponseWriter.Write(b)
}

func (r *recorder) WriteString(s string) (int, error) {
	r.kept.WriteString(s)
	return r.ResponseWriter.WriteString(s)
}
