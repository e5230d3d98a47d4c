package catalogue

import (
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"
)

// Kinds of contracts.
const (
	ContractNew       = "new"       // 新签
	ContractRenewal   = "renewal"   // 续签
	ContractAmendment = "amendment" // 增购、变更
)

// States of a contract.
const (
	ContractDraft      = "draft"      // 草稿
	ContractApproving  = "approving"  // 审批中
	ContractApproved   = "approved"   // 已批准
	ContractSent       = "sent"       // 待客户签署
	ContractSigned     = "signed"     // 已签署
	ContractActive     = "active"     // 履行中
	ContractRenewed    = "renewed"    // 已续签
	ContractExpired    = "expired"    // 已到期
	ContractTerminated = "terminated" // 已终止
)

// States of an approval step.
const (
	StepWaiting  = "waiting"
	StepPending  = "pending"
	StepApproved = "approved"
	StepRejected = "rejected"
)

// What a customer says about renewing.
const (
	IntentRenew     = "renew"
	IntentUndecided = "undecided"
	IntentLeave     = "leave"
)

// Marks of a contract.
const (
	MarkRenewalAtRisk  = "renewal_at_risk"
	MarkPaymentOverdue = "payment_overdue"
)

// Party of a contract.
type Party struct {
	Name    string `json:"name" maxLength:"300"`
	TaxID   string `json:"tax_id,omitempty" maxLength:"40"`
	Contact string `json:"contact,omitempty" maxLength:"200" doc:"Who signs"`
	Email   string `json:"email,omitempty" maxLength:"254"`
	Phone   string `json:"phone,omitempty" maxLength:"60"`
}

// ContractItem is one line of a contract.
type ContractItem struct {
	Product  string `json:"product" minLength:"1" maxLength:"200"`
	Name     string `json:"name,omitempty" maxLength:"300"`
	Quantity int64  `json:"quantity" minimum:"1" maximum:"1000000000"`
	// List is the price of one before discounts, Price the one agreed, in minor units of the contract's currency.
	List  int64 `json:"list,omitempty" minimum:"0" maximum:"9000000000000" doc:"Minor units"`
	Price int64 `json:"price" minimum:"0" maximum:"9000000000000" doc:"Minor units"`
}

// Installment is a payment that a contract asks for.
type Installment struct {
	Name  string       `json:"name" minLength:"1" maxLength:"200"`
	Minor int64        `json:"minor" minimum:"1" maximum:"9000000000000000" doc:"Minor units of the contract's currency"`
	Due   instant.Time `json:"due,omitempty" doc:"Set when the contract is signed, unless agreed before"`
	// AfterDays is how long after the signing it is due, where no day is agreed.
	AfterDays int `json:"after_days,omitempty" minimum:"0" maximum:"3650"`
	// What was paid of it.
	Paid   int64        `json:"paid,omitempty" minimum:"0" doc:"Minor units"`
	PaidAt instant.Time `json:"paid_at,omitempty" doc:"When it was paid in full"`
	// Overdue says that it was not paid in full when it was due.
	Overdue bool `json:"overdue,omitempty"`
	// CycleDays is from when it was due to when it was paid, negative if early.
	CycleDays int `json:"cycle_days,omitempty" doc:"Days from due to paid in full; negative: early"`
}

// ApprovalStep of a contract.
type ApprovalStep struct {
	ID       string       `json:"id"`
	Name     lang.Text    `json:"name"`
	Role     string       `json:"role" doc:"Who may decide it"`
	Approver string       `json:"approver" doc:"Who is asked"`
	Status   string       `json:"status" enum:"waiting,pending,approved,rejected"`
	Since    instant.Time `json:"since,omitempty" doc:"When its clock began"`
	By       string       `json:"by,omitempty"`
	At       instant.Time `json:"at,omitempty"`
	Reason   string       `json:"reason,omitempty"`
	Why      lang.Text    `json:"why" doc:"Why this step is needed"`
}

