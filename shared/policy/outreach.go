package policy

import (
	"fmt"
	"regexp"
	"slices"
	"time"

	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
)

// Outreach rules how often, when and by what customers may be reached, by all
// departments together (D-9).
type Outreach struct {
	PerDay    int    `json:"per_day" doc:"Contacts with one customer on one day of theirs, of every department and channel together" minimum:"1" maximum:"100"`
	PerWeek   int    `json:"per_week" doc:"Contacts with one customer in any seven days" minimum:"1" maximum:"700"`
	QuietFrom string `json:"quiet_from,omitempty" doc:"The customer's local time from which nothing is sent; empty: no quiet hours" pattern:"^(([01][0-9]|2[0-3]):[0-5][0-9])?$"`
	QuietTo   string `json:"quiet_to,omitempty" pattern:"^(([01][0-9]|2[0-3]):[0-5][0-9])?$"`
	Zone      string `json:"zone" doc:"Time zone of customers who have none of their own"`

	Channels []ReachChannel `json:"channels" doc:"Ways to reach a customer" minItems:"1"`
	OptIn    []string       `json:"opt_in,omitempty" doc:"Channels that need the customer's consent; on the others it is enough that it was not withdrawn"`

	Exempt        []string `json:"exempt,omitempty" doc:"Purposes that the budget does not count: what the customer waits for"`
	AnyHour       []string `json:"any_hour,omitempty" doc:"Purposes that may be sent in quiet hours"`
	UrgentAnyHour bool     `json:"urgent_any_hour" doc:"What is urgent may be sent in quiet hours"`
	DespiteNo     []string `json:"despite_no,omitempty" doc:"Purposes that are sent although consent was withdrawn: what a contract owes"`

	AnswerWithin Duration `json:"answer_within,omitempty" doc:"A contact this long after the customer's own is an answer, which the budget does not count; empty: every contact counts"`
	DeferAtMost  Duration `json:"defer_at_most" doc:"What would have to wait longer for a free instant is refused"`
	HoldFor      Duration `json:"hold_for" doc:"How long a person's reservation is kept"`
	Counts       []string `json:"counts" doc:"Kinds of outbound timeline entries that count as contacts" minItems:"1"`
}

// ReachChannel is a way to reach a customer.
type ReachChannel struct {
	ID   string    `json:"id" pattern:"^[a-z][a-z0-9_]*$" maxLength:"40"`
	Name lang.Text `json:"name"`
	By   string    `json:"by" enum:"mail,gateway" doc:"mail: over SMTP; gateway: posted to the webhooks that take the channel"`
}

// How a channel carries.
const (
	ByMail    = "mail"
	ByGateway = "gateway"
)

// Channel gives a channel by its id.
func (o Outreach) Channel(id string) (ReachChannel, bool) {
	for _, c := range o.Channels {
		if c.ID == id {
			return c, true
		}
	}
	return ReachChannel{}, false
}

func shippedOutreach() Outreach {
	return Outreach{
		PerDay: 1, PerWeek: 3, QuietFrom: "21:00", QuietTo: "09:00", Zone: "Asia/Shanghai",
		Channels: []ReachChannel{
			{"mail", lang.T("邮件", "Mail"), ByMail}, {"wechat", lang.T("微信", "WeChat"), ByGateway}, {"wecom", lang.T("企业微信", "WeCom"), ByGateway},
			{"sms", lang.T("短信", "Text message"), ByGateway}, {"app", lang.T("应用内", "In the app"), ByGateway},
		},
		Exempt: []string{"contract", "case", "answer"}, AnyHour: []string{"answer"}, UrgentAnyHour: true, DespiteNo: []string{"contract", "case", "answer"},
		AnswerWithin: D("48h"), DeferAtMost: D("30d"), HoldFor: D("4h"),
		Counts: []string{"call", "mail", "wechat", "visit", "meeting", "follow_up", "survey", "care"},
	}
}

var word = regexp.MustCompile(`^[a-z][a-z0-9_]{0,39}$`)

func (c *checker) outreach(v Outreach) {
	if v.PerWeek < v.PerDay {
		c.add("outreach.per_week", "minimum", "不能少于每天的次数", "must not be less than per_day")
	}
	c.quietHours(v)
	if _, err := time.LoadLocation(v.Zone); err != nil || v.Zone == "" || v.Zone == "Local" {
		c.add("outreach.zone", "zone", "不是时区，如 Asia/Shanghai", "is not a time zone such as Asia/Shanghai")
	}
	var ids []string
	for i, ch := range v.Channels {
		at := fmt.Sprintf("outreach.channels[%d]", i)
		c.named(at, ch.Name)
		if slices.Contains(ids, ch.ID) {
			c.add(at+".id", "duplicate", "编号重复："+ch.ID, "this id is used twice: "+ch.ID)
		}
		ids = append(ids, ch.ID)
	}
	c.known("outreach.opt_in", v.OptIn, ids)
	c.words("outreach.exempt", v.Exempt)
	c.words("outreach.any_hour", v.AnyHour)
	c.words("outreach.despite_no", v.DespiteNo)
	c.words("outreach.counts", v.Counts)
	c.positive("outreach.defer_at_most", v.DeferAtMost)
	c.positive("outreach.hold_for", v.HoldFor)
}

func (c *checker) quietHours(v Outreach) {
	switch {
	case v.QuietFrom == "" && v.QuietTo == "":
	case v.QuietFrom == "":
		c.fields = append(c.fields, problem.Required("outreach.quiet_from"))
	case v.QuietTo == "":
		c.fields = append(c.fields, problem.Required("outreach.quiet_to"))
	case v.QuietFrom == v.QuietTo:
		c.add("outreach.quiet_to", "distinct", "免打扰时段不能为零或全天", "must differ from quiet_from")
	}
}

// words checks a list of names, each once.
func (c *checker) words(at string, list []string) {
	for i, w := range list {
		if !word.MatchString(w) {
			c.add(fmt.Sprintf("%s[%d]", at, i), "pattern", "只能是小写字母、数字和下划线", "must be lower-case letters, digits and underscores")
		}
	}
	c.distinct(at, list)
}
