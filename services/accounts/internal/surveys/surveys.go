// Package surveys asks customers how satisfied they are: NPS, satisfaction,
// after-sales rating, open questions, at turning points of the life
// cycle, not more often than the policy allows, answered once by a signed
// link without signing in. An answer that is too low becomes a case at once
// (R-149; package cases reacts to the fact).
package surveys

import (
	"context"
	"errors"
	"log/slog"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/services/accounts/internal/links"
	"liuke.dev/services/accounts/internal/reach"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// source names this service in facts.
const source = "liuke/accounts"

const bySent, byKind = "by_sent", "by_kind"

var (
	spec = store.Spec{Name: "survey", Indexes: []store.Index{
		{Name: holdings.Index, Equal: []string{"customer"}, Order: "sent_at"},
		{Name: byKind, Equal: []string{"kind"}, Order: "sent_at"},
		{Name: bySent, Order: "sent_at"},
	}}
	askedSpec = store.Spec{Name: "survey_asked", Indexes: []store.Index{{Name: holdings.Index, Equal: []string{"customer"}}}}
)

// Body is the document of a survey: its questions stay as they were asked.
type Body struct {
	catalogue.Survey
	Origins   []string                `json:"origins,omitempty"`
	Intro     lang.Text               `json:"intro"`
	Questions []policy.SurveyQuestion `json:"questions"`
}

// asked says when a customer was asked lately; one per customer, so that many who
// ask at once are counted one after the other.
type asked struct {
	holdings.Belonging
	Lately []asking `json:"lately"`
}

type asking struct {
	Survey string       `json:"survey"`
	At     instant.Time `json:"at"`
}

// Doc is a stored survey.
type Doc = store.Doc[Body]

// Files is what surveys ask of the customers' files.
type Files interface {
	Root(ctx context.Context, id string) (customer.File, error)
	Permitted(ctx context.Context, p auth.Principal, action access.Action, id string) (customer.File, access.Holder, error)
}

// Config is what Surveys are made of.
type Config struct {
	Engine   store.Engine
	Files    Files
	Guard    access.Guard
	Policy   *policy.Holder
	Clock    instant.Clock
	Links    *links.Links
	Outreach reach.Outreach
	Log      *slog.Logger
}

// Surveys keeps surveys.
type Surveys struct {
	Config
	docs  store.Collection[Body]
	asked store.Collection[asked]
}

// New declares the collections.
func New(ctx context.Context, c Config) (*Surveys, error) {
	if err := c.Engine.Declare(ctx, spec, askedSpec); err != nil {
		return nil, err
	}
	return &Surveys{Config: c, docs: store.Of[Body](c.Engine, spec), asked: store.Of[asked](c.Engine, askedSpec)}, nil
}

// Holders move surveys with their customer. When a customer was asked is
// kept by customer and begins anew.
func (s *Surveys) Holders() []holdings.Holder {
	return []holdings.Holder{holdings.Of(catalogue.KindSurvey, s.docs, func(b *Body) (*string, *[]string) { return &b.Customer, &b.Origins },
		func(d *Doc, split holdings.Split) bool {
			return d.Body.Ref != nil && split.Gives(d.Body.Ref.Kind, d.Body.Ref.ID)
		})}
}

// now gives the instant of a command and the policy in force.
func (s *Surveys) now() (instant.Time, *policy.View, error) {
	at := s.Clock()
	v, err := s.Policy.At(at)
	if err != nil {
		return 0, nil, problem.Away(err)
	}
	return at, v, nil
}

func (s *Surveys) commit(ctx context.Context, d *Doc, at instant.Time, data ...catalogue.Data) error {
	recorded, err := facts.RecordAll(ctx, facts.Stamp{Source: source, At: at, Customer: d.Body.Customer, Policy: d.Body.Policy}, d.Version+1, data...)
	if err != nil {
		return err
	}
	if err = s.docs.Commit(ctx, d, httpx.Command(ctx), recorded...); errors.Is(err, store.ErrRepeated) {
		return nil
	}
	return err
}

// process is who acts where nobody signed in.
var process = auth.Principal{ID: "liuke", Name: "liuke", Roles: []auth.Role{auth.System}}
