package policy

import (
	"fmt"
	"slices"

	"liuke.dev/shared/lang"
)

// KeyAccounts rules what is watched of key accounts.
type KeyAccounts struct {
	Gaps       []Option    `json:"gaps" doc:"Process gaps that lose key accounts: the checklist of each (R-153)" minItems:"1"`
	CheckEvery Duration    `json:"check_every" doc:"How long a check of a gap holds"`
	ActWithin  Duration    `json:"act_within" doc:"Clock of the action of an indicator that fell below its threshold"`
	Indicators []Indicator `json:"indicators" doc:"Indicator table of each key account (R-154)" minItems:"1"`
	GuestValid Duration    `json:"guest_valid" doc:"How long an invitation to a co-creation space is good, at most (R-156)"`
}

// Indicator is a row of the indicator table.
type Indicator struct {
	ID        string    `json:"id" pattern:"^[a-z][a-z0-9_]*$" maxLength:"40"`
	Name      lang.Text `json:"name"`
	From      string    `json:"from" doc:"What gives its value: an input of the health score or health itself, of 100; a measured figure of where the customer stands such as response_hours, orders_90d, upsell_share; or signal_ and the name of an early sign, 50 as a warning, 100 when severe" pattern:"^[a-z][a-z0-9_]*$" maxLength:"40"`
	Frequency Duration  `json:"frequency" doc:"How often it is checked"`
	Threshold int       `json:"threshold" doc:"Below this, or above it, the action is due" minimum:"1" maximum:"100"`
	When      string    `json:"when,omitempty" enum:"below,above" doc:"On which side of the threshold the action is due; empty: below"`
	Action    lang.Text `json:"action"`
}

// FromSignal begins the source of an indicator that is an early sign.
const FromSignal = "signal_"

// Above is the side of a threshold on which figures are bad that should be small.
const Above = "above"

// Breached tells whether the action is due at a value; at the threshold it is not.
func (i Indicator) Breached(value int) bool {
	if i.When == Above {
		return value > i.Threshold
	}
	return value < i.Threshold
}

// Indicator gives the row of that id, nil if there is none.
func (k KeyAccounts) Indicator(id string) *Indicator {
	for i := range k.Indicators {
		if k.Indicators[i].ID == id {
			return &k.Indicators[i]
		}
	}
	return nil
}

func shippedKeyAccounts() KeyAccounts {
	return KeyAccounts{
		Gaps: []Option{option("need_changes", "需求变化未捕捉", "Changes of need are not caught"), option("communication", "沟通节点混乱", "Messy communication"),
			option("after_sales", "售后慢、不透明", "Slow, opaque after-sales"), option("value_revisit", "缺少价值回访", "No revisit about value"),
			option("renewal", "续约增购不顺", "Clumsy renewal and upsell"), option("data", "数据分散", "Scattered data")},
		CheckEvery: D("90d"), ActWithin: D("3wd"), GuestValid: D("90d"),
		Indicators: []Indicator{
			{ID: "activity", Name: lang.T("活跃度", "Activity"), From: "activity", Frequency: D("7d"), Threshold: 70, Action: lang.T("主动回访", "Revisit on our own initiative")},
			{ID: "contact", Name: lang.T("联系人与互动", "Contacts and interaction"), From: "interaction", Frequency: D("30d"), Threshold: 60, Action: lang.T("高层沟通", "Talk between executives")},
			{ID: "satisfaction", Name: lang.T("满意度", "Satisfaction"), From: "satisfaction", Frequency: D("30d"), Threshold: 70, Action: lang.T("优化方案跟进", "Follow up with a plan to improve")},
			{ID: "usage", Name: lang.T("使用深度", "Depth of use"), From: "usage_depth", Frequency: D("30d"), Threshold: 50, Action: lang.T("产品培训与激励", "Training and an incentive")}}}
}

func (c *checker) keyAccounts(v KeyAccounts) {
	c.options("key_accounts.gaps", v.Gaps)
	c.positive("key_accounts.check_every", v.CheckEvery)
	c.positive("key_accounts.act_within", v.ActWithin)
	c.positive("key_accounts.guest_valid", v.GuestValid)
	var ids []string
	for i, n := range v.Indicators {
		field := fmt.Sprintf("key_accounts.indicators[%d]", i)
		c.named(field, n.Name)
		c.positive(field+".frequency", n.Frequency)
		if n.From == "" {
			c.add(field+".from", "required", "必填", "is required")
		}
		if n.Action.IsZero() {
			c.add(field+".action", "required", "必填", "is required")
		}
		if slices.Contains(ids, n.ID) {
			c.add(field+".id", "duplicate", "编号重复："+n.ID, "this id is used twice: "+n.ID)
		}
		ids = append(ids, n.ID)
	}
}
