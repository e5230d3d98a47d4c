package policy

import (
	"liuke.dev/shared/calendar"
	"liuke.dev/shared/lang"
)

// Defaults gives the sections as shipped: the numbers of the requirements.
func Defaults() Sections {
	return Sections{
		Intake: Intake{
			Sources: []Option{
				option("ads", "广告", "Ads"), option("website", "官网", "Website"), option("referral", "转介绍", "Referral"),
				option("exhibition", "展会", "Exhibition"), option("wechat", "微信", "WeChat"), option("phone", "电话", "Phone"),
				option("mail", "邮件", "Mail"), option("import", "导入", "Import"), option("other", "其他", "Other"),
			},
			EntryWithin: D("24h"), FirstTouchWithin: D("10m"), ResponseBandFrom: D("10m"), ResponseBandTo: D("30m"), WebFormPerMinute: 30,
		},
		FollowUp: FollowUp{
			Results: []Option{
				option("interested", "有意向", "Interested"), option("needs_time", "再考虑", "Needs time"), option("wants_quote", "要报价", "Wants a quote"),
				option("negotiating", "商谈中", "Negotiating"), option("no_answer", "未接通/未回复", "No answer"), option("not_interested", "无意向", "Not interested"),
				option("other", "其他", "Other"),
			},
			Objections: []Option{
				option("price", "价格", "Price"), option("feature", "功能", "Feature"), option("competitor", "竞品", "Competitor"),
				option("internal_process", "内部流程", "Internal process"),
			},
			CustomerTypes: []Option{option("new", "新客户", "New customer"), option("existing", "老客户", "Existing customer"), option("partner", "渠道伙伴", "Partner")},
			BudgetBands: []Option{
				option("unknown", "未知", "Unknown"), option("low", "5万以下", "Below 50,000"), option("medium", "5-20万", "50,000 to 200,000"),
				option("high", "20万以上", "Above 200,000"),
			},
			RecordWithin: D("24h"), LatestNextTouch: D("400d"),
		},
		LeadCare: LeadCare{
			FirstTouch:   []Step{{D("0m"), ActRemind}, {D("20m"), ActEscalate}, {D("24h"), ActReassign}},
			Idle:         []Step{{D("3d"), ActRemind}, {D("5d"), ActWarn}, {D("7d"), ActMarkRisk}},
			NoReplyAfter: D("3d"), NurtureEvery: D("30d"),
		},
		Pipelines: Pipelines{Default: "p7", Pipelines: []Pipeline{pipelineP7(), pipelineP5()}, LostReasons: shippedLostReasons()},
		Risk: Risk{TouchesWithoutProgress: 3, ReplyWindow: D("3wd"), UnansweredContacts: 2, QuoteConfirmedWithin: D("48h"), WonRevisitWithin: D("7d"), HealthFall: HealthFall{Months: 3, Points: 20, Mode: FallCumulative},
			Leaks: []string{"first_inquiry", "unconfirmed_quote", "unrecorded_objection", "missing_decision_node", "won_without_revisit"}},
		Ownership: Ownership{RecycleAfter: D("30d"), WarnBefore: []Duration{D("7d"), D("3d"), D("1d")}, HoldLimit: 200, ClaimsPerDay: 20,
			ApproveWithin: D("1wd"), HandOverWithin: D("2wd"), AcceptWithin: D("1wd"), TransferExpires: D("10d")},
		Tasks: Tasks{Overdue: []Step{{D("0m"), ActRemind}, {D("4h"), ActEscalate}}, QuoteConfirmWithin: D("24h")},
		Notifications: Notifications{QuietFrom: "21:00", QuietTo: "08:00", DigestAt: "08:30", Channels: []string{"in_app", "email", "webhook", "robot"},
			RobotHosts:      []string{"qyapi.weixin.qq.com", "oapi.dingtalk.com", "open.feishu.cn"},
			WorkingTimeOnly: false},
		Priority: Priority{ValueWeight: 10, ValueUnit: 100_000, OverdueWeight: 8, OverdueMax: 120, DueTodayPoints: 10, StageWeights: map[string]int{
			"new": 20, "contacted": 10, "nurturing": 0, "contact": 5, "need": 10, "solution": 20, "quoted": 30, "negotiation": 40, "decision": 50}},
		Chain: Chain{Links: []Link{
			link("lead", "线索", "Lead", "liuke.leads.lead_recorded.v1"),
			link("first_touch", "首触达", "First touch", "rule:first_touch"),
			link("need", "需求确认", "Need confirmed", "liuke.leads.follow_up_recorded.v1"),
			link("solution", "方案", "Solution", "liuke.deals.stage_changed.v1"),
			link("quote", "报价", "Quote", "liuke.deals.quote_sent.v1"),
			link("objection", "异议", "Objection", "liuke.leads.follow_up_recorded.v1"),
			link("revisit", "回访", "Revisit", "rule:quote_confirm"),
			link("close", "成交/流失", "Won or lost", "liuke.deals.deal_closed.v1"),
			link("remarketing", "再营销", "Remarketing", "rule:nurture"),
		}},
		Maintenance: shippedMaintenance(), Processes: shippedProcesses(),
		Contracts: shippedContracts(), Prices: shippedPrices(), KeyAccounts: shippedKeyAccounts(),
		Calendars: Calendars{Default: "cn", Calendars: []calendar.Calendar{calendar.China()}},
		Outreach:  shippedOutreach(), Intervention: shippedIntervention(),
		Reviews:     shippedReviews(),
		Undo:        defaultUndo(),
		Customers:   shippedCustomers(),
		PublicLinks: shippedPublicLinks(), Cases: shippedCases(), Surveys: shippedSurveys(),
		Timeline: shippedTimeline(), DataTrust: shippedDataTrust(),
		Standing: standingDefaults(), Health: healthDefaults(),
	}
}

func option(id, zh, en string) Option { return Option{ID: id, Name: lang.T(zh, en)} }

func link(id, zh, en, trigger string) Link {
	return Link{ID: id, Name: lang.T(zh, en), Trigger: trigger}
}
