package policy

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"time"

	"liuke.dev/shared/calendar"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
)

// Leaks are the leak detectors that exist.
var Leaks = []string{"first_inquiry", "unconfirmed_quote", "unrecorded_objection", "missing_decision_node", "won_without_revisit"}

// Channels are the ways in which people can be reached.
var Channels = []string{"in_app", "email", "webhook", "robot"}

// Validate names every field that breaks a rule, so that a book which passes
// leaves no lead, deal or task without a next step.
func Validate(s Sections) []problem.Field {
	c := checker{limits: true}
	c.shapes(s)
	c.intake(s.Intake)
	c.followUp(s.FollowUp)
	c.ladder("lead_care.first_touch", s.LeadCare.FirstTouch)
	c.ladder("lead_care.idle", s.LeadCare.Idle)
	c.pipelines(s.Pipelines)
	c.risk(s.Risk)
	c.ownership(s.Ownership)
	c.ladder("tasks.overdue", s.Tasks.Overdue)
	c.notifications(s.Notifications)
	c.priority(s.Priority)
	c.chain(s)
	c.calendars(s.Calendars)
	c.maintenance(s.Maintenance)
	c.processes(s.Processes)
	c.opened(s)
	c.reviews(s.Reviews)
	c.customers(s.Customers)
	c.outreach(s.Outreach)
	c.intervention(s.Intervention)
	c.publicLinks(s.PublicLinks)
	c.cases(s)
	c.surveys(s)
	c.timeline(s.Timeline)
	c.dataTrust(s.DataTrust)
	c.contracts(s.Contracts)
	c.prices(s.Prices)
	c.keyAccounts(s.KeyAccounts)
	c.standing(s.Standing)
	c.health(s.Health)
	return c.fields
}

// shapes checks what the tags of the types demand.
func (c *checker) shapes(s Sections) {
	for _, name := range SectionNames {
		v, _ := s.field(name)
		raw, err := json.Marshal(v.Interface())
		if err != nil {
			c.add(name, "malformed", "内容无法读取", err.Error())
			continue
		}
		dec := json.NewDecoder(bytes.NewReader(raw))
		dec.UseNumber()
		var doc any
		if err := dec.Decode(&doc); err != nil {
			c.add(name, "malformed", "内容无法读取", err.Error())
			continue
		}
		c.shape(name, v.Type(), doc, "")
	}
}

func (c *checker) intake(v Intake) {
	c.options("intake.sources", v.Sources)
	c.positive("intake.entry_within", v.EntryWithin)
	c.positive("intake.first_touch_within", v.FirstTouchWithin)
	c.positive("intake.response_band_from", v.ResponseBandFrom)
	c.positive("intake.response_band_to", v.ResponseBandTo)
	if v.ResponseBandTo.Elapsed() < v.ResponseBandFrom.Elapsed() {
		c.add("intake.response_band_to", "ascending", "不能短于起始值", "must not be shorter than response_band_from")
	}
	c.distinct("intake.default_assignees", v.DefaultAssignees)
}

func (c *checker) followUp(v FollowUp) {
	c.options("follow_up.results", v.Results)
	c.options("follow_up.objections", v.Objections)
	c.options("follow_up.customer_types", v.CustomerTypes)
	c.options("follow_up.budget_bands", v.BudgetBands)
	c.positive("follow_up.record_within", v.RecordWithin)
	c.positive("follow_up.latest_next_touch", v.LatestNextTouch)
}

func (c *checker) risk(v Risk) {
	c.positive("risk.reply_window", v.ReplyWindow)
	c.known("risk.leaks", v.Leaks, Leaks)
	if slices.Contains(v.Leaks, "unconfirmed_quote") {
		c.positive("risk.quote_confirmed_within", v.QuoteConfirmedWithin)
	}
	if slices.Contains(v.Leaks, "won_without_revisit") {
		c.positive("risk.won_revisit_within", v.WonRevisitWithin)
	}
}

func (c *checker) ownership(v Ownership) {
	c.positive("ownership.approve_within", v.ApproveWithin)
	c.positive("ownership.hand_over_within", v.HandOverWithin)
	c.positive("ownership.accept_within", v.AcceptWithin)
	c.positive("ownership.transfer_expires", v.TransferExpires)
	for i, w := range v.WarnBefore {
		field := fmt.Sprintf("ownership.warn_before[%d]", i)
		c.positive(field, w)
		switch {
		case v.RecycleAfter.IsZero():
			c.add(field, "pointless", "未设置回收期限，无需提醒", "there is nothing to warn of: recycle_after is empty")
		case w.Elapsed() >= v.RecycleAfter.Elapsed():
			c.add(field, "maximum", "提醒必须短于回收期限", "must be shorter than recycle_after")
		case family(w) != family(v.RecycleAfter):
			c.add(field, "one_clock", "必须与回收期限使用同一种时间", "must run on the same clock as recycle_after")
		case i > 0 && w.Elapsed() >= v.WarnBefore[i-1].Elapsed():
			c.add(field, "descending", "提醒必须由远及近排列", "warnings must come closer one after the other")
		}
	}
}

