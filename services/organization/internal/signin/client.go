package signin

import (
	"slices"
	"strings"
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"
	"github.com/zitadel/oidc/v3/pkg/op"
)

// The public clients. None has a secret: PKCE is what proves them.
const (
	ClientConsole = "liuke-console"
	ClientCLI     = "liuke-cli"
)

// client of the issuer.
type client struct {
	id        string
	redirects []string
	ended     []string // where a browser may be sent after signing out
	login     string
	plain     bool // Liuke itself is served without TLS
	lifetime  time.Duration
}

// client gives a client by id. Loopback addresses are open with any port, for
// development and for command lines.
func (s *Service) client(id string) (*client, bool) {
	origin := strings.TrimSuffix(s.c.Origin, "/")
	c := &client{id: id, login: s.c.Issuer + "/login?id=", plain: strings.HasPrefix(origin, "http://"), lifetime: s.c.AccessToken}
	switch id {
	case ClientConsole:
		for _, path := range []string{"/", "/callback", "/console/callback"} {
			c.redirects = append(c.redirects, origin+path, "http://127.0.0.1"+path, "http://localhost"+path, "http://[::1]"+path)
		}
		c.ended = []string{origin, origin + "/", origin + "/console/", origin + "/console"}
	case ClientCLI:
		c.redirects = []string{"http://127.0.0.1/callback", "http://localhost/callback", "http://[::1]/callback"}
	default:
		return nil, false
	}
	return c, true
}

func (c *client) GetID() string                       { return c.id }
func (c *client) RedirectURIs() []string              { return c.redirects }
func (c *client) PostLogoutRedirectURIs() []string    { return c.ended }
func (c *client) ApplicationType() op.ApplicationType { return op.ApplicationTypeNative }
func (c *client) AuthMethod() oidc.AuthMethod         { return oidc.AuthMethodNone }
func (c *client) ResponseTypes() []oidc.ResponseType {
	return []oidc.ResponseType{oidc.ResponseTypeCode}
}
func (c *client) LoginURL(request string) string       { return c.login + request }
func (c *client) AccessTokenType() op.AccessTokenType  { return op.AccessTokenTypeJWT }
func (c *client) IDTokenLifetime() time.Duration       { return c.lifetime }
func (c *client) DevMode() bool                        { return c.plain }
func (c *client) IDTokenUserinfoClaimsAssertion() bool { return true }
func (c *client) ClockSkew() time.Duration             { return 0 }
func (c *client) IsScopeAllowed(string) bool           { return false }

func (c *client) GrantTypes() []oidc.GrantType {
	return []oidc.GrantType{oidc.GrantTypeCode, oidc.GrantTypeRefreshToken}
}

func (c *client) RestrictAdditionalIdTokenScopes() func([]string) []string {
	return slices.Clone[[]string]
}
func (c *client) RestrictAdditionalAccessTokenScopes() func([]string) []string {
	return slices.Clone[[]string]
}
