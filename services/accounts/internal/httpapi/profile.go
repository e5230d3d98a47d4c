package httpapi

import (
	"liuke.dev/services/accounts/internal/app"
	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/shared/catalogue"
)

// Change edits a customer's file; absent fields stay as they are, lists replace
// what was there.
type Change struct {
	Name   *string `json:"name,omitempty" maxLength:"300"`
	Sector *string `json:"sector,omitempty" maxLength:"200"`
	TaxID  *string `json:"tax_id,omitempty" maxLength:"40" doc:"Only where none is recorded yet"`
	Phone  *string `json:"phone,omitempty" maxLength:"60" doc:"One more number"`
	Email  *string `json:"email,omitempty" maxLength:"254" doc:"One more address"`

	Tier        *string                     `json:"tier,omitempty" maxLength:"40" doc:"Of the policy's tiers (R-079); empty: none"`
	Type        *string                     `json:"type,omitempty" maxLength:"40" doc:"Of the policy's types (R-079); empty: none"`
	Tags        *[]string                   `json:"tags,omitempty" maxItems:"50"`
	ProductTags *[]string                   `json:"product_tags,omitempty" maxItems:"50" doc:"Product and service tags (R-040)"`
	NeedTags    *[]string                   `json:"need_tags,omitempty" maxItems:"50" doc:"Needs; once recorded they change by an approved change of need, see /v1/need-changes (R-040, R-050)"`
	Preferences *[]catalogue.Preference     `json:"preferences,omitempty" maxItems:"50"`
	Channels    *[]catalogue.ContactChannel `json:"channels,omitempty" maxItems:"50"`
	TimeZone    *string                     `json:"time_zone,omitempty" maxLength:"60" doc:"IANA time zone, such as Asia/Shanghai; empty: the company's"`
	CareDates   *[]CareDateFields           `json:"care_dates,omitempty" maxItems:"50"`
}

// CareDateFields are a day on which the customer is to hear from us.
type CareDateFields struct {
	ID      string           `json:"id,omitempty" maxLength:"200" doc:"Of one that is recorded already"`
	Kind    string           `json:"kind" enum:"birthday,anniversary,custom"`
	Name    string           `json:"name,omitempty" maxLength:"200"`
	Date    catalogue.Yearly `json:"date"`
	Contact string           `json:"contact,omitempty" maxLength:"200"`
}

func (c Change) edit() app.Edit {
	e := app.Edit{Name: c.Name, Sector: c.Sector, TaxID: c.TaxID, Phone: c.Phone, Email: c.Email, Profile: customer.Profile{Tier: c.Tier, Type: c.Type, Tags: c.Tags,
		ProductTags: c.ProductTags, NeedTags: c.NeedTags, Preferences: c.Preferences, Channels: c.Channels, TimeZone: c.TimeZone}}
	if c.CareDates != nil {
		dates := make([]catalogue.CareDate, 0, len(*c.CareDates))
		for _, d := range *c.CareDates {
			dates = append(dates, catalogue.CareDate(d))
		}
		e.CareDates = &dates
	}
	return e
}