// Signature of a contract.
type Signature struct {
	Provider string       `json:"provider" doc:"built_in: acceptance on Liuke's own page"`
	Name     string       `json:"name" doc:"As the signer typed it"`
	At       instant.Time `json:"at"`
	Address  string       `json:"address" doc:"IP address of the signer"`
	Hash     string       `json:"hash" doc:"SHA-256 of the document that was signed"`
}

// RenewalIntent is what the customer says about renewing.
type RenewalIntent struct {
	Intent string       `json:"intent" enum:"renew,undecided,leave"`
	Note   string       `json:"note,omitempty"`
	By     string       `json:"by"`
	At     instant.Time `json:"at"`
}

// ContractPayment is money that came in for a contract.
type ContractPayment struct {
	ID          string       `json:"id" doc:"Source and the source's id"`
	Amount      money.Amount `json:"amount"`
	PaidAt      instant.Time `json:"paid_at"`
	RecordedBy  string       `json:"recorded_by"`
	Installment int          `json:"installment,omitempty" doc:"Number of the first installment that it went to, from 1"`
}

// Contract with a customer.
type Contract struct {
	ID       string `json:"id"`
	Number   string `json:"number"`
	Customer string `json:"customer"`
	Kind     string `json:"kind" enum:"new,renewal,amendment"`
	Parent   string `json:"parent,omitempty" doc:"Contract that this one renews or amends"`
	Deal     string `json:"deal,omitempty"`
	Owner    string `json:"owner" doc:"Who drafted it and sees to it"`
	// Template and PolicyVersion name the text.
	Template      string `json:"template"`
	PolicyVersion int64  `json:"policy_version"`
	Language      string `json:"language" enum:"zh,en"`
	Standard      bool   `json:"standard" doc:"Its text is the template's alone (R-131)"`
	Title         string `json:"title"`
	Extra         string `json:"extra,omitempty" doc:"Terms beside the template's: they make it non-standard"`

	Seller   Party          `json:"seller"`
	Buyer    Party          `json:"buyer"`
	Items    []ContractItem `json:"items"`
	Total    money.Amount   `json:"total"`
	Discount int            `json:"discount,omitempty" doc:"Per mille off the list prices"`
	Tier     string         `json:"tier,omitempty" doc:"Of the customer when it was drafted"`
	From     instant.Time   `json:"from"`
	Until    instant.Time   `json:"until"`
	Schedule []Installment  `json:"schedule"`

	Status string         `json:"status" enum:"draft,approving,approved,sent,signed,active,renewed,expired,terminated"`
	Steps  []ApprovalStep `json:"steps,omitempty"`
	Hash   string         `json:"hash,omitempty" doc:"SHA-256 of the document, once it was submitted"`
	// Round counts how often it was sent; only the newest link is good.
	Round     int               `json:"round,omitempty"`
	SignBy    instant.Time      `json:"sign_by,omitempty" doc:"Until when the link is good"`
	Urged     int               `json:"urged,omitempty" doc:"Signing reminders that left since it was sent"`
	Signature *Signature        `json:"signature,omitempty"`
	Renewal   *RenewalIntent    `json:"renewal,omitempty"`
	Successor string            `json:"successor,omitempty" doc:"Contract that renews it"`
	Payments  []ContractPayment `json:"payments,omitempty"`
	Paid      int64             `json:"paid,omitempty" doc:"Minor units"`
	// SigningToPaymentDays is from the signing to when all of it was paid.
	SigningToPaymentDays int    `json:"signing_to_payment_days,omitempty"`
	Marks                []Mark `json:"marks,omitempty"`

	DraftedAt   instant.Time `json:"drafted_at"`
	SubmittedAt instant.Time `json:"submitted_at,omitempty"`
	ApprovedAt  instant.Time `json:"approved_at,omitempty"`
	SentAt      instant.Time `json:"sent_at,omitempty"`
	SignedAt    instant.Time `json:"signed_at,omitempty"`
	ActiveAt    instant.Time `json:"active_at,omitempty"`
	PaidAt      instant.Time `json:"paid_at,omitempty"`
	EndedAt     instant.Time `json:"ended_at,omitempty"`
	EndReason   string       `json:"end_reason,omitempty"`
}

