package httpapi

import (
	"context"

	"liuke.dev/services/accounts/internal/app"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
)

// Customer is a customer as HTTP shows it.
type Customer struct {
	ID       string              `json:"id"`
	Kind     string              `json:"kind" enum:"company,person"`
	Name     string              `json:"name"`
	Names    []string            `json:"names,omitempty" doc:"Other spellings it came in under"`
	Phones   []string            `json:"phones,omitempty"`
	Emails   []string            `json:"emails,omitempty"`
	TaxID    string              `json:"tax_id,omitempty"`
	Domain   string              `json:"domain,omitempty"`
	Contacts []catalogue.Contact `json:"contacts,omitempty"`
	Sector   string              `json:"sector,omitempty"`
	External string              `json:"external,omitempty"`
	Leads    []string            `json:"leads,omitempty" doc:"Newest leads and deals matched to it"`

	Tier        string                     `json:"tier,omitempty"`
	Type        string                     `json:"type,omitempty"`
	Tags        []string                   `json:"tags,omitempty"`
	ProductTags []string                   `json:"product_tags,omitempty"`
	NeedTags    []string                   `json:"need_tags,omitempty"`
	NeedHistory []catalogue.NeedTag        `json:"need_history,omitempty" doc:"When each need held; not in lists"`
	Preferences []catalogue.Preference     `json:"preferences,omitempty"`
	Consent     []catalogue.Consent        `json:"consent,omitempty"`
	Channels    []catalogue.ContactChannel `json:"channels,omitempty"`
	TimeZone    string                     `json:"time_zone,omitempty"`
	CareDates   []catalogue.CareDate       `json:"care_dates,omitempty"`

	Owner    string    `json:"owner,omitempty" doc:"First-responsible person (第一责任人), empty if nobody yet or in the pool"`
	Standing *Standing `json:"standing,omitempty" doc:"How it stands; those in red are potential churn customers (R-102)"`

	Masked    bool         `json:"masked,omitempty" doc:"It exists, but the caller may not see it"`
	Version   int64        `json:"version"`
	CreatedAt instant.Time `json:"created_at"`
	UpdatedAt instant.Time `json:"updated_at,omitempty"`
}

// Standing is what every list shows of how a customer stands.
type Standing struct {
	Red         bool   `json:"red" doc:"Potential churn customer (潜在流失客户), to be shown in red (R-102)"`
	Health      int    `json:"health" minimum:"0" maximum:"100"`
	Lifecycle   string `json:"lifecycle" enum:"new,active,silent,churn_risk,churned,won_back"`
	KeyFollowUp bool   `json:"key_follow_up,omitempty" doc:"Member of a risk group (重点跟进, R-109)"`
}

func (a *API) customerOf(ctx context.Context, s app.Seen) Customer {
	f := s.File
	c := Customer{ID: f.ID, Kind: f.Kind, Name: f.Name, Names: f.Names, Phones: f.Phones, Emails: f.Emails, TaxID: f.TaxID, Domain: f.Domain,
		Contacts: f.Contacts, Sector: f.Sector, External: f.External, Leads: f.Leads, Owner: s.Owner, Masked: s.Masked, Version: s.At,
		CreatedAt: f.CreatedAt, UpdatedAt: f.UpdatedAt, Tier: f.Tier, Type: f.Type, Tags: f.Tags, ProductTags: f.ProductTags, NeedTags: f.NeedTags,
		NeedHistory: f.NeedHistory, Preferences: f.Preferences, Consent: f.Consent, Channels: f.Channels, TimeZone: f.TimeZone, CareDates: f.CareDates}
	c.Standing = a.standingOf(ctx, s)
	return c
}

// standingOf gives how a customer stands that the caller may see; a list never
// fails for it.
func (a *API) standingOf(ctx context.Context, s app.Seen) *Standing {
	if a.Stands == nil || s.Masked {
		return nil
	}
	b, known, err := a.Stands(ctx, s.File.ID)
	if err != nil || !known {
		return nil
	}
	return &Standing{Red: b.Red, Health: b.Health, Lifecycle: b.Lifecycle, KeyFollowUp: b.Key}
}

func (a *API) customersOf(ctx context.Context, list []app.Seen) []Customer {
	out := make([]Customer, 0, len(list))
	for _, s := range list {
		c := a.customerOf(ctx, s)
		c.NeedHistory = nil // it is at the customer itself
		out = append(out, c)
	}
	return out
}
