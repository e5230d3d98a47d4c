package policy

import "liuke.dev/shared/lang"

// shippedProcesses are the service processes of the requirements; a business
// changes, adds and switches them off by itself.
func shippedProcesses() Processes {
	return Processes{CareAt: "09:00", Channel: "email", CareUntil: D("2d"), Holidays: shippedHolidays(),
		Processes: append(append(afterWin(), rhythms()...), append(caring(), append(stateActions(), responses()...)...)...)}
}

func shippedHolidays() []Holiday {
	day := func(id, zh, en, calendar string, month, day int) Holiday {
		return Holiday{ID: id, Name: lang.T(zh, en), Calendar: calendar, Month: month, Day: day}
	}
	return []Holiday{day("new_year", "元旦", "New Year", "solar", 1, 1), day("spring_festival", "春节", "Spring Festival", "lunar", 1, 1),
		day("lantern", "元宵节", "Lantern Festival", "lunar", 1, 15), day("dragon_boat", "端午节", "Dragon Boat Festival", "lunar", 5, 5),
		day("mid_autumn", "中秋节", "Mid-Autumn Festival", "lunar", 8, 15), day("national_day", "国庆节", "National Day", "solar", 10, 1)}
}

// afterWin is what a win begins: the customer hears who looks after it now
// and implementation takes over.
func afterWin() []Process {
	welcome := process("welcome", "欢迎与交接告知", "Welcome and hand-over notice", Start{On: OnWin, First: true},
		reach("notice", "告知客户由谁服务", "Tell the customer who looks after it", "success", "2h",
			lang.T("欢迎成为我们的客户", "Welcome"),
			lang.T("{customer}您好：感谢您的信任。从现在起由{success}负责您的服务，{owner}与您保持联系。有任何需要，请随时告诉我们。",
				"Dear {customer}, thank you for your trust. From now on {success} looks after you, and {owner} stays in touch. Whatever you need, tell us.")),
		after("notice", task("call", "首次服务致电，确认后续联系人与服务节点", "First service call: confirm contact and service nodes", "success", "2wd", true)))
	rollout := process("implementation", "实施交接", "Implementation hand-over", Start{On: OnWin},
		task("kick_off", "实施启动：需求、范围、时间表", "Kick-off: need, scope, timetable", "implementation", "3wd", true),
		after("kick_off", task("deliver", "交付并验收", "Deliver and have it accepted", "implementation", "20wd", true)),
		after("deliver", task("to_success", "移交客户成功，说明遗留事项", "Hand over to customer success with what is left", "success", "2wd", false)))
	rollout.Again = "alongside"
	handOver := process("hand_over", "三方交接确认", "Three-party hand-over", Start{On: OnHandOver},
		task("sales", "销售确认交接", "Sales confirms the hand-over", "owner", "2wd", false),
		task("implementation", "实施确认交接", "Implementation confirms the hand-over", "implementation", "2wd", false),
		task("success", "客户成功确认交接", "Customer success confirms the hand-over", "success", "2wd", false))
	return []Process{welcome, handOver, rollout}
}

// rhythms are what comes round by itself.
func rhythms() []Process {
	revisit := process("monthly_revisit", "月度回访", "Monthly revisit", Start{On: OnRhythm, Every: 1, Unit: "month", AsAgreed: true},
		said(task("revisit", "回访：给出业务增值建议", "Revisit: give value-add advice", "success", "3wd", true),
			"了解使用情况，给出至少一条业务增值建议并记录客户反馈。", "Learn how it is used, give at least one piece of value-add advice, record what the customer says."))
	survey := process("quarterly_need_survey", "季度需求调研", "Quarterly need survey", Start{On: OnRhythm, Every: 1, Unit: "quarter"},
		detail(asking(step("send", "发出需求调研", "Send the need survey", DoSurvey, "success", "1wd")), "needs"),
		after("send", task("record", "记录需求变化", "Record what changed in the need", "success", "10wd", true)))
	talk := process("co_creation_talk", "产品共创交流", "Co-creation talk", Start{On: OnRhythm, Every: 1, Unit: "quarter", FirstLate: D("45d")},
		task("talk", "与客户共创交流并记录结论", "Talk with the customer and record what was agreed", "role:product", "10wd", true))
	nps := process("half_yearly_nps", "半年推荐意愿调查（NPS）", "Half-yearly NPS", Start{On: OnRhythm, Every: 6, Unit: "month", FirstLate: D("30d")}, // R-146; not on the day of the survey of needs
		detail(step("ask", "发出推荐意愿调查", "Ask whether they would recommend us", DoSurvey, "success", "1wd"), "nps"))
	return []Process{revisit, survey, talk, nps}
}

