package followup

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

// Bounds of plausibility, not policy: a demo's speed does not shorten them.
const (
	skew     = time.Minute              // a caller's clock may be ahead by this
	farthest = 3 * 365 * 24 * time.Hour // an older contact is a typing error; imports keep old dates by their own way
	longText = 4000
	text     = 500
)

func (in Input) trimmed() Input {
	for _, s := range []*string{&in.KeyPoints, &in.NextAction, &in.Question, &in.KeyPerson, &in.KeyNeed, &in.NotOwnerReason} {
		*s = strings.TrimSpace(*s)
	}
	return in
}

func check(in Input, s Subject, by By, v *policy.View, now instant.Time) []problem.Field {
	p := v.Sections.FollowUp
	var c checks
	c.occurred(in, now)
	c.oneOf("channel", in.Channel, Channels, !in.Captured)
	c.oneOf("direction", in.Direction, []string{Outbound, Inbound}, true)
	c.text("key_points", in.KeyPoints, longText, !in.Captured)
	c.text("next_action", in.NextAction, text, false)
	c.text("question", in.Question, text, false)
	c.text("key_person", in.KeyPerson, text, false)
	c.text("key_need", in.KeyNeed, text, false)
	c.text("not_owner_reason", in.NotOwnerReason, text, false)
	c.option("result", in.Result, p.Results, "R-017")
	c.option("customer_type", in.CustomerType, p.CustomerTypes, "R-004")
	c.option("budget_band", in.BudgetBand, p.BudgetBands, "R-004")
	for i, o := range in.Objections {
		c.option(fmt.Sprintf("objections[%d]", i), o, p.Objections, "R-018")
	}
	if len(in.Objections) > len(p.Objections) {
		c.add("objections", "max_items", "异议标签重复", "names a tag twice")
	}
	c.next(in, s, p, now)
	if !in.Captured && s.Open {
		c.seven(in, s.Trail)
	}
	filled := in.fields()
	for i, name := range in.Prefilled {
		if !slices.Contains(filled, name) {
			c.add(fmt.Sprintf("prefilled[%d]", i), "C-16", "“"+name+"”没有填写，不能算作预填", "\""+name+"\" is not filled in, so nobody prefilled it")
		}
	}
	if !by.Owns && in.Direction == Outbound && !(in.Captured && by.Captures) && in.NotOwnerReason == "" {
		c.add("not_owner_reason", "R-047", "不是负责人，联系客户须写明原因", "you are not the owner: say why you talk to the customer")
	}
	return c
}

type checks []problem.Field

func (c *checks) add(field, rule, zh, en string) {
	*c = append(*c, problem.FieldError(field, rule, zh, en))
}

// occurred is the follow-up time of R-013.
func (c *checks) occurred(in Input, now instant.Time) {
	switch {
	case in.OccurredAt.IsZero():
		c.add("occurred_at", "R-013", "跟进时间必填", "the time of the follow-up is required")
	case in.OccurredAt > now:
		c.add("occurred_at", "in_future", "跟进时间不能在未来", "must not be in the future")
	case in.OccurredAt < now.Add(-farthest):
		c.add("occurred_at", "too_old", "跟进时间过早", "is implausibly long ago")
	}
}

// next is the next action of R-013 and the next touch of R-014.
func (c *checks) next(in Input, s Subject, p policy.FollowUp, now instant.Time) {
	if in.NextAction == "" && !in.Captured && s.Open {
		c.add("next_action", "R-013", "下一步动作必填", "the next action is required")
	}
	switch {
	case in.NextTouchAt.IsZero():
		if !in.Captured && s.Open {
			c.add("next_touch_at", "R-014", "下次跟进时间必填", "the time of the next touch is required")
		}
	case in.NextTouchAt <= now:
		c.add("next_touch_at", "in_past", "下次跟进时间须在未来", "must be in the future")
	case !p.LatestNextTouch.IsZero() && in.NextTouchAt > now.Add(p.LatestNextTouch.Elapsed()):
		c.add("next_touch_at", "latest_next_touch", "下次跟进时间超过最远期限 "+p.LatestNextTouch.String(),
			"is further away than the policy allows: "+p.LatestNextTouch.String())
	case in.NextAction == "" && !(s.Open && !in.Captured):
		c.add("next_action", "R-013", "下一步动作必填", "a planned next touch needs its action")
	}
}

// seven asks for those of the seven fields that the subject does not have yet;
// source, stage and last contact are always there, the next touch is R-014 (R-004, C-13).
func (c *checks) seven(in Input, t Trail) {
	if in.CustomerType == "" && t.CustomerType == "" {
		c.add("customer_type", "R-004", "首次跟进须填客户类型", "the first follow-up names the customer type")
	}
	if in.BudgetBand == "" && t.BudgetBand == "" {
		c.add("budget_band", "R-004", "首次跟进须填预算等级", "the first follow-up names the budget band")
	}
	if in.Result == "" && t.LastResult == "" {
		c.add("result", "R-004", "首次跟进须填跟进结果", "the first follow-up names its result")
	}
	if in.Objections == nil && t.FollowUps == 0 && len(t.Objections) == 0 {
		c.add("objections", "R-004", "首次跟进须填异议标签，没有异议填空列表", "the first follow-up names the objections, an empty list if there were none")
	}
}

func (c *checks) text(field, v string, limit int, required bool) {
	switch {
	case v == "" && required:
		c.add(field, "R-013", "必填", "is required")
	case !utf8.ValidString(v):
		c.add(field, "utf8", "不是有效的文本", "is not valid text")
	case utf8.RuneCountInString(v) > limit:
		c.add(field, "max_length", fmt.Sprintf("最多 %d 个字", limit), fmt.Sprintf("has more than %d characters", limit))
	}
}

func (c *checks) oneOf(field, v string, allowed []string, required bool) {
	if v == "" && !required || slices.Contains(allowed, v) {
		return
	}
	list := strings.Join(allowed, ", ")
	c.add(field, "one_of", "只能是："+list, "must be one of "+list)
}

func (c *checks) option(field, v string, options []policy.Option, rule string) {
	if v == "" || slices.ContainsFunc(options, func(o policy.Option) bool { return o.ID == v }) {
		return
	}
	ids := make([]string, 0, len(options))
	for _, o := range options {
		ids = append(ids, o.ID)
	}
	list := strings.Join(ids, ", ")
	c.add(field, rule, "只能选："+list, "must be one of "+list)
}
