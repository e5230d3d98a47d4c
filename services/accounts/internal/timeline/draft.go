package timeline

import (
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"
	"liuke.dev/shared/problem"
)

// Bounds of what one entry holds.
const (
	maxText     = 4000 // characters
	maxSourceID = 200  // bytes
	maxData     = 30   // names in data and in numbers
	maxValue    = 1000 // characters
	maxAmount   = 9_000_000_000_000_000
)

// EntryDraft is an entry as other departments and systems tell it, by the interface or
// by Kafka. All is text, so that what is wrong with it is said field by field.
type EntryDraft struct {
	Customer    string             `json:"customer,omitempty" maxLength:"200" doc:"Customer's id; or else match"`
	Match       *CustomerKeys      `json:"match,omitempty" doc:"What is known of the customer instead of the id"`
	Kind        string             `json:"kind,omitempty" doc:"inquiry, quote, order, payment, contract, call, mail, wechat, visit, meeting, follow_up, login, usage, complaint, feedback, case, survey, care, event, note, …" example:"call"`
	Source      string             `json:"source,omitempty" doc:"System or department that tells it; a person's own notes need none" example:"pbx"`
	SourceID    string             `json:"source_id,omitempty" doc:"The source's own id for it; told again under the same id it changes nothing" example:"call-20260401-17"`
	OccurredAt  string             `json:"occurred_at,omitempty" doc:"When it happened: RFC 3339 with a zone" example:"2026-04-01T09:30:00+08:00"`
	Direction   string             `json:"direction,omitempty" doc:"inbound: the customer did it; outbound: we did; none. Calls, mails, WeChat, visits and meetings need one" example:"inbound"`
	By          string             `json:"by,omitempty" maxLength:"200" doc:"Who of ours"`
	Contact     string             `json:"contact,omitempty" maxLength:"200" doc:"Who of the customer's"`
	Amount      *AmountDraft       `json:"amount,omitempty"`
	Text        string             `json:"text,omitempty" doc:"What happened, in words of one language"`
	Says        *lang.Text         `json:"says,omitempty" doc:"What happened, in both languages, instead of text"`
	Ref         *catalogue.Subject `json:"ref,omitempty"`
	Correlation string             `json:"correlation,omitempty" maxLength:"200" doc:"Key that several sources agree on for one and the same thing, such as a call's number: what another source tells under it is linked and not counted twice"`
	Data        map[string]string  `json:"data,omitempty"`
	Numbers     map[string]float64 `json:"numbers,omitempty"`
}

// AmountDraft is an amount as others tell it, checked item by item.
type AmountDraft struct {
	Minor    int64  `json:"minor" doc:"Amount in minor units of the currency (分, cents)"`
	Currency string `json:"currency" doc:"ISO 4217 code" example:"CNY"`
}

func (a *AmountDraft) money() *money.Amount {
	if a == nil {
		return nil
	}
	return &money.Amount{Minor: a.Minor, Currency: a.Currency}
}

// Check makes an amount of what was told; none is none.
func (a *AmountDraft) Check(field string) (money.Amount, []problem.Field) {
	var c checks
	if a == nil {
		return money.Amount{}, nil
	}
	if a.Minor < 0 || a.Minor > maxAmount {
		c.add(field+".minor", "range", "应在 0 到 9000000000000000 之间", "must be from 0 to 9000000000000000")
	}
	if !money.Known(a.Currency) {
		c.add(field+".currency", "currency", "不是 ISO 4217 货币代码", "is not a currency of ISO 4217")
	}
	return *a.money(), c.wrong
}

var sourceForm = regexp.MustCompile(`^[a-z][a-z0-9_.-]{0,39}$`)

// subjects are the kinds of things that an entry may belong to.
var subjects = []string{catalogue.KindLead, catalogue.KindDeal, catalogue.KindCustomer, catalogue.KindTransfer, catalogue.KindTask, catalogue.KindPerson, catalogue.KindCase,
	catalogue.KindContract, catalogue.KindIntervention, catalogue.KindChurnReview, catalogue.KindNeedChange, catalogue.KindSurvey, catalogue.KindOrder}

// spoken are the kinds that make no sense without knowing who spoke.
var spoken = []string{catalogue.EntryCall, catalogue.EntryMail, catalogue.EntryWeChat, catalogue.EntryVisit, catalogue.EntryMeeting}

