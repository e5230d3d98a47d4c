package organization

import (
	"context"
	"strings"
	"time"

	"github.com/oklog/ulid/v2"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// empty tells whether there is nobody yet.
func (s *Service) empty(ctx context.Context) (bool, error) {
	page, err := s.app.Docs.People.Page(ctx, store.Query{Index: "by_name", Limit: 1})
	return err == nil && len(page.Docs) == 0, err
}

// SetupLink gives the one-time link at which the first administrator is created;
// empty if there is somebody already. Each call makes a new link; the newest few
// work for a day, until one was used.
func (s *Service) SetupLink(ctx context.Context) (string, error) {
	if empty, err := s.empty(ctx); err != nil || !empty {
		return "", err
	}
	return s.setup.Link(ctx)
}

// AddPerson adds a person without asking who wants it, for a demo or a first
// import: with p.ID empty under a new id, otherwise under that one. Somebody of
// that id is left as they are, their password too. A password lets them sign in at
// the embedded issuer.
func (s *Service) AddPerson(ctx context.Context, p catalogue.Person, password string) (catalogue.Person, error) {
	if p.ID == "" {
		p.ID = ulid.Make().String()
	}
	d, err := s.app.Enrol(ctx, p)
	if err != nil {
		return catalogue.Person{}, err
	}
	if password == "" || s.signin == nil {
		return d.Body, nil
	}
	if has, err := s.signin.HasPassword(ctx, d.ID); err != nil || has {
		return d.Body, err
	}
	return d.Body, s.signin.SetPassword(ctx, d.ID, password)
}

// AddTeam adds a team likewise.
func (s *Service) AddTeam(ctx context.Context, t catalogue.Team) (catalogue.Team, error) {
	if t.ID == "" {
		t.ID = ulid.Make().String()
	}
	d, err := s.app.FormTeam(ctx, t, true, func(int64) error { return nil })
	if err != nil {
		return t, err
	}
	return d.Body, nil
}

// FindPerson gives a person by id or e-mail address.
func (s *Service) FindPerson(ctx context.Context, who string) (catalogue.Person, error) {
	id := who
	if found, ok, err := s.app.ByEmail(ctx, strings.ToLower(who)); err != nil {
		return catalogue.Person{}, err
	} else if ok {
		id = found
	}
	p, ok, err := s.app.Person(ctx, id)
	if err != nil {
		return p, err
	}
	if !ok {
		return p, problem.Missing("人", "person", who)
	}
	return p, nil
}

// Token signs an access token for a person (id or e-mail address) as the embedded
// issuer would after sign-in, for whoever may open the store: liuke token PERSON.
func (s *Service) Token(ctx context.Context, who string, life time.Duration) (string, error) {
	p, err := s.FindPerson(ctx, who)
	if err != nil {
		return "", err
	}
	if s.signin == nil {
		return "", problem.Refuse("outside_issuer", "登录由外部身份提供方负责", "people sign in at an outside issuer")
	}
	return s.signin.Token(ctx, p.ID, life)
}

// RotateSigningKey makes a new key for the embedded issuer; tokens that were
// signed before stay good.
func (s *Service) RotateSigningKey(ctx context.Context) error {
	if s.signin == nil {
		return nil
	}
	return s.signin.RotateKey(ctx)
}