// ContractDrafted is recorded when a contract is drafted from a template.
type ContractDrafted struct {
	Head
	After Contract `json:"after"`
}

// ContractChanged is recorded when a draft is edited, withdrawn from approval or signing, or the contract gets another owner.
type ContractChanged struct {
	Head
	Before string   `json:"before" doc:"Status before"`
	After  Contract `json:"after"`
	Reason string   `json:"reason" doc:"edited, withdrawn, declined, owner"`
	Says   string   `json:"says,omitempty" doc:"What was said with it"`
}

// ContractSubmitted is recorded when a contract is submitted for approval.
type ContractSubmitted struct {
	Head
	After Contract `json:"after"`
}

// ContractStepDecided is recorded when a step of the approval is decided.
type ContractStepDecided struct {
	Head
	After Contract     `json:"after"`
	Step  ApprovalStep `json:"step"`
}

// ContractApprovedFact is recorded when nobody is left to approve a contract.
type ContractApprovedFact struct {
	Head
	After Contract `json:"after"`
}

// ContractSentFact is recorded when a contract is sent for signing.
type ContractSentFact struct {
	Head
	After Contract `json:"after"`
}

// ContractUrged is recorded when the customer is reminded to sign.
type ContractUrged struct {
	Head
	After Contract `json:"after"`
}

// ContractSignedFact is recorded when the customer signed.
type ContractSignedFact struct {
	Head
	After Contract `json:"after"`
}

// ContractActivated is recorded when a signed contract's term begins.
type ContractActivated struct {
	Head
	After Contract `json:"after"`
}

// ContractRenewalIntentRecorded is recorded when the customer's mind about renewing is known.
type ContractRenewalIntentRecorded struct {
	Head
	After Contract `json:"after"`
}

// ContractEnded is recorded when a contract was renewed by another, expired or was terminated.
type ContractEnded struct {
	Head
	After Contract `json:"after"`
}

// ContractPaid is recorded with every payment for a contract.
type ContractPaid struct {
	Head
	After   Contract        `json:"after"`
	Payment ContractPayment `json:"payment"`
}

// ContractMarked is recorded when a contract is marked: renewal at risk, payment overdue.
type ContractMarked struct {
	Head
	After Contract `json:"after"`
	Mark  string   `json:"mark" enum:"renewal_at_risk,payment_overdue"`
	Set   bool     `json:"set" doc:"False: it was cleared"`
}

// QuoteRequest is a customer's question for prices.
type QuoteRequest struct {
	ID           string       `json:"id"`
	Customer     string       `json:"customer"`
	Products     []string     `json:"products"`
	Total        money.Amount `json:"total"`
	Channel      string       `json:"channel,omitempty"`
	ComparesWith string       `json:"compares_with,omitempty" doc:"Whose price it is compared with, where the customer says so"`
	Note         string       `json:"note,omitempty"`
	By           string       `json:"by"`
	At           instant.Time `json:"at"`
}

// QuoteRequested is recorded when a customer asks for a price.
type QuoteRequested struct {
	Head
	Request QuoteRequest `json:"request"`
	// InWindow counts the customer's requests within the policy's window, this one included.
	InWindow int `json:"in_window" doc:"Requests of the customer within the policy's window, this one included"`
}

// QuotesCompared is recorded when a customer asked for prices so often that it must be comparing them.
type QuotesCompared struct {
	Head
	Customer string       `json:"customer"`
	Count    int          `json:"count"`
	Since    instant.Time `json:"since" doc:"When the window began"`
	Requests []string     `json:"requests" doc:"Evidence"`
}

// OfferPushed is recorded when a customer who is eligible was sent an offer.
type OfferPushed struct {
	Head
	Customer string       `json:"customer"`
	Offer    string       `json:"offer"`
	Name     lang.Text    `json:"name"`
	PerMille int          `json:"per_mille"`
	Until    instant.Time `json:"until"`
	Because  lang.Text    `json:"because"`
	Outreach string       `json:"outreach,omitempty" doc:"Id of the outreach that carries it"`
}
