package catalogue

import (
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// CareRecord is something kind that was done for a customer.
type CareRecord struct {
	ID       string       `json:"id"`
	Customer string       `json:"customer"`
	Kind     string       `json:"kind" enum:"greeting,gift,visit,service,other"`
	Occasion string       `json:"occasion,omitempty" doc:"birthday, anniversary, a holiday …"`
	Text     string       `json:"text,omitempty"`
	Contact  string       `json:"contact,omitempty"`
	By       string       `json:"by,omitempty"`
	At       instant.Time `json:"at"`
	Outreach string       `json:"outreach,omitempty" doc:"Outreach that carried it"`
	// Response of the customer: none yet, thanked, ignored, complained.
	Response   string       `json:"response,omitempty" enum:"thanked,ignored,declined,complained"`
	Responded  instant.Time `json:"responded_at,omitempty"`
	ResponseBy string       `json:"response_by,omitempty"`
}

// Activity is an event or value-added service that customers are invited to.
type Activity struct {
	ID          string       `json:"id"`
	Kind        string       `json:"kind" enum:"event,value_added"`
	Name        lang.Text    `json:"name"`
	Text        lang.Text    `json:"text"`
	Place       string       `json:"place,omitempty"`
	StartsAt    instant.Time `json:"starts_at"`
	EndsAt      instant.Time `json:"ends_at,omitempty"`
	Owner       string       `json:"owner"`
	Tiers       []string     `json:"tiers,omitempty" doc:"Invited tiers; empty: all"`
	Types       []string     `json:"types,omitempty" doc:"Invited types; empty: all"`
	Tags        []string     `json:"tags,omitempty" doc:"A customer has any of them, among tags, need tags and product tags; empty: all"`
	Preferences []Preference `json:"preferences,omitempty" doc:"A customer has any of them; empty: all"`
	Channel     string       `json:"channel,omitempty" doc:"Channel of the invitation; empty: the customer's first"`
	Status      string       `json:"status" enum:"planned,inviting,invited,cancelled"`
	Invited     int          `json:"invited" doc:"Customers invited"`
	CreatedAt   instant.Time `json:"created_at"`
}

// States of an invitation.
const (
	InvitationSent     = "invited"
	InvitationRefused  = "unreached" // may not be reached
	InvitationAccepted = "accepted"
	InvitationDeclined = "declined"
	InvitationAttended = "attended"
	InvitationAbsent   = "absent"
)

// Invitation of a customer to an activity.
type Invitation struct {
	ID        string       `json:"id"`
	Activity  string       `json:"activity"`
	Name      lang.Text    `json:"name" doc:"The activity's"`
	Customer  string       `json:"customer"`
	Status    string       `json:"status" enum:"invited,unreached,accepted,declined,attended,absent"`
	Because   []string     `json:"because,omitempty" doc:"What of the customer fits: tier:vip, tag:reference …"`
	InvitedAt instant.Time `json:"invited_at"`
	Responded instant.Time `json:"responded_at,omitempty"`
	Attended  instant.Time `json:"attended_at,omitempty"`
	Note      string       `json:"note,omitempty"`
	StartsAt  instant.Time `json:"starts_at"`
}

// CareRecorded is recorded when a care was done, or the customer responded to it.
type CareRecorded struct {
	Head
	Change string     `json:"change" enum:"done,response"`
	After  CareRecord `json:"after"`
}

// ActivityChanged is recorded when an activity is made, edited, its customers invited, or it is cancelled.
type ActivityChanged struct {
	Head
	After Activity `json:"after"`
}

// InvitationChanged is recorded when a customer is invited, responds, comes or stays away.
type InvitationChanged struct {
	Head
	Before string     `json:"before,omitempty" doc:"Status before"`
	After  Invitation `json:"after"`
}

// Kind names the fact.
func (*CareRecorded) Kind() Kind {
	return Kind{"liuke.accounts.care_recorded.v1", TopicAccounts, "A care was done for a customer, or the customer responded to it."}
}

// Kind names the fact.
func (*ActivityChanged) Kind() Kind {
	return Kind{"liuke.accounts.activity_changed.v1", TopicAccounts, "An event or value-added service was planned, edited, its customers invited, or it was cancelled."}
}

// Kind names the fact.
func (*InvitationChanged) Kind() Kind {
	return Kind{"liuke.accounts.invitation_changed.v1", TopicAccounts, "A customer was invited to an activity, responded, came or stayed away."}
}

func care() []Data {
	return []Data{&CareRecorded{}, &ActivityChanged{}, &InvitationChanged{}}
}
