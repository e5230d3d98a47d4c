package catalogue

import (
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"
)

// Kinds of timeline entries. There may be more some day: readers pass over what they do not know.
const (
	EntryInquiry  = "inquiry"  // 咨询
	EntryQuote    = "quote"    // 报价
	EntryDeal     = "deal"     // 商机进展、赢单、丢单
	EntryOrder    = "order"    // 下单
	EntryPayment  = "payment"  // 付款、退款
	EntryContract = "contract" // 合同

	EntryCall     = "call"      // 电话
	EntryMail     = "mail"      // 邮件
	EntryWeChat   = "wechat"    // 微信
	EntryVisit    = "visit"     // 拜访
	EntryMeeting  = "meeting"   // 会议
	EntryFollowUp = "follow_up" // 其他方式的跟进
	EntryTask     = "task"      // 任务结果

	EntryLogin = "login" // 登录
	EntryUsage = "usage" // 产品使用

	EntryComplaint = "complaint" // 投诉
	EntryFeedback  = "feedback"  // 满意度反馈
	EntryCase      = "case"      // 工单
	EntrySurvey    = "survey"    // 调查
	EntryCare      = "care"      // 关怀
	EntryEvent     = "event"     // 活动
	EntryCoupon    = "coupon"    // 优惠券核销

	EntryOwnership    = "ownership"    // 归属变更
	EntryContact      = "contact"      // 联系人变更
	EntryNeed         = "need"         // 需求变更
	EntryStanding     = "standing"     // 健康、生命周期变化
	EntryOutreach     = "outreach"     // 我方触达
	EntryIntervention = "intervention" // 干预
	EntryReview       = "review"       // 复盘
	EntryNote         = "note"         // 备注
)

// EntryKinds lists the kinds of entries that there are.
var EntryKinds = []string{EntryInquiry, EntryQuote, EntryDeal, EntryOrder, EntryPayment, EntryContract, EntryCall, EntryMail, EntryWeChat, EntryVisit, EntryMeeting,
	EntryFollowUp, EntryTask, EntryLogin, EntryUsage, EntryComplaint, EntryFeedback, EntryCase, EntrySurvey, EntryCare, EntryEvent, EntryCoupon, EntryOwnership, EntryContact,
	EntryNeed, EntryStanding, EntryOutreach, EntryIntervention, EntryReview, EntryNote}

// Directions of an entry.
const (
	Inbound  = "inbound"  // the customer did it
	Outbound = "outbound" // we did it towards the customer
	Neither  = "none"     // it happened, neither side spoke
)

// TimelineEntry is one thing that happened between a customer and us. Its
// source and the source's id for it say which thing it is: told again, it changes nothing.
type TimelineEntry struct {
	ID         string        `json:"id" doc:"<source>:<source_id>"`
	Customer   string        `json:"customer"`
	Kind       string        `json:"kind" pattern:"^[a-z][a-z0-9_]*$" maxLength:"40" doc:"inquiry, quote, deal, order, payment, contract, call, mail, wechat, visit, meeting, follow_up, task, login, usage, complaint, feedback, case, survey, care, event, coupon, ownership, contact, need, standing, outreach, intervention, review, note; more may come"`
	Source     string        `json:"source" doc:"System or department that tells it"`
	SourceID   string        `json:"source_id" doc:"Id of the thing in its source"`
	OccurredAt instant.Time  `json:"occurred_at"`
	RecordedAt instant.Time  `json:"recorded_at"`
	Direction  string        `json:"direction" enum:"inbound,outbound,none"`
	By         string        `json:"by,omitempty" doc:"Who of ours, a person's id where known"`
	Contact    string        `json:"contact,omitempty" doc:"Who of the customer's: a contact's id or name"`
	Amount     *money.Amount `json:"amount,omitempty"`
	Says       lang.Text     `json:"says" doc:"What happened, in words"`
	Ref        *Subject      `json:"ref,omitempty" doc:"What it belongs to"`
	Lines      []OrderLine   `json:"lines,omitempty" doc:"Of an order: what of which product, the first 50 lines (R-093)"`
	// Correlation is a key that sources agree on for one and the same thing, such as a call's number.
	Correlation string `json:"correlation,omitempty" doc:"Key that several sources agree on for one and the same thing"`
	// SameAs is the entry that told of it first; entries that have one are not counted again.
	SameAs  string             `json:"same_as,omitempty" doc:"Entry of another source that told the same thing first; do not count this one again"`
	Data    map[string]string  `json:"data,omitempty" doc:"What else is known of it, in words"`
	Numbers map[string]float64 `json:"numbers,omitempty" doc:"What else is known of it, in numbers; amounts of money are never here"`
}

// TimelineRecorded is recorded with every entry of a customer's timeline.
type TimelineRecorded struct {
	Head
	After TimelineEntry `json:"after"`
}

// Kind names the fact.
func (*TimelineRecorded) Kind() Kind {
	return Kind{"liuke.accounts.timeline_recorded.v1", TopicAccounts, "Something that happened between a customer and us was recorded."}
}

func timeline() []Data { return []Data{&TimelineRecorded{}} }
