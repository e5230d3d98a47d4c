package catalogue

import (
	"liuke.dev/shared/instant"
	"liuke.dev/shared/money"
)

// Order is what a customer bought, as the system that took it tells.
type Order struct {
	ID         string       `json:"id" doc:"<source>:<source_id>"`
	Customer   string       `json:"customer"`
	Source     string       `json:"source"`
	SourceID   string       `json:"source_id" doc:"Order number in its source"`
	Channel    string       `json:"channel,omitempty" doc:"How it came: web, shop, sales, …"`
	PlacedAt   instant.Time `json:"placed_at"`
	RecordedAt instant.Time `json:"recorded_at"`
	Amount     money.Amount `json:"amount" doc:"Whole amount of the order"`
	Units      int64        `json:"units,omitempty" minimum:"0" doc:"Pieces over all lines"`
	Lines      []OrderLine  `json:"lines,omitempty"`
	By         string       `json:"by,omitempty" doc:"Who of ours took it"`
	Contact    string       `json:"contact,omitempty" doc:"Who of the customer's placed it"`
	Deal       string       `json:"deal,omitempty"`
	Contract   string       `json:"contract,omitempty"`
	// DueAt is when it is to be paid; the time from it to the payment is the payment cycle.
	DueAt instant.Time `json:"due_at,omitempty"`
	// Status only moves from placed to cancelled; what is given back in money is a refund.
	Status      string       `json:"status" enum:"placed,cancelled"`
	CancelledAt instant.Time `json:"cancelled_at,omitempty"`
	Reason      string       `json:"reason,omitempty" doc:"Why it was cancelled"`
}

// States of an order.
const (
	OrderPlaced    = "placed"
	OrderCancelled = "cancelled"
)

// OrderLine is one product of an order.
type OrderLine struct {
	Product  string        `json:"product" doc:"Product's id or name"`
	Quantity int64         `json:"quantity" minimum:"0"`
	Amount   *money.Amount `json:"amount,omitempty" doc:"Of the whole line"`
}

// Payment is money that came from a customer, or went back.
type Payment struct {
	ID         string       `json:"id" doc:"<source>:<source_id>"`
	Customer   string       `json:"customer"`
	Source     string       `json:"source"`
	SourceID   string       `json:"source_id"`
	Type       string       `json:"type" enum:"payment,refund"`
	Amount     money.Amount `json:"amount"`
	PaidAt     instant.Time `json:"paid_at"`
	RecordedAt instant.Time `json:"recorded_at"`
	DueAt      instant.Time `json:"due_at,omitempty" doc:"When it was to be paid; that of the order where nothing is said"`
	Order      string       `json:"order,omitempty" doc:"Id of the order"`
	Contract   string       `json:"contract,omitempty"`
	Method     string       `json:"method,omitempty"`
	Remark     string       `json:"remark,omitempty"`
}

// Types of payments.
const (
	PaymentIn     = "payment"
	PaymentRefund = "refund"
)

// Usage is what a customer used of a product in a period.
type Usage struct {
	ID         string       `json:"id" doc:"<source>:<source_id>"`
	Customer   string       `json:"customer"`
	Source     string       `json:"source"`
	SourceID   string       `json:"source_id"`
	Product    string       `json:"product"`
	From       instant.Time `json:"from"`
	To         instant.Time `json:"to" doc:"End of the period, exclusive"`
	RecordedAt instant.Time `json:"recorded_at"`
	Features   []string     `json:"features,omitempty" doc:"Features used"`
	Core       []string     `json:"core,omitempty" doc:"Core features of the product; coverage is how many of these are used (R-093)"`
	Logins     int64        `json:"logins" minimum:"0"`
	Users      int64        `json:"users,omitempty" minimum:"0" doc:"Different people of the customer's"`
}

// OrderRecorded is recorded when a system tells an order.
type OrderRecorded struct {
	Head
	After Order `json:"after"`
}

// OrderEnded is recorded when an order is cancelled.
type OrderEnded struct {
	Head
	Before Order `json:"before"`
	After  Order `json:"after"`
}

// PaymentRecorded is recorded when a payment or a refund is told.
type PaymentRecorded struct {
	Head
	After Payment `json:"after"`
}

// UsageRecorded is recorded when the use of a product in a period is told.
type UsageRecorded struct {
	Head
	After Usage `json:"after"`
}

func (*OrderRecorded) Kind() Kind {
	return Kind{"liuke.accounts.order_recorded.v1", TopicAccounts, "A customer's order was recorded."}
}
func (*OrderEnded) Kind() Kind {
	return Kind{"liuke.accounts.order_ended.v1", TopicAccounts, "A customer's order was cancelled."}
}
func (*PaymentRecorded) Kind() Kind {
	return Kind{"liuke.accounts.payment_recorded.v1", TopicAccounts, "A customer's payment or a refund was recorded."}
}
func (*UsageRecorded) Kind() Kind {
	return Kind{"liuke.accounts.usage_recorded.v1", TopicAccounts, "What a customer used of a product was recorded."}
}

func orders() []Data {
	return []Data{&OrderRecorded{}, &OrderEnded{}, &PaymentRecorded{}, &UsageRecorded{}}
}