// directions are those of kinds that need not be told one.
var directions = map[string]string{catalogue.EntryInquiry: catalogue.Inbound, catalogue.EntryOrder: catalogue.Inbound, catalogue.EntryPayment: catalogue.Inbound,
	catalogue.EntryLogin: catalogue.Inbound, catalogue.EntryUsage: catalogue.Inbound, catalogue.EntryComplaint: catalogue.Inbound, catalogue.EntryFeedback: catalogue.Inbound,
	catalogue.EntryQuote: catalogue.Outbound, catalogue.EntryCare: catalogue.Outbound, catalogue.EntryOutreach: catalogue.Outbound}

// names of kinds, for entries that are told without words.
var names = map[string]lang.Text{catalogue.EntryInquiry: lang.T("咨询", "Inquiry"), catalogue.EntryQuote: lang.T("报价", "Quote"), catalogue.EntryOrder: lang.T("下单", "Order"),
	catalogue.EntryPayment: lang.T("付款", "Payment"), catalogue.EntryCall: lang.T("电话", "Call"), catalogue.EntryMail: lang.T("邮件", "Mail"),
	catalogue.EntryWeChat: lang.T("微信", "WeChat"), catalogue.EntryVisit: lang.T("拜访", "Visit"), catalogue.EntryMeeting: lang.T("会议", "Meeting"),
	catalogue.EntryLogin: lang.T("登录", "Log-in"), catalogue.EntryUsage: lang.T("使用产品", "Use of the product"), catalogue.EntryComplaint: lang.T("投诉", "Complaint"),
	catalogue.EntryFeedback: lang.T("满意度反馈", "Feedback"), catalogue.EntryCase: lang.T("工单", "Case")}

// Check makes an entry of the draft, or says all that is wrong with it. An entry
// from further in the future than the tolerance is refused: its clock is wrong.
func (d EntryDraft) Check(now instant.Time, tolerance time.Duration) (catalogue.TimelineEntry, []problem.Field) {
	e := catalogue.TimelineEntry{Customer: d.Customer, Kind: d.Kind, Source: d.Source, SourceID: d.SourceID, Direction: d.Direction, By: d.By, Contact: d.Contact,
		Amount: d.Amount.money(), Ref: d.Ref, Correlation: d.Correlation, Data: d.Data, Numbers: d.Numbers, Says: d.words()}
	// What a source tells of an order and the order that it records are one thing.
	if recorded := []string{catalogue.EntryOrder, catalogue.EntryPayment, catalogue.EntryUsage}; d.Correlation == "" && slices.Contains(recorded, d.Kind) {
		e.Correlation = recordOf(d.Kind, d.Source, d.SourceID)
	}
	var c checks
	c.whose(d)
	c.source(d)
	c.kind(d)
	e.OccurredAt = c.when(d.OccurredAt, now, tolerance)
	c.content(d, e)
	if e.Direction == "" {
		e.Direction = directions[d.Kind]
	}
	if e.Direction == "" {
		e.Direction = catalogue.Neither
	}
	return e, c.wrong
}

func (d EntryDraft) words() lang.Text {
	switch {
	case d.Says != nil && !d.Says.IsZero():
		t := *d.Says
		if t.Zh == "" {
			t.Zh = t.En
		}
		if t.En == "" {
			t.En = t.Zh
		}
		return t
	case d.Text != "":
		return lang.T(d.Text, d.Text)
	}
	if n, ok := names[d.Kind]; ok {
		return n
	}
	return lang.T(d.Kind, d.Kind)
}

// checks collects all that is wrong.
type checks struct{ wrong []problem.Field }

func (c *checks) add(field, rule, zh, en string) {
	c.wrong = append(c.wrong, problem.FieldError(field, rule, zh, en))
}

func (c *checks) whose(d EntryDraft) {
	switch none := d.Match == nil || d.Match.empty(); {
	case d.Customer == "" && none:
		c.add("customer", "required", "必填，或在 match 中给出电话、邮箱、税号、外部编号之一", "is required, or else match with a phone, mail address, tax id or external id")
	case d.Customer == "" && d.Match.waits() == "":
		c.add("match", "no_key", "其中没有可用于匹配的有效信息", "holds nothing that a customer can be found by")
	}
}

