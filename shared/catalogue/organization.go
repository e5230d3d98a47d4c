package catalogue

import (
	"encoding/json"

	"liuke.dev/shared/instant"
)

// Person works at the company.
type Person struct {
	ID         string    `json:"id"`
	Name       string    `json:"name"`
	Email      string    `json:"email,omitempty"`
	Phone      string    `json:"phone,omitempty"`
	Roles      []string  `json:"roles"`
	Team       string    `json:"team,omitempty"`
	Supervisor string    `json:"supervisor,omitempty"`
	Language   string    `json:"language" enum:"zh-CN,en"`
	Zone       string    `json:"zone" doc:"IANA time zone"`
	Calendar   string    `json:"calendar,omitempty" doc:"Working calendar of the policy book; empty: the team's"`
	Active     bool      `json:"active"`
	Successor  string    `json:"successor,omitempty" doc:"Takes over everything when the person leaves"`
	Absences   []Absence `json:"absences,omitempty"`
}

// Absence of a person with the delegate who stands in.
type Absence struct {
	ID       string       `json:"id"`
	From     instant.Time `json:"from"`
	To       instant.Time `json:"to"`
	Delegate string       `json:"delegate"`
	Reason   string       `json:"reason,omitempty"`
}

// Team is a group of people with a lead.
type Team struct {
	ID     string `json:"id"`
	Name   string `json:"name"`
	Parent string `json:"parent,omitempty"`
	Lead   string `json:"lead,omitempty"`
	// Calendar is what those of its people work by who name none of their own.
	Calendar string `json:"calendar,omitempty" doc:"Working calendar of the policy book; empty: that of the team around it, else the book's default"`
}

// PersonChanged is recorded when a person is added or changed, absence included.
type PersonChanged struct {
	Head
	Before *Person `json:"before,omitempty" doc:"Absent for a new person"`
	After  Person  `json:"after"`
}

// PersonDeactivated is recorded when a person leaves; everything they hold goes to the successor.
type PersonDeactivated struct {
	Head
	After Person `json:"after"`
}

// TeamChanged is recorded when a team is added or changed.
type TeamChanged struct {
	Head
	Before *Team `json:"before,omitempty"`
	After  Team  `json:"after"`
}

// PolicyPublished is recorded when a version of the policy book is published; the topic is compacted and keyed by version.
type PolicyPublished struct {
	Head
	Version       int64           `json:"version"`
	EffectiveFrom instant.Time    `json:"effective_from"`
	Author        string          `json:"author"`
	Reason        string          `json:"reason"`
	Book          json.RawMessage `json:"book" doc:"The whole book, as policy.Book"`
}

func (*PersonChanged) Kind() Kind {
	return Kind{"liuke.organization.person_changed.v1", TopicOrganization, "A person was added or changed."}
}
func (*PersonDeactivated) Kind() Kind {
	return Kind{"liuke.organization.person_deactivated.v1", TopicOrganization, "A person left."}
}
func (*TeamChanged) Kind() Kind {
	return Kind{"liuke.organization.team_changed.v1", TopicOrganization, "A team was added or changed."}
}
func (*PolicyPublished) Kind() Kind {
	return Kind{"liuke.organization.policy_published.v1", TopicPolicy, "A version of the policy book was published."}
}

func organization() []Data {
	return []Data{&PersonChanged{}, &PersonDeactivated{}, &TeamChanged{}, &PolicyPublished{}}
}
