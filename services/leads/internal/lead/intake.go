// Package lead holds the rules of a lead: what it takes to record one,
// how late it was recorded, which status follows which, when two leads
// are the same, and how the work queue ranks them. It is pure.
package lead

import (
	"strings"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/money"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

// Intake is what is known of a lead when it is recorded.
type Intake struct {
	Company        string        `json:"company,omitempty"`
	Contact        string        `json:"contact,omitempty"`
	Phone          string        `json:"phone,omitempty"`
	Email          string        `json:"email,omitempty"`
	WeChat         string        `json:"wechat,omitempty"`
	Source         string        `json:"source,omitempty"`
	Need           string        `json:"need,omitempty"`
	Owner          string        `json:"owner,omitempty"`
	FirstContactAt instant.Time  `json:"first_contact_at,omitempty"`
	CustomerType   string        `json:"customer_type,omitempty"`
	BudgetBand     string        `json:"budget_band,omitempty"`
	KeyPerson      string        `json:"key_person,omitempty"`
	KeyNeed        string        `json:"key_need,omitempty"`
	Value          *money.Amount `json:"value,omitempty"`
}

// Lengths of text.
const (
	short = 200
	long  = 2000
)

// oldestContact bounds a first contact: what is older is a typing error.
const oldestContact = 3 * 365 * 24 * time.Hour

// Check normalises an intake and collects all that is wrong with it. The five
// mandatory fields of R-003 are company, contact, one contact method, source
// and need; nothing else is asked for.
func (in Intake) Check(v *policy.View, now instant.Time) (Intake, error) {
	var c checks
	p := v.Sections
	in.Company = c.text("company", in.Company, short, "R-003")
	in.Contact = c.text("contact", in.Contact, short, "R-003")
	in.Need = c.text("need", in.Need, long, "R-003")
	in.WeChat = c.text("wechat", in.WeChat, short, "")
	in.KeyPerson = c.text("key_person", in.KeyPerson, short, "")
	in.KeyNeed = c.text("key_need", in.KeyNeed, long, "")
	if strings.TrimSpace(in.Phone+in.Email) == "" && in.WeChat == "" {
		c.add("contact_method", "R-003", "联系方式必填：电话、邮箱或微信至少一个", "a contact method is required: phone, email or wechat")
	}
	in.Phone = c.phone("phone", in.Phone)
	in.Email = c.email("email", in.Email)
	c.option("source", in.Source, p.Intake.Sources, "R-005", "R-003")
	c.option("customer_type", in.CustomerType, p.FollowUp.CustomerTypes, "R-004", "")
	c.option("budget_band", in.BudgetBand, p.FollowUp.BudgetBands, "R-004", "")
	c.amount("value", in.Value)
	switch at := in.FirstContactAt; {
	case at > now:
		c.add("first_contact_at", "in_future", "首次接触时间不能在未来", "must not be in the future")
	case !at.IsZero() && at < now.Add(-oldestContact):
		c.add("first_contact_at", "too_old", "首次接触时间过早", "is implausibly long ago")
	}
	return in, problem.InvalidFields(c...)
}

// Record makes the lead of a checked intake. Without owner it is in the public pool.
func Record(id string, in Intake, owner, by string, v *policy.View, now instant.Time) catalogue.Lead {
	l := catalogue.Lead{ID: id, Company: in.Company, Contact: in.Contact, Phone: in.Phone, Email: in.Email, WeChat: in.WeChat, Source: in.Source,
		Need: in.Need, Status: catalogue.LeadNew, Owner: owner, Pooled: owner == "", CustomerType: in.CustomerType, BudgetBand: in.BudgetBand,
		Value: in.Value, KeyPerson: in.KeyPerson, KeyNeed: in.KeyNeed, ArrivedAt: now, FirstContactAt: in.FirstContactAt, RecordedAt: now,
		ClocksFrom: now, CreatedBy: by}
	if !in.FirstContactAt.IsZero() {
		l.EntryLatencyMS = now.Sub(in.FirstContactAt).Milliseconds()
		l.EntryLate = now > v.After(in.FirstContactAt, v.Sections.Intake.EntryWithin)
	}
	Judge(&l)
	return l
}
