// Package links is the frame of all that people outside the company reach
// without signing in: /v1/links/<purpose>/<token>. It signs the addresses that
// are sent to customers, opens what comes back, keeps strangers from trying too
// fast, and shows plain pages in both languages that need no script. What a link
// is good for belongs to the part that signs it: progress of a case, a
// survey's answers, an invitation, a contract's signature.
package links

import (
	"context"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/signedlink"
)

// Tag is that of operations by links.
const Tag = "signed links"

// MaxBody bounds the bodies that strangers may send, in bytes.
const MaxBody = 64 << 10

// secretFor names the secret that links are signed with among those derived from the installation's key.
const secretFor = "signed links"

// Links signs and opens links.
type Links struct {
	signer *signedlink.Signer
	policy *policy.Holder
	clock  instant.Clock
	origin string
	limits limits
}

// New makes the frame. origin is the URL at which customers reach the company's services.
func New(key *auth.Key, book *policy.Holder, clock instant.Clock, origin string) *Links {
	return &Links{signer: signedlink.New(key.Derive(secretFor), clock), policy: book, clock: clock, origin: strings.TrimSuffix(origin, "/")}
}

// Address gives the address of the page that a link opens, as it is sent to
// people; the same link has the same address.
func (l *Links) Address(link signedlink.Link) (string, error) {
	token, err := l.signer.Sign(link)
	return l.origin + Route(link.Purpose, token) + "/page", err
}

// Token gives the token of a link alone.
func (l *Links) Token(link signedlink.Link) (string, error) { return l.signer.Sign(link) }

// Route gives the path of a link; its page is at /page below it.
func Route(purpose, token string) string { return "/v1/links/" + purpose + "/" + token }

// Path is embedded in the input of every operation by link.
type Path struct {
	Token   string `path:"token" maxLength:"2000" doc:"As it was sent"`
	address string
}

// Resolve notes who asks.
func (p *Path) Resolve(c huma.Context) []error {
	p.address = humagin.Unwrap(c).ClientIP()
	return nil
}

// Open gives the link that somebody holds, if it is good for the purpose and they do not come too fast.
func (l *Links) Open(_ context.Context, purpose string, p Path) (signedlink.Link, error) {
	return l.open(purpose, p.Token, p.address)
}

func (l *Links) open(purpose, token, address string) (signedlink.Link, error) {
	if err := l.Throttle(address, ""); err != nil {
		return signedlink.Link{}, err
	}
	link, err := l.signer.Open(token, purpose)
	if err != nil {
		return signedlink.Link{}, err
	}
	return link, l.Throttle("", purpose+"/"+link.Subject)
}

// Throttle takes a place for a stranger's request, by address and by what it is
// about, or refuses; either may be empty.
func (l *Links) Throttle(address, about string) error {
	at := l.clock()
	v, err := l.policy.At(at)
	if err != nil {
		return problem.Away(err)
	}
	s := v.Sections.PublicLinks
	wait := time.Duration(0)
	if address != "" {
		wait = l.limits.wait("a:"+address, s.PerMinute, at)
	}
	if about != "" {
		wait = max(wait, l.limits.wait("s:"+about, s.PerMinuteLink, at))
	}
	if wait == 0 {
		return nil
	}
	return &problem.Error{Code: problem.TooMany, Rule: "public_links.per_minute", RetryAfter: wait,
		Text: lang.T("操作过于频繁，请稍后再试", "Too many requests; try again shortly")}
}
