package signin

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// setupLife is how long a set-up link works.
const setupLife = 24 * time.Hour

// setupID is the one document of the set-up.
const setupID = "first_administrator"

// setupLinks is how many set-up links work at once. Several processes may start
// on an empty store, and each prints one; the operator may take any.
const setupLinks = 8

// Setup is the way to the first administrator, whoever signs people in.
type Setup struct {
	docs    store.Collection[setup]
	clock   instant.Clock
	tries   limiter
	log     *slog.Logger
	origin  string
	outside bool // an outside issuer signs people in, so that there are no passwords
}

// OpenSetup declares the collection. outside tells that people sign in at an
// outside issuer.
func OpenSetup(ctx context.Context, origin string, outside bool, e store.Engine, clock instant.Clock, log *slog.Logger) (*Setup, error) {
	return &Setup{docs: store.Of[setup](e, setupSpec), clock: clock, tries: newLimiter(30, time.Minute, clock), log: log, origin: strings.TrimSuffix(origin, "/"),
		outside: outside}, e.Declare(ctx, setupSpec)
}

// Outside tells whether people sign in at an outside issuer.
func (s *Setup) Outside() bool { return s.outside }

// Link makes a new one-time link for the first administrator. The newest few work
// for a day, until one was used.
func (s *Setup) Link(ctx context.Context) (string, error) {
	value := secret()
	for {
		d, err := s.docs.Get(ctx, setupID)
		if errors.Is(err, store.ErrNotFound) {
			d, err = store.New(setupID, setup{Person: ulid.Make().String()}), nil
		}
		if err != nil {
			return "", err
		}
		d.Body.Taken = false // nobody is here yet, whoever came before
		links := append(d.Body.Links, setupLink{hashed(value), s.clock().Add(setupLife)})
		d.Body.Links = links[max(0, len(links)-setupLinks):]
		err = s.docs.Commit(ctx, d, "")
		if !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) {
			return s.origin + "/setup?token=" + url.QueryEscape(value), err
		}
	}
}

// Person gives the id that the first administrator has to get, if the token is one
// that was given out lately: the one that is asked for, where nobody has come
// before. Whoever comes twice gets the same id, so that there is never a second
// first administrator.
func (s *Setup) Person(ctx context.Context, token, as string) (string, error) {
	for {
		d, err := s.docs.Get(ctx, setupID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return "", err
		}
		if err != nil || !s.valid(d.Body, token) {
			return "", &problem.Error{Code: problem.NotFound, Rule: "setup_link", Text: lang.T("链接无效、已使用或已过期", "The link is not valid, was used, or has expired")}
		}
		if as == "" || d.Body.Taken {
			return d.Body.Person, nil
		}
		d.Body.Person, d.Body.Taken = as, true
		if err = s.docs.Commit(ctx, d, ""); !errors.Is(err, store.ErrConflict) {
			return as, err
		}
	}
}

func (s *Setup) valid(d setup, token string) bool {
	return token != "" && slices.ContainsFunc(d.Links, func(l setupLink) bool { return l.Hash == hashed(token) && l.ExpiresAt >= s.clock() })
}

// Done makes all links worthless.
func (s *Setup) Done(ctx context.Context) error {
	d, err := s.docs.Get(ctx, setupID)
	if err != nil {
		return gone(err)
	}
	d.Body.Links = nil
	return gone(s.docs.Commit(ctx, d, ""))
}

// Administrator is what the set-up asks for: a password at the embedded issuer,
// with an outside one who it is there.
type Administrator struct {
	Token, Name, Email, Password, Language string
	Subject                                string // at the outside issuer
	AccessToken                            string // of the outside issuer, which says the subject
}

// Page answers GET and POST of /setup; create makes the administrator.
func (s *Setup) Page(create func(context.Context, Administrator) error) http.HandlerFunc {
	title := lang.T("初始化留客", "Set up Liuke")
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
		if err := r.ParseForm(); err != nil {
			message(w, r, http.StatusBadRequest, title, textExpired)
			return
		}
		a := Administrator{Token: r.Form.Get("token"), Name: r.PostForm.Get("name"), Email: r.PostForm.Get("email"), Password: r.PostForm.Get("password"),
			Language: r.PostForm.Get("language"), Subject: r.PostForm.Get("subject")}
		var err error
		switch {
		case !s.tries.allow(r.RemoteAddr):
			err = &problem.Error{Code: problem.TooMany, Text: textMany}
		case r.Method == http.MethodPost:
			if err = create(r.Context(), a); err == nil {
				message(w, r, http.StatusCreated, title, lang.T("系统管理员已创建，现在可以登录。", "The administrator is created; you can sign in now."))
				return
			}
		default:
			_, err = s.Person(r.Context(), a.Token, "")
		}
		s.show(w, r, title, a, err)
	}
}

func (s *Setup) show(w http.ResponseWriter, r *http.Request, title lang.Text, a Administrator, err error) {
	p := newPage(r)
	p.Action, p.Request, p.Name, p.Email, p.Subject, p.Outside = s.origin+"/setup", a.Token, a.Name, a.Email, a.Subject, s.outside
	var e *problem.Error
	switch {
	case err == nil:
		show(w, http.StatusOK, "setup", p)
	case errors.As(err, &e) && e.Code == problem.Invalid:
		for _, f := range e.Fields {
			p.Error += f.Field + ": " + f.Text.In(p.Lang) + ". "
		}
		show(w, e.Status(), "setup", p)
	case errors.As(err, &e):
		message(w, r, e.Status(), title, e.Text)
	default:
		away(s.log, w, r, err)
	}
}

// Allow counts a try from an address; false: it is one too many for now.
func (s *Setup) Allow(remote string) bool { return s.tries.allow(remote) }
