// Package storage declares the collections of organization.
package storage

import (
	"context"
	"encoding/json"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/store"

	"liuke.dev/services/organization/internal/people"
)

var (
	personSpec = store.Spec{Name: "person", Indexes: []store.Index{
		{Name: "by_name", Order: "name"},
		{Name: "by_active", Equal: []string{"active"}, Order: "name"},
		{Name: "by_team", Equal: []string{"team"}, Order: "name"},
		{Name: "by_supervisor", Equal: []string{"supervisor"}, Order: "name"},
	}}
	teamSpec   = store.Spec{Name: "team", Indexes: []store.Index{{Name: "by_name", Order: "name"}}}
	chartSpec  = store.Spec{Name: "chart"}
	loginSpec  = store.Spec{Name: "login"}
	policySpec = store.Spec{Name: "policy", Indexes: []store.Index{{Name: "by_version", Order: "version"}}}
	draftSpec  = store.Spec{Name: "draft", Indexes: []store.Index{{Name: "by_change", Order: "changed_at"}}}
)

// Login says whose an e-mail address is; its id is the address, so that no two
// people share one.
type Login struct {
	Person string `json:"person"`
}

// Draft of the policy book: the sections that it changes.
type Draft struct {
	Base      int64                      `json:"base"` // version it was begun from
	Author    string                     `json:"author"`
	Note      string                     `json:"note,omitempty"`
	ChangedAt instant.Time               `json:"changed_at"`
	Sections  map[string]json.RawMessage `json:"sections,omitempty"`
}

// Collections of organization; sign-in keeps its own.
type Collections struct {
	People store.Collection[catalogue.Person]
	Teams  store.Collection[catalogue.Team]
	Charts store.Collection[people.Chart]
	Logins store.Collection[Login]
	Books  store.Collection[policy.Book]
	Drafts store.Collection[Draft]
}

// Open declares the collections.
func Open(ctx context.Context, e store.Engine) (Collections, error) {
	if err := e.Declare(ctx, personSpec, teamSpec, chartSpec, loginSpec, policySpec, draftSpec); err != nil {
		return Collections{}, err
	}
	return Collections{People: store.Of[catalogue.Person](e, personSpec), Teams: store.Of[catalogue.Team](e, teamSpec),
		Charts: store.Of[people.Chart](e, chartSpec), Logins: store.Of[Login](e, loginSpec),
		Books: store.Of[policy.Book](e, policySpec), Drafts: store.Of[Draft](e, draftSpec)}, nil
}