func (c *checks) source(d EntryDraft) {
	switch {
	case d.Source == "":
		c.wrong = append(c.wrong, problem.Required("source"))
	case !sourceForm.MatchString(d.Source):
		c.add("source", "pattern", "只能是小写字母、数字、点、横线、下划线，字母开头，最多 40 个字符", "takes lower-case letters, digits, dots, dashes and underscores, begins with a letter and has at most 40 characters")
	case d.Source == Own:
		c.add("source", "reserved", "此来源保留给系统自身", "is reserved for the system's own entries")
	}
	switch {
	case strings.TrimSpace(d.SourceID) == "":
		c.wrong = append(c.wrong, problem.Required("source_id"))
	case len(d.SourceID) > maxSourceID || !utf8.ValidString(d.SourceID):
		c.add("source_id", "max_length", "最多 200 字节的 UTF-8", "has at most 200 bytes of UTF-8")
	}
}

func (c *checks) kind(d EntryDraft) {
	switch {
	case d.Kind == "":
		c.wrong = append(c.wrong, problem.Required("kind"))
	case !slices.Contains(catalogue.EntryKinds, d.Kind):
		c.add("kind", "one_of", "只能是："+strings.Join(catalogue.EntryKinds, "、"), "must be one of "+strings.Join(catalogue.EntryKinds, ", "))
	}
	switch {
	case d.Direction == "" && slices.Contains(spoken, d.Kind):
		c.add("direction", "required", "必填：inbound 客户发起，outbound 我方发起", "is required: inbound from the customer, outbound from us")
	case d.Direction != "" && d.Direction != catalogue.Inbound && d.Direction != catalogue.Outbound && d.Direction != catalogue.Neither:
		c.add("direction", "one_of", "只能是 inbound、outbound、none", "must be inbound, outbound or none")
	}
}

func (c *checks) when(text string, now instant.Time, tolerance time.Duration) instant.Time {
	if text == "" {
		c.wrong = append(c.wrong, problem.Required("occurred_at"))
		return 0
	}
	at, err := instant.Parse(text)
	switch {
	case err != nil:
		c.add("occurred_at", "instant", notATime.Zh, notATime.En)
	case at > now.Add(tolerance):
		c.add("occurred_at", "future", fmt.Sprintf("在将来：比现在晚 %s，最多容许 %s", at.Sub(now).Round(time.Second), tolerance),
			fmt.Sprintf("lies in the future by %s; at most %s is tolerated", at.Sub(now).Round(time.Second), tolerance))
	}
	return at
}

// asked reads a time of a query; nothing is asked with empty text.
func (c *checks) asked(field, text string) instant.Time {
	if text == "" {
		return 0
	}
	at, err := instant.Parse(text)
	if err != nil {
		c.add(field, "instant", notATime.Zh, notATime.En)
	}
	return at
}

var notATime = lang.T("应为带时区的时间，例如 2026-04-01T09:30:00+08:00", "must be a time with a zone such as 2026-04-01T09:30:00+08:00")

func (c *checks) content(d EntryDraft, e catalogue.TimelineEntry) {
	field := "text"
	if d.Says != nil {
		field = "says"
	}
	if max(utf8.RuneCountInString(e.Says.Zh), utf8.RuneCountInString(e.Says.En)) > maxText {
		c.add(field, "max_length", "最多 4000 个字符", "has at most 4000 characters")
	}
	_, wrong := d.Amount.Check("amount")
	c.wrong = append(c.wrong, wrong...)
	if d.Ref != nil && (!slices.Contains(subjects, d.Ref.Kind) || d.Ref.ID == "") {
		c.add("ref", "subject", "应有 kind（"+strings.Join(subjects, "、")+"）和 id", "needs a kind ("+strings.Join(subjects, ", ")+") and an id")
	}
	if len(d.Data) > maxData {
		c.add("data", "max_items", "最多 30 项", "has at most 30 names")
	}
	for k, v := range d.Data {
		if k == "" || utf8.RuneCountInString(k) > 60 || utf8.RuneCountInString(v) > maxValue {
			c.add("data."+shortened(k), "max_length", "名称 1 到 60 个字符，内容最多 1000 个字符", "names have 1 to 60 characters, values at most 1000")
		}
	}
	if len(d.Numbers) > maxData {
		c.add("numbers", "max_items", "最多 30 项", "has at most 30 names")
	}
	for k, v := range d.Numbers {
		if k == "" || utf8.RuneCountInString(k) > 60 || math.IsNaN(v) || math.IsInf(v, 0) {
			c.add("numbers."+shortened(k), "number", "名称 1 到 60 个字符，内容为数字", "names have 1 to 60 characters, values are numbers")
		}
	}
}

func shortened(name string) string {
	if r := []rune(name); len(r) > 60 {
		return string(r[:60])
	}
	return name
}
