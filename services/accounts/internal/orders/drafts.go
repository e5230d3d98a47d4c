package orders

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"liuke.dev/services/accounts/internal/timeline"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/money"
	"liuke.dev/shared/problem"
)

// RecordHead is what every record begins with. Times are text, so that what is wrong is
// said field by field.
type RecordHead struct {
	Customer string                 `json:"customer,omitempty" maxLength:"200" doc:"Customer's id; or else match"`
	Match    *timeline.CustomerKeys `json:"match,omitempty" doc:"What is known of the customer instead of the id"`
	Source   string                 `json:"source,omitempty" doc:"System that tells it" example:"shop"`
	SourceID string                 `json:"source_id,omitempty" doc:"The source's own number; told again under the same one it changes nothing" example:"2026-0417"`
}

// OrderDraft is an order as its source tells it.
type OrderDraft struct {
	RecordHead
	Channel  string                `json:"channel,omitempty" maxLength:"40" doc:"How it came: web, shop, sales, …"`
	PlacedAt string                `json:"placed_at,omitempty" doc:"RFC 3339 with a zone" example:"2026-04-01T09:30:00+08:00"`
	Amount   *timeline.AmountDraft `json:"amount,omitempty"`
	Units    int64                 `json:"units,omitempty" doc:"Pieces; the sum of the lines where nothing is said"`
	Lines    []LineDraft           `json:"lines,omitempty" maxItems:"500"`
	By       string                `json:"by,omitempty" maxLength:"200"`
	Contact  string                `json:"contact,omitempty" maxLength:"200"`
	Deal     string                `json:"deal,omitempty" maxLength:"200"`
	Contract string                `json:"contract,omitempty" maxLength:"200"`
	DueAt    string                `json:"due_at,omitempty" doc:"When it is to be paid"`
}

// LineDraft is one product of an order.
type LineDraft struct {
	Product  string                `json:"product" doc:"Product's id or name"`
	Quantity int64                 `json:"quantity,omitempty"`
	Amount   *timeline.AmountDraft `json:"amount,omitempty" doc:"Of the whole line"`
}

// PaymentDraft is a payment or refund as its source tells it.
type PaymentDraft struct {
	RecordHead
	Type     string                `json:"type,omitempty" doc:"payment or refund; payment where nothing is said"`
	Amount   *timeline.AmountDraft `json:"amount,omitempty"`
	PaidAt   string                `json:"paid_at,omitempty" doc:"RFC 3339 with a zone"`
	DueAt    string                `json:"due_at,omitempty" doc:"When it was to be paid; that of the order where nothing is said"`
	Order    string                `json:"order,omitempty" maxLength:"300" doc:"Id of the order"`
	Contract string                `json:"contract,omitempty" maxLength:"200"`
	Method   string                `json:"method,omitempty" maxLength:"60"`
	Remark   string                `json:"remark,omitempty" maxLength:"1000"`
}

// UsageDraft is the use of a product in a period as its source tells it.
type UsageDraft struct {
	RecordHead
	Product  string   `json:"product,omitempty" maxLength:"200"`
	From     string   `json:"from,omitempty" doc:"RFC 3339 with a zone"`
	To       string   `json:"to,omitempty" doc:"End of the period, exclusive"`
	Features []string `json:"features,omitempty" maxItems:"500" doc:"Features used"`
	Core     []string `json:"core,omitempty" maxItems:"500" doc:"Core features of the product"`
	Logins   int64    `json:"logins,omitempty"`
	Users    int64    `json:"users,omitempty"`
}

var sourceForm = regexp.MustCompile(`^[a-z][a-z0-9_.-]{0,39}$`)

const maxSourceID = 200 // bytes

// checks collects all that is wrong with a draft.
type checks struct {
	now       instant.Time
	tolerance time.Duration
	wrong     []problem.Field
}

func (c *checks) add(field, rule, zh, en string) {
	c.wrong = append(c.wrong, problem.FieldError(field, rule, zh, en))
}

func (c *checks) head(h RecordHead) {
	if h.Customer == "" && (h.Match == nil || *h.Match == timeline.CustomerKeys{}) {
		c.add("customer", "required", "必填，或在 match 中给出电话、邮箱、税号、外部编号之一", "is required, or else match with a phone, mail address, tax id or external id")
	}
	switch {
	case h.Source == "":
		c.wrong = append(c.wrong, problem.Required("source"))
	case !sourceForm.MatchString(h.Source):
		c.add("source", "pattern", "只能是小写字母、数字、点、横线、下划线，字母开头，最多 40 个字符", "takes lower-case letters, digits, dots, dashes and underscores, begins with a letter and has at most 40 characters")
	}
	switch {
	case strings.TrimSpace(h.SourceID) == "":
		c.wrong = append(c.wrong, problem.Required("source_id"))
	case len(h.SourceID) > maxSourceID || !utf8.ValidString(h.SourceID):
		c.add("source_id", "max_length", "最多 200 字节的 UTF-8", "has at most 200 bytes of UTF-8")
	}
}