// caring are days on which the customer hears from us, and what comes before a
// contract ends.
func caring() []Process {
	greet := func(id, zh, en string, values []string, subject, text lang.Text) Process {
		return process(id, zh, en, Start{On: OnCareDate, Values: values},
			reach("greet", "发出问候", "Send the greeting", "success", "4h", subject, text))
	}
	prepare := process("care_reminder", "关怀日提醒", "Care day reminder", Start{On: OnCareDate, Values: []string{"birthday", "anniversary", "custom"}, Before: D("3d")},
		task("prepare", "准备关怀：{date}", "Prepare for {date}", "success", "2d", false))
	renewal := process("renewal_window", "续约窗口", "Renewal window", Start{On: OnContractEnds, Before: D("60d")},
		task("prepare", "整理使用成效，为续约沟通做准备", "Prepare the renewal talk: what was achieved", "success", "5wd", true))
	renewal.Again = "alongside"
	birthday := greet("birthday_greeting", "生日问候", "Birthday greeting", []string{"birthday"},
		lang.T("生日快乐", "Happy birthday"), lang.T("{contact}：祝您生日快乐，万事顺意！", "{contact}: happy birthday, and all the best!"))
	jubilee := greet("anniversary_greeting", "纪念日问候", "Anniversary greeting", []string{"anniversary"},
		lang.T("感谢一路同行", "Thank you for going along"), lang.T("{customer}：今天是{date}，感谢您一路同行。", "{customer}: today is {date}. Thank you for going along with us."))
	holiday := greet("holiday_greeting", "节日问候", "Holiday greeting", []string{"spring_festival", "mid_autumn", "national_day"},
		lang.T("{date}快乐", "{date}"), lang.T("{customer}：祝您{date}快乐，阖家幸福！", "{customer}: our best wishes for the {date}!"))
	for _, p := range []*Process{&prepare, &birthday, &jubilee, &holiday} {
		p.Again = "alongside"
	}
	return []Process{prepare, birthday, jubilee, holiday, renewal}
}

// stateActions are the action sets of the life-cycle states.
func stateActions() []Process {
	on := func(states ...string) Start { return Start{On: OnLifecycle, Values: states} }
	return []Process{
		process("state_new", "新客户：回访", "New customer: revisit", on("new"), task("revisit", "新客户回访，确认上手顺利", "Revisit the new customer", "success", "5wd", false)),
		process("state_active", "活跃客户：二次需求挖掘", "Active customer: second need", on("active", "won_back"), task("second_need", "挖掘二次需求", "Look for the second need", "owner", "10wd", false)),
		process("state_silent", "沉默客户：关怀", "Silent customer: care", on("silent"),
			task("care", "关怀沉默客户，了解原因", "Care for the silent customer and learn why", "success", "3wd", true),
			after("care", task("wake", "制定唤醒方案", "Make a wake-up plan", "success", "5wd", false))),
		process("state_churn_risk", "流失风险：唤醒", "Churn risk: wake up", on("churn_risk"),
			detail(step("team", "召集干预小组", "Call the intervention team", DoIntervention, "owner", "4h"), "churn_risk"),
			task("visit", "负责人当面或电话沟通", "The owner talks to the customer", "owner", "2wd", true)),
	}
}

