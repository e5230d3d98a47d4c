package signin

import (
	"time"

	"github.com/zitadel/oidc/v3/pkg/oidc"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/instant"
)

// requestLife is how long somebody may take to sign in, codeLife how long a
// client may take to redeem its code.
const (
	requestLife = 30 * time.Minute
	codeLife    = 2 * time.Minute
)

// request is a client's wish that somebody sign in.
type request struct {
	Client        string       `json:"client"`
	RedirectURI   string       `json:"redirect_uri"`
	State         string       `json:"state,omitempty"`
	Nonce         string       `json:"nonce,omitempty"`
	Scopes        []string     `json:"scopes"`
	ResponseType  string       `json:"response_type"`
	ResponseMode  string       `json:"response_mode,omitempty"`
	Challenge     string       `json:"challenge,omitempty"`
	ChallengeKind string       `json:"challenge_kind,omitempty"`
	Hint          string       `json:"hint,omitempty"`
	Fresh         bool         `json:"fresh,omitempty"`  // an old sign-in at this browser will not do
	Silent        bool         `json:"silent,omitempty"` // prompt=none: nobody may be asked anything
	ExpiresAt     instant.Time `json:"expires_at"`

	Person   string       `json:"person,omitempty"` // who signed in; empty until then
	AuthTime instant.Time `json:"auth_time,omitempty"`
}

// authRequest is a request as the issuer's library sees it.
type authRequest struct {
	id string
	request
}

func (r authRequest) GetID() string          { return r.id }
func (r authRequest) GetACR() string         { return "" }
func (r authRequest) GetAMR() []string       { return []string{"pwd"} }
func (r authRequest) GetAudience() []string  { return []string{auth.Audience} }
func (r authRequest) GetAuthTime() time.Time { return r.AuthTime.Std() }
func (r authRequest) GetClientID() string    { return r.Client }
func (r authRequest) GetNonce() string       { return r.Nonce }
func (r authRequest) GetRedirectURI() string { return r.RedirectURI }
func (r authRequest) GetScopes() []string    { return r.Scopes }
func (r authRequest) GetState() string       { return r.State }
func (r authRequest) GetSubject() string     { return r.Person }
func (r authRequest) Done() bool             { return r.Person != "" }

func (r authRequest) GetResponseType() oidc.ResponseType { return oidc.ResponseType(r.ResponseType) }
func (r authRequest) GetResponseMode() oidc.ResponseMode { return oidc.ResponseMode(r.ResponseMode) }

func (r authRequest) GetCodeChallenge() *oidc.CodeChallenge {
	if r.Challenge == "" {
		return nil
	}
	return &oidc.CodeChallenge{Challenge: r.Challenge, Method: oidc.CodeChallengeMethod(r.ChallengeKind)}
}

// refreshRequest is a grant as the issuer's library sees it.
type refreshRequest struct {
	grant
	scopes []string
}

func (r *refreshRequest) GetAMR() []string            { return r.AMR }
func (r *refreshRequest) GetAudience() []string       { return []string{auth.Audience} }
func (r *refreshRequest) GetAuthTime() time.Time      { return r.AuthTime.Std() }
func (r *refreshRequest) GetClientID() string         { return r.Client }
func (r *refreshRequest) GetScopes() []string         { return r.scopes }
func (r *refreshRequest) GetSubject() string          { return r.Person }
func (r *refreshRequest) SetCurrentScopes(s []string) { r.scopes = s }
