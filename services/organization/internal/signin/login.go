package signin

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/op"

	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/store"
)

// cookieName holds the secret of a browser's session.
const cookieName = "liuke_session"

var (
	textSignIn  = lang.T("登录", "Sign in")
	textExpired = lang.T("登录请求已过期，请回到应用重新登录", "This sign-in has expired; go back to the application and sign in again")
	textWrong   = lang.T("邮箱或密码不正确；多次失败后账号会被锁定一段时间", "E-mail or password is wrong; after several failures the account is locked for a while")
	textMany    = lang.T("尝试过于频繁，请稍后再试", "Too many tries; wait a little")
	textAway    = lang.T("暂时无法登录，请稍后重试", "Signing in is not possible right now; try again shortly")
)

// login shows the form and takes what is filled in.
func (s *Service) login(w http.ResponseWriter, r *http.Request, provider op.OpenIDProvider) {
	r.Body = http.MaxBytesReader(w, r.Body, 16<<10)
	if err := r.ParseForm(); err != nil {
		message(w, r, http.StatusBadRequest, textSignIn, textExpired)
		return
	}
	ctx := r.Context()
	d, err := s.request(ctx, r.Form.Get("id"))
	switch {
	case errors.Is(err, errUnknown):
		message(w, r, http.StatusBadRequest, textSignIn, textExpired)
		return
	case err != nil:
		s.away(w, r, err)
		return
	case d.Body.Silent:
		s.silently(w, r, d, provider)
		return
	}
	p := newPage(r)
	p.Action, p.Request, p.Email = s.c.Issuer+"/login", d.ID, d.Body.Hint
	switch r.Method {
	case http.MethodGet:
		if person, at, ok := s.signedIn(ctx, r); ok && !d.Body.Fresh {
			s.proceed(w, r, d, person, at)
			return
		}
		show(w, http.StatusOK, "login", p)
	case http.MethodPost:
		s.take(w, r, d, p)
	default:
		w.Header().Set("Allow", "GET, POST")
		http.Error(w, "method not allowed", http.StatusMethodNotAllowed)
	}
}

func (s *Service) take(w http.ResponseWriter, r *http.Request, d *store.Doc[request], p page) {
	ctx := r.Context()
	p.Email = strings.TrimSpace(r.PostForm.Get("email"))
	if !s.tries.allow(r.RemoteAddr) {
		p.Error = textMany.In(p.Lang)
		w.Header().Set("Retry-After", "60")
		show(w, http.StatusTooManyRequests, "login", p)
		return
	}
	person, err := s.Authenticate(ctx, strings.ToLower(p.Email), r.PostForm.Get("password"))
	switch {
	case errors.Is(err, ErrWrong):
		p.Error = textWrong.In(p.Lang)
		show(w, http.StatusUnauthorized, "login", p)
		return
	case err != nil:
		s.away(w, r, err)
		return
	}
	value, now := secret(), s.clock()
	session := browser{Person: person, AuthTime: now, ExpiresAt: now.Add(s.c.BrowserSession)}
	if err := s.docs.browsers.Commit(ctx, store.New(hashed(value), session), ""); err != nil {
		s.away(w, r, err)
		return
	}
	http.SetCookie(w, s.cookie(value, s.c.BrowserSession))
	s.proceed(w, r, d, person, now)
}

// proceed marks the request as signed in and sends the browser on.
func (s *Service) proceed(w http.ResponseWriter, r *http.Request, d *store.Doc[request], person string, at instant.Time) {
	d.Body.Person, d.Body.AuthTime = person, at
	if err := s.docs.requests.Commit(r.Context(), d, ""); err != nil {
		s.away(w, r, err)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	http.Redirect(w, r, s.c.Issuer+"/authorize/callback?id="+url.QueryEscape(d.ID), http.StatusSeeOther)
}

func (s *Service) away(w http.ResponseWriter, r *http.Request, err error) { away(s.c.Log, w, r, err) }

func away(log *slog.Logger, w http.ResponseWriter, r *http.Request, err error) {
	problem := httpx.Classify(err)
	if problem.Status() >= http.StatusInternalServerError {
		log.ErrorContext(r.Context(), "sign-in failed", "error", err)
	}
	w.Header().Set("Retry-After", "2")
	message(w, r, http.StatusServiceUnavailable, textSignIn, textAway)
}

func (s *Service) cookie(value string, life time.Duration) *http.Cookie {
	return &http.Cookie{Name: cookieName, Value: value, Path: "/oidc", MaxAge: int(life.Seconds()), HttpOnly: true,
		Secure: strings.HasPrefix(s.c.Origin, "https://"), SameSite: http.SameSiteLaxMode}
}

// signedIn gives who is signed in at the browser.
func (s *Service) signedIn(ctx context.Context, r *http.Request) (string, instant.Time, bool) {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return "", 0, false
	}
	d, err := s.docs.browsers.Get(ctx, hashed(c.Value))
	if err != nil || d.Body.ExpiresAt < s.clock() {
		return "", 0, false
	}
	if _, err := s.active(ctx, d.Body.Person); err != nil {
		return "", 0, false
	}
	return d.Body.Person, d.Body.AuthTime, true
}
