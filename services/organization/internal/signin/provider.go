package signin

import (
	"crypto/rand"
	"net/http"
	"strings"

	"github.com/rs/cors"
	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
	"golang.org/x/text/language"
)

// Handler answers everything below the issuer's URL: discovery, keys, authorize,
// token, userinfo, revocation, end of session, and the login page. Paths come
// without the issuer's own.
func (s *Service) Handler() (http.Handler, error) {
	config := &op.Config{CodeMethodS256: true, GrantTypeRefreshToken: true, DefaultLogoutRedirectURI: s.c.Origin + "/",
		SupportedUILocales: []language.Tag{language.SimplifiedChinese, language.English},
		SupportedScopes:    []string{oidc.ScopeOpenID, oidc.ScopeProfile, oidc.ScopeEmail, oidc.ScopeOfflineAccess},
		SupportedClaims:    []string{"sub", "aud", "exp", "iat", "iss", "auth_time", "nonce", "amr", "name", "locale", "zoneinfo", "email", "email_verified", "roles"}}
	if _, err := rand.Read(config.CryptoKey[:]); err != nil { // codes are known by their hash, so the key need not last
		return nil, err
	}
	options := []op.Option{op.WithLogger(s.c.Log), op.WithCORSOptions(&cors.Options{
		// Clients are public and hold no cookies here: any page may fetch tokens with a code and its verifier.
		AllowedOrigins: []string{"*"}, AllowedMethods: []string{http.MethodGet, http.MethodHead, http.MethodPost},
		AllowedHeaders: []string{"Accept", "Accept-Language", "Authorization", "Content-Type"}})}
	if strings.HasPrefix(s.c.Issuer, "http://") {
		options = append(options, op.WithAllowInsecure())
	}
	provider, err := op.NewProvider(config, storage{s}, op.StaticIssuer(s.c.Issuer), options...)
	if err != nil {
		return nil, err
	}
	mux := http.NewServeMux()
	mux.HandleFunc("/login", func(w http.ResponseWriter, r *http.Request) { s.login(w, r, provider) })
	mux.HandleFunc("/end_session", func(w http.ResponseWriter, r *http.Request) {
		s.endBrowser(w, r)
		provider.ServeHTTP(w, r)
	})
	mux.Handle("/", fromBrowser(provider))
	return mux, nil
}

// endBrowser ends the session of the browser that signs out.
func (s *Service) endBrowser(w http.ResponseWriter, r *http.Request) {
	c, err := r.Cookie(cookieName)
	if err != nil {
		return
	}
	if d, err := s.docs.browsers.Get(r.Context(), hashed(c.Value)); err == nil {
		if err := gone(s.docs.browsers.Remove(r.Context(), d)); err != nil {
			s.c.Log.WarnContext(r.Context(), "a browser session could not be ended", "error", err)
		}
	}
	ended := s.cookie("", 0)
	ended.MaxAge = -1
	http.SetCookie(w, ended)
}