// responses answer early signs: what is done about each is a process (R-082 to
// R-096); signs that ask for immediate attention go to an intervention.
func responses() []Process {
	on := func(signals ...string) Start { return Start{On: OnSignal, Values: signals} }
	return []Process{
		process("answer_activity", "活跃度下降：主动回访", "Less activity: proactive revisit", on(SignalActivityFall, SignalContactFall, SignalRevisitFall),
			task("revisit", "主动回访，了解活跃度下降原因", "Revisit and learn why activity fell", "success", "2wd", true)),
		process("answer_contact_change", "联系人变动：高层沟通", "Contact changed: executive-level conversation", on(SignalContactChange),
			task("talk", "安排高层沟通，确认接任人", "Arrange an executive-level conversation, confirm the successor", "owner_supervisor", "5wd", true)),
		process("answer_satisfaction", "满意度下降：优化方案", "Satisfaction fell: improvement plan", on(SignalSatisfaction),
			task("plan", "制定优化方案", "Make an improvement plan", "success", "3wd", true),
			after("plan", task("follow", "跟进优化方案落实", "Follow up on the improvement plan", "success", "10wd", true))),
		process("answer_usage", "使用深度下降：培训与激励", "Less depth of use: training and incentive", on(SignalUsageFall),
			task("training", "安排产品培训", "Arrange product training", "role:product", "10wd", true),
			task("incentive", "给出激励方案", "Offer an incentive", "success", "5wd", false)),
		process("answer_orders", "采购变化：了解原因", "Buying changed: learn why", on(SignalOrderFall, SignalAmountFall),
			task("ask", "了解采购计划变化，复盘合作情况", "Learn how buying plans changed, go over the cooperation", "owner", "3wd", true)),
		process("answer_cold", "需求冷淡：重新确认需求", "Cold need: confirm it again", on(SignalColdNeed),
			task("confirm", "重新确认需求与决策人", "Confirm need and decision maker again", "owner", "3wd", true)),
		process("answer_cooperation", "技术采购配合变冷：重新对接", "Cooperation cools: bring people together again", on(SignalCooperationFall),
			task("visit", "安排技术、采购对接", "Bring technical people and procurement together", "role:technical", "5wd", true)),
		process("answer_response", "响应变慢：加快", "Slow response: speed up", on(SignalSlowResponse),
			task("speed", "清理未响应需求", "Answer the needs that wait", "role:service", "1wd", true)),
		process("answer_abnormal", "异常行为：立即关注", "Unusual behaviour: attend at once", on(SignalComplaints, SignalRemarks, SignalContactChanges),
			detail(step("attend", "立即关注", "Attend to it at once", DoIntervention, "owner", "4h"), "abnormal")),
		process("watch", "重点跟进：专人盯防", "Key follow-up: watched personally", Start{On: OnGroup},
			task("watch", "亲自盯防，制定关怀安排", "Watch the customer personally and arrange the care", "watcher", "2wd", true)),
		process("answer_prices", "频繁比价：分层报价", "Comparing prices: tiered price", on(SignalComparison),
			task("offer", "给出分层报价与忠诚优惠", "Offer a tiered price and a loyalty offer", "owner", "2wd", true)),
	}
}

func process(id, zh, en string, starts Start, steps ...ProcessStep) Process {
	return Process{ID: id, Name: lang.T(zh, en), Starts: starts, Again: "once_ended", Steps: steps}
}

func step(id, zh, en, action, who, due string) ProcessStep {
	return ProcessStep{ID: id, Name: lang.T(zh, en), Action: action, Who: who, Due: D(due)}
}

func task(id, zh, en, who, due string, evidence bool) ProcessStep {
	s := step(id, zh, en, DoTask, who, due)
	s.Evidence = evidence
	return s
}

func reach(id, zh, en, who, due string, subject, text lang.Text) ProcessStep {
	s := step(id, zh, en, DoReach, who, due)
	s.Subject, s.Text = subject, text
	return s
}

func asking(s ProcessStep) ProcessStep {
	s.Subject, s.Text = lang.T("季度需求调研", "Quarterly need survey"), lang.T("{customer}：您的需求有变化吗？", "{customer}: has your need changed?")
	return s
}

func after(id string, s ProcessStep) ProcessStep { s.After = id; return s }

func detail(s ProcessStep, what string) ProcessStep { s.Detail = what; return s }

func said(s ProcessStep, zh, en string) ProcessStep { s.Text = lang.T(zh, en); return s }
