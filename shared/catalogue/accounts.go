package catalogue

import "liuke.dev/shared/instant"

// Customer is a customer's file: one per real customer, a company or a person.
type Customer struct {
	ID     string   `json:"id"`
	Kind   string   `json:"kind" enum:"company,person"`
	Name   string   `json:"name"`
	Names  []string `json:"names,omitempty" doc:"Other spellings it came in under"`
	Phones []string `json:"phones,omitempty" doc:"E.164"`
	Emails []string `json:"emails,omitempty"`
	TaxID  string   `json:"tax_id,omitempty"`
	Domain string   `json:"domain,omitempty"`
	// MergedInto is the customer that this file turned out to be.
	MergedInto string       `json:"merged_into,omitempty"`
	Contacts   []Contact    `json:"contacts,omitempty"`
	Sector     string       `json:"sector,omitempty"`
	External   string       `json:"external,omitempty"`
	CreatedAt  instant.Time `json:"created_at"`
	Leads      []string     `json:"leads,omitempty" doc:"Newest leads matched to it"`

	Tier        string           `json:"tier,omitempty" doc:"Of the policy's tiers: decides process, clocks and prices (R-079)"`
	Type        string           `json:"type,omitempty" doc:"Of the policy's customer types (R-079)"`
	Tags        []string         `json:"tags,omitempty" doc:"Of the policy's tags"`
	ProductTags []string         `json:"product_tags,omitempty" doc:"Products and services, of the policy's product tags (R-040)"`
	NeedTags    []string         `json:"need_tags,omitempty" doc:"Needs that hold now, of the policy's need tags (R-040)"`
	NeedHistory []NeedTag        `json:"need_history,omitempty" doc:"When each need held, oldest first (R-040)"`
	Preferences []Preference     `json:"preferences,omitempty"`
	Consent     []Consent        `json:"consent,omitempty" doc:"The customer's last word per channel"`
	Channels    []ContactChannel `json:"channels,omitempty" doc:"How to reach the customer"`
	TimeZone    string           `json:"time_zone,omitempty" doc:"IANA zone the customer lives by; empty: the company's"`
	CareDates   []CareDate       `json:"care_dates,omitempty"`
}

// CustomerCreated is recorded when a customer's file is opened.
type CustomerCreated struct {
	Head
	After Customer `json:"after"`
}

// CustomerMatched is recorded when a lead turned out to be a known customer.
type CustomerMatched struct {
	Head
	After Customer `json:"after"`
	Under string   `json:"under" doc:"Id under which match-or-create was asked, a lead's as a rule"`
	By    []string `json:"by" doc:"Match keys that agreed"`
}

// CustomerChanged is recorded when a customer's file is edited, or takes in what another file held.
type CustomerChanged struct {
	Head
	Before  Customer `json:"before"`
	After   Customer `json:"after"`
	Changed []string `json:"changed"`
}

// CustomerFolded is recorded when two files that were opened at once turn out to be one customer.
type CustomerFolded struct {
	Head
	From string `json:"from"`
	Into string `json:"into"`
	// Merge is the person's merge that it belongs to; empty: match keys showed it.
	Merge string `json:"merge,omitempty" doc:"The merge that it belongs to; empty: match keys showed that they are one"`
}

func (*CustomerCreated) Kind() Kind {
	return Kind{"liuke.accounts.customer_created.v1", TopicAccounts, "A customer's file was opened."}
}
func (*CustomerMatched) Kind() Kind {
	return Kind{"liuke.accounts.customer_matched.v1", TopicAccounts, "A lead turned out to be a known customer."}
}
func (*CustomerChanged) Kind() Kind {
	return Kind{"liuke.accounts.customer_changed.v1", TopicAccounts, "A customer's file was edited or took in another file's content."}
}
func (*CustomerFolded) Kind() Kind {
	return Kind{"liuke.accounts.customer_folded.v1", TopicAccounts, "Two files opened at once turned out to be one customer."}
}

func accounts() []Data {
	return []Data{&CustomerCreated{}, &CustomerMatched{}, &CustomerChanged{}, &CustomerFolded{}}
}
