package signin

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/oklog/ulid/v2"

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

// SetupToken makes a new one-time token for the first administrator. The newest
// few work for a day, until one was used.
func (s *Service) SetupToken(ctx context.Context) (string, error) {
	value := secret()
	for {
		d, err := s.docs.setups.Get(ctx, setupID)
		if errors.Is(err, store.ErrNotFound) {
			d, err = store.New(setupID, setup{Person: ulid.Make().String()}), nil
		}
		if err != nil {
			return "", err
		}
		links := append(d.Body.Links, setupLink{hashed(value), s.clock().Add(setupLife)})
		d.Body.Links = links[max(0, len(links)-setupLinks):]
		err = s.docs.setups.Commit(ctx, d, "")
		if !errors.Is(err, store.ErrConflict) && !errors.Is(err, store.ErrExists) {
			return value, err
		}
	}
}

// SetupPerson gives the id that the first administrator has to get, if the token
// is one that was given out lately. Whoever comes twice gets the same id, so
// that there is never a second first administrator.
func (s *Service) SetupPerson(ctx context.Context, token string) (string, error) {
	d, err := s.docs.setups.Get(ctx, setupID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", err
	}
	if err == nil && token != "" {
		for _, l := range d.Body.Links {
			if l.Hash == hashed(token) && l.ExpiresAt >= s.clock() {
				return d.Body.Person, nil
			}
		}
	}
	return "", &problem.Error{Code: problem.NotFound, Rule: "setup_link", Text: lang.T("链接无效、已使用或已过期", "The link is not valid, was used, or has expired")}
}

// SetupDone makes all tokens worthless.
func (s *Service) SetupDone(ctx context.Context) error {
	d, err := s.docs.setups.Get(ctx, setupID)
	if err != nil {
		return gone(err)
	}
	d.Body.Links = nil
	return gone(s.docs.setups.Commit(ctx, d, ""))
}

// Administrator is what the set-up asks for.
type Administrator struct {
	Token, Name, Email, Password, Language string
}

// SetupPage answers GET and POST of /setup; create makes the administrator.
func (s *Service) SetupPage(create func(context.Context, Administrator) error) http.HandlerFunc {
	title := lang.T("初始化留客", "Set up Liuke")
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
		if err := r.ParseForm(); err != nil {
			message(w, r, http.StatusBadRequest, title, textExpired)
			return
		}
		a := Administrator{Token: r.Form.Get("token"), Name: r.PostForm.Get("name"), Email: r.PostForm.Get("email"), Password: r.PostForm.Get("password"), Language: r.PostForm.Get("language")}
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
			_, err = s.SetupPerson(r.Context(), a.Token)
		}
		s.showSetup(w, r, title, a, err)
	}
}

func (s *Service) showSetup(w http.ResponseWriter, r *http.Request, title lang.Text, a Administrator, err error) {
	p := newPage(r)
	p.Action, p.Request, p.Name, p.Email = s.c.Origin+"/setup", a.Token, a.Name, a.Email
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
		s.away(w, r, err)
	}
}

// Allow counts a try from an address; false: it is one too many for now.
func (s *Service) Allow(remote string) bool { return s.tries.allow(remote) }