// at reads a time; past says that it must not lie in the future.
func (c *checks) at(field, text string, required, past bool) instant.Time {
	if text == "" {
		if required {
			c.wrong = append(c.wrong, problem.Required(field))
		}
		return 0
	}
	at, err := instant.Parse(text)
	switch {
	case err != nil:
		c.add(field, "instant", "应为带时区的时间，例如 2026-04-01T09:30:00+08:00", "must be a time with a zone such as 2026-04-01T09:30:00+08:00")
	case past && at > c.now.Add(c.tolerance):
		c.add(field, "future", "在将来", "lies in the future")
	}
	return at
}

func (c *checks) amount(field string, a *timeline.AmountDraft, required bool) money.Amount {
	if a == nil && required {
		c.wrong = append(c.wrong, problem.Required(field))
	}
	out, wrong := a.Check(field)
	c.wrong = append(c.wrong, wrong...)
	return out
}

func (c *checks) count(field string, n int64) {
	if n < 0 {
		c.add(field, "minimum", "不能为负", "must not be negative")
	}
}

// order checks an order's draft.
func (c *checks) order(d OrderDraft) catalogue.Order {
	c.head(d.RecordHead)
	o := catalogue.Order{ID: d.Source + ":" + d.SourceID, Source: d.Source, SourceID: d.SourceID, Channel: d.Channel, Units: d.Units, By: d.By,
		Contact: d.Contact, Deal: d.Deal, Contract: d.Contract, Status: catalogue.OrderPlaced, RecordedAt: c.now,
		PlacedAt: c.at("placed_at", d.PlacedAt, true, true), Amount: c.amount("amount", d.Amount, true), DueAt: c.at("due_at", d.DueAt, false, false)}
	c.count("units", d.Units)
	pieces := int64(0)
	for i, l := range d.Lines {
		at := fmt.Sprintf("lines[%d]", i)
		if strings.TrimSpace(l.Product) == "" {
			c.wrong = append(c.wrong, problem.Required(at+".product"))
		}
		c.count(at+".quantity", l.Quantity)
		line := catalogue.OrderLine{Product: l.Product, Quantity: l.Quantity}
		if a := c.amount(at+".amount", l.Amount, false); l.Amount != nil {
			line.Amount = &a
			if a.Currency != o.Amount.Currency {
				c.add(at+".amount.currency", "currency", "与订单货币不同", "differs from the order's currency")
			}
		}
		o.Lines = append(o.Lines, line)
		pieces += l.Quantity
	}
	if o.Units == 0 {
		o.Units = pieces
	}
	return o
}

// payment checks a payment's draft.
func (c *checks) payment(d PaymentDraft) catalogue.Payment {
	c.head(d.RecordHead)
	p := catalogue.Payment{ID: d.Source + ":" + d.SourceID, Source: d.Source, SourceID: d.SourceID, Type: d.Type, Order: d.Order, Contract: d.Contract, Method: d.Method,
		Remark: d.Remark, RecordedAt: c.now, Amount: c.amount("amount", d.Amount, true), PaidAt: c.at("paid_at", d.PaidAt, true, true), DueAt: c.at("due_at", d.DueAt, false, false)}
	switch p.Type {
	case "":
		p.Type = catalogue.PaymentIn
	case catalogue.PaymentIn, catalogue.PaymentRefund:
	default:
		c.add("type", "one_of", "只能是 payment、refund", "must be payment or refund")
	}
	return p
}

// usage checks the draft of a use.
func (c *checks) usage(d UsageDraft) catalogue.Usage {
	c.head(d.RecordHead)
	u := catalogue.Usage{ID: d.Source + ":" + d.SourceID, Source: d.Source, SourceID: d.SourceID, Product: d.Product, Features: distinct(d.Features), Core: distinct(d.Core),
		Logins: d.Logins, Users: d.Users, RecordedAt: c.now, From: c.at("from", d.From, true, true), To: c.at("to", d.To, true, true)}
	if strings.TrimSpace(d.Product) == "" {
		c.wrong = append(c.wrong, problem.Required("product"))
	}
	if u.From != 0 && u.To != 0 && u.To <= u.From {
		c.add("to", "after_from", "必须晚于 from", "must be later than from")
	}
	c.count("logins", d.Logins)
	c.count("users", d.Users)
	return u
}

func distinct(list []string) []string {
	out := slices.Clone(list)
	slices.Sort(out)
	return slices.DeleteFunc(slices.Compact(out), func(s string) bool { return strings.TrimSpace(s) == "" })
}