func (c *checker) notifications(v Notifications) {
	c.known("notifications.channels", v.Channels, Channels)
	if len(v.Channels) == 0 {
		c.add("notifications.channels", "min_items", "至少要有一个渠道", "needs at least one channel")
	}
	c.distinct("notifications.robot_hosts", v.RobotHosts)
	for i, host := range v.RobotHosts {
		if u, err := url.Parse("https://" + host + "/"); err != nil || u.Hostname() != host {
			c.add(fmt.Sprintf("notifications.robot_hosts[%d]", i), "host", "不是主机名，如 qyapi.weixin.qq.com", "is not a host such as qyapi.weixin.qq.com")
		}
	}
	from, errFrom := time.Parse("15:04", v.QuietFrom)
	to, errTo := time.Parse("15:04", v.QuietTo)
	if errFrom != nil || errTo != nil {
		return // the pattern has named it
	}
	if from.Equal(to) {
		c.add("notifications.quiet_to", "distinct", "免打扰时段不能为零或全天", "must differ from quiet_from")
	}
	if at, err := time.Parse("15:04", v.DigestAt); err == nil && Quiet(at, from, to) {
		c.add("notifications.digest_at", "quiet_hours", "日报时间落在免打扰时段内，永远发不出去", "lies within the quiet hours, so that it would never leave")
	}
}

// Quiet tells whether a local time of day lies within from and to, over midnight if need be.
func Quiet(at, from, to time.Time) bool {
	if from.Before(to) {
		return !at.Before(from) && at.Before(to)
	}
	return !at.Before(from) || at.Before(to)
}

var weighed = []string{"new", "contacted", "nurturing", "contact", "need", "solution", "quoted", "negotiation", "decision"}

func (c *checker) priority(v Priority) {
	keys := make([]string, 0, len(v.StageWeights))
	for k, w := range v.StageWeights {
		keys = append(keys, k)
		if w < 0 || w > 1000 {
			c.add("priority.stage_weights."+k, "range", "必须在 0 到 1000 之间", "must be from 0 to 1000")
		}
	}
	slices.Sort(keys)
	for _, k := range keys {
		if !slices.Contains(weighed, k) {
			c.add("priority.stage_weights."+k, "one_of", "不是线索状态或阶段类型", "is neither a lead status nor a stage type")
		}
	}
	if v.OverdueMax < v.OverdueWeight {
		c.add("priority.overdue_max", "minimum", "不能小于每天的分值", "must not be less than overdue_weight")
	}
}

func (c *checker) calendars(v Calendars) {
	seen := map[string]bool{}
	for i, cal := range v.Calendars {
		at := fmt.Sprintf("calendars.calendars[%d]", i)
		if seen[cal.ID] {
			c.add(at+".id", "duplicate", "编号重复："+cal.ID, "this id is used twice: "+cal.ID)
		}
		seen[cal.ID] = true
		for _, f := range calendar.Check(cal) {
			f.Field = at + "." + f.Field
			if !slices.ContainsFunc(c.fields, func(g problem.Field) bool { return g.Field == f.Field }) {
				c.fields = append(c.fields, f)
			}
		}
	}
	if !seen[v.Default] {
		c.add("calendars.default", "exists", "没有这个日历："+v.Default, "no calendar has this id: "+v.Default)
	}
}

// options checks an option list: ids of their own, names in both languages.
func (c *checker) options(at string, list []Option) {
	seen := map[string]bool{}
	for i, o := range list {
		field := fmt.Sprintf("%s[%d]", at, i)
		if seen[o.ID] {
			c.add(field+".id", "duplicate", "编号重复："+o.ID, "this id is used twice: "+o.ID)
		}
		seen[o.ID] = true
		c.named(field, o.Name)
	}
}

func (c *checker) named(at string, name lang.Text) {
	if name.Zh == "" {
		c.fields = append(c.fields, problem.Required(at+".name.zh"))
	}
	if name.En == "" {
		c.fields = append(c.fields, problem.Required(at+".name.en"))
	}
}

// known checks that a list names only what exists, each once.
func (c *checker) known(at string, list, known []string) {
	for i, v := range list {
		if !slices.Contains(known, v) {
			c.add(fmt.Sprintf("%s[%d]", at, i), "one_of", fmt.Sprintf("未知：%s，只能是 %v", v, known), fmt.Sprintf("%s is unknown; there are %v", v, known))
		}
	}
	c.distinct(at, list)
}

func (c *checker) distinct(at string, list []string) {
	for i, v := range list {
		if slices.Contains(list[:i], v) {
			c.add(fmt.Sprintf("%s[%d]", at, i), "duplicate", "重复："+v, "is listed twice: "+v)
		}
	}
}

func (c *checker) positive(at string, d Duration) {
	if d.IsZero() {
		c.add(at, "positive", "必须大于零", "must be longer than nothing")
	}
}

// family tells which clock a duration runs on: elapsed time, working hours or working days.
func family(d Duration) string {
	switch d.Unit {
	case WorkingMinutes, WorkingHours:
		return "working_hours"
	case WorkingDays:
		return "working_days"
	}
	return "elapsed"
}

// ladder checks that the rungs come one after the other on one clock.
func (c *checker) ladder(at string, steps []Step) {
	for i, s := range steps {
		field := fmt.Sprintf("%s[%d]", at, i)
		if s.After.Unit == "" {
			c.fields = append(c.fields, problem.Required(field+".after"))
			continue
		}
		if s.Action == "" {
			c.fields = append(c.fields, problem.Required(field+".action"))
		}
		if i == 0 || steps[i-1].After.Unit == "" {
			continue
		}
		if prev := steps[i-1].After; !prev.IsZero() && family(prev) != family(s.After) {
			c.add(field+".after", "one_clock", "同一阶梯必须使用同一种时间（自然时间、工作小时或工作日）", "the rungs of a ladder must run on one clock: elapsed time, working hours or working days")
		} else if s.After.Elapsed() <= prev.Elapsed() {
			c.add(field+".after", "ascending", "必须晚于上一级", "must be later than the rung before it")
		}
	}
}
