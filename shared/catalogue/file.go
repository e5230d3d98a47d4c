package catalogue

import "liuke.dev/shared/instant"

// Roles of a contact in the buying process (购买流程中的角色).
const (
	RoleDecisionMaker = "decision_maker" // 决策人
	RoleUser          = "user"           // 使用人
	RoleProcurement   = "procurement"    // 采购
	RoleGatekeeper    = "gatekeeper"     // 把关人
	RoleInfluencer    = "influencer"     // 影响人
)

// Contact is a person at a customer. Documents from before contacts had ids hold
// a name, one number and one address only.
type Contact struct {
	ID    string `json:"id,omitempty" doc:"Stable; of contacts that came with a lead it is made from their name"`
	Name  string `json:"name"`
	Phone string `json:"phone,omitempty" doc:"First number, E.164"`
	Email string `json:"email,omitempty" doc:"First address"`

	Role   string   `json:"role,omitempty" enum:"decision_maker,user,procurement,gatekeeper,influencer" doc:"Role in the buying process"`
	Title  string   `json:"title,omitempty"`
	Phones []string `json:"phones,omitempty" doc:"Further numbers, E.164"`
	Mails  []string `json:"mails,omitempty" doc:"Further addresses"`
	// ReportsTo is the id of the superior at the customer (组织结构, R-036).
	ReportsTo string       `json:"reports_to,omitempty"`
	Birthday  *Yearly      `json:"birthday,omitempty"`
	Key       bool         `json:"key,omitempty" doc:"Key contact (关键联系人)"`
	Note      string       `json:"note,omitempty"`
	LeftAt    instant.Time `json:"left_at,omitempty" doc:"When they left or moved (R-084)"`
	Successor string       `json:"successor,omitempty" doc:"Id of the contact who took over; empty while nobody has (R-084)"`
}

// Calendars of a yearly day.
const (
	Solar = "solar" // 公历
	Lunar = "lunar" // 农历
)

// Yearly is a day that comes every year.
type Yearly struct {
	Calendar string `json:"calendar" enum:"solar,lunar"`
	Month    int    `json:"month" minimum:"1" maximum:"12"`
	Day      int    `json:"day" minimum:"1" maximum:"31"`
	Leap     bool   `json:"leap,omitempty" doc:"In the leap month (闰月) of a lunar year that has one, else in the month itself"`
	Year     int    `json:"year,omitempty" minimum:"1900" maximum:"2100" doc:"Year it first was, if known"`
}

// Kinds of care dates.
const (
	CareBirthday    = "birthday"
	CareAnniversary = "anniversary"
	CareCustom      = "custom"
)

// CareDate is a day on which a customer is to hear from us.
type CareDate struct {
	ID      string `json:"id"`
	Kind    string `json:"kind" enum:"birthday,anniversary,custom"`
	Name    string `json:"name,omitempty" doc:"What it is, for a custom one"`
	Date    Yearly `json:"date"`
	Contact string `json:"contact,omitempty" doc:"Id of the contact it is of; empty: the customer's"`
}

// States of consent.
const (
	ConsentGiven     = "given"
	ConsentWithdrawn = "withdrawn"
)

// Consent is what a customer last said about being reached on a channel.
type Consent struct {
	Channel string       `json:"channel" doc:"Of the policy's contact channels"`
	Status  string       `json:"status" enum:"given,withdrawn"`
	At      instant.Time `json:"at" doc:"When the customer said so"`
	Source  string       `json:"source" doc:"How it is known: a form, a call, a contract"`
	By      string       `json:"by,omitempty" doc:"Who recorded it"`
}

// ContactChannel is a way to reach a customer.
type ContactChannel struct {
	Channel   string `json:"channel" doc:"Of the policy's contact channels"`
	Address   string `json:"address" doc:"Number, address or account"`
	Contact   string `json:"contact,omitempty" doc:"Id of the contact it leads to"`
	Preferred bool   `json:"preferred,omitempty"`
}

// Preference is what a customer likes or wants spared, by topic.
type Preference struct {
	Topic string `json:"topic" doc:"Of the policy's preference topics"`
	Value string `json:"value"`
}

// NeedTag is a need with the time in which it held.
type NeedTag struct {
	Tag     string       `json:"tag" doc:"Of the policy's need tags"`
	Since   instant.Time `json:"since"`
	Until   instant.Time `json:"until,omitempty" doc:"Unset while the need holds"`
	By      string       `json:"by,omitempty" doc:"Who recorded it"`
	Cause   string       `json:"cause,omitempty" doc:"Change of need that brought it (R-050); empty where somebody edited the file"`
	EndedBy string       `json:"ended_by,omitempty" doc:"Change of need that ended it (R-050)"`
}

// Changes of a contact.
const (
	ContactAdded  = "added"
	ContactEdited = "edited"
	ContactLeft   = "left"
)

// ContactChanged is recorded when a contact of a customer is added, edited or
// leaves; a key contact or decision maker that leaves without successor is an
// early sign of churn. It comes together with customer_changed.
type ContactChanged struct {
	Head
	Change  string   `json:"change" enum:"added,edited,left"`
	Before  *Contact `json:"before,omitempty" doc:"Absent when added"`
	After   Contact  `json:"after"`
	Changed []string `json:"changed" doc:"Fields of the contact that changed"`
}

// Attachment is a file that is kept with a customer. Its content lies in
// the object store.
type Attachment struct {
	ID          string       `json:"id"`
	Customer    string       `json:"customer"`
	Name        string       `json:"name"`
	ContentType string       `json:"content_type"`
	Size        int64        `json:"size" doc:"Bytes"`
	SHA256      string       `json:"sha256" doc:"Of the content, hexadecimal"`
	Purpose     string       `json:"purpose,omitempty" doc:"What it is: a quote, a contract, a drawing"`
	By          string       `json:"by"`
	At          instant.Time `json:"at"`
	RemovedAt   instant.Time `json:"removed_at,omitempty"`
	RemovedBy   string       `json:"removed_by,omitempty"`
}

// AttachmentStored is recorded when a file is attached to a customer.
type AttachmentStored struct {
	Head
	After Attachment `json:"after"`
}

// AttachmentRemoved is recorded when an attachment is taken away.
type AttachmentRemoved struct {
	Head
	Before Attachment `json:"before"`
	After  Attachment `json:"after"`
}

func (*ContactChanged) Kind() Kind {
	return Kind{"liuke.accounts.contact_changed.v1", TopicAccounts, "A contact of a customer was added, edited or left (R-084)."}
}
func (*AttachmentStored) Kind() Kind {
	return Kind{"liuke.accounts.attachment_stored.v1", TopicAccounts, "A file was attached to a customer."}
}
func (*AttachmentRemoved) Kind() Kind {
	return Kind{"liuke.accounts.attachment_removed.v1", TopicAccounts, "An attachment was taken away."}
}

func file() []Data { return []Data{&ContactChanged{}, &AttachmentStored{}, &AttachmentRemoved{}} }
