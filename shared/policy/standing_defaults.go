package policy

import "liuke.dev/shared/lang"

func standingDefaults() Standing {
	fall := func(rule, check, window, baseline string, least int, action string, does lang.Text) SignalRule {
		return SignalRule{Rule: rule, Check: check, Window: D(window), Baseline: D(baseline), Least: least, Warning: 30, Severe: 50, Action: action, Does: does}
	}
	revisit := lang.T("主动回访", "revisit proactively")
	return Standing{
		Lifecycle: Lifecycle{NewFor: D("90d"), SilentAfter: D("60d"), WonBackFor: D("90d"), OverrideAtMost: D("180d"),
			ChurnRiskWhen: []string{"health_fall", "unanswered", "low_score"}},
		Signals: []SignalRule{
			fall(SignalOrderFall, CheckWeekly, "84d", "168d", 3, "proactive_revisit", lang.T("了解采购计划，主动回访", "ask about buying plans")),
			fall(SignalRevisitFall, CheckWeekly, "84d", "168d", 3, "restore_cadence", lang.T("恢复回访节奏", "restore the rhythm of revisits")),
			fall(SignalContactFall, CheckWeekly, "28d", "84d", 4, "proactive_revisit", revisit),
			{Rule: SignalContactChange, Check: CheckMonthly, Window: D("180d"), Within: D("30d"), Warning: 1, Severe: 1, Action: "executive_talk", Does: lang.T("高层沟通", "executive-level conversation")},
			{Rule: SignalColdNeed, Check: CheckWeekly, Window: D("90d"), Within: D("7d"), Warning: 1, Severe: 2, Action: "clarify_need", Does: lang.T("重新确认需求与决策人", "confirm need and decision maker again")},
			fall(SignalAmountFall, CheckWeekly, "84d", "168d", 3, "review_cooperation", lang.T("复盘合作情况", "go over the cooperation")),
			fall(SignalCooperationFall, CheckWeekly, "56d", "112d", 3, "technical_visit", lang.T("安排技术、采购对接", "bring technical people and procurement together")),
			fall(SignalActivityFall, CheckWeekly, "28d", "84d", 4, "proactive_revisit", revisit),
			{Rule: SignalSatisfaction, Check: CheckMonthly, Window: D("90d"), Least: 1, Warning: 70, Severe: 50, Action: "improvement_plan", Does: lang.T("优化方案跟进", "follow up with an improvement plan")},
			{Rule: SignalUsageFall, Check: CheckMonthly, Window: D("30d"), Warning: 100, Severe: 50, Action: "training_incentive", Does: lang.T("产品培训+激励", "product training and an incentive")},
			{Rule: SignalSlowResponse, Check: CheckWeekly, Window: D("56d"), Least: 2, Warning: 24, Severe: 72, Action: "speed_up_response", Does: lang.T("加快需求响应", "answer needs sooner")},
			{Rule: SignalComplaints, Check: CheckWeekly, Window: D("30d"), Baseline: D("90d"), Warning: 2, Severe: 3, Action: "immediate_attention", Does: lang.T("立即关注", "attend to it at once")},
			{Rule: SignalRemarks, Check: CheckWeekly, Window: D("90d"), Warning: 2, Severe: 4, Action: "immediate_attention", Does: lang.T("立即关注，反馈产品", "attend to it at once, tell product")},
			{Rule: SignalContactChanges, Check: CheckWeekly, Window: D("90d"), Warning: 2, Severe: 3, Action: "immediate_attention", Does: lang.T("立即关注，重建关系", "attend to it at once, rebuild the relationship")},
			{Rule: SignalRenewal, Check: CheckWeekly, Window: D("90d"), Warning: 60, Severe: 30, Action: "renewal_talk", Does: lang.T("启动续约沟通", "begin the renewal talk")},
			{Rule: SignalComparison, Check: CheckWeekly, Window: D("90d"), Warning: 2, Severe: 4, Action: "tiered_price", Does: lang.T("分层报价、忠诚优惠", "tiered price, loyalty offer")},
		},
		Groups:  RiskGroups{NoOrderFor: D("90d"), LowRatings: 2, RatingsOf: D("365d"), Presses: 2, PressesOf: D("180d"), OrderWithin: D("30d"), ReviewEvery: D("7d")},
		RedWhen: []string{"health_fall", "unanswered", "low_score"},
		RootCauses: []RootCause{
			{ID: "service_experience", Name: lang.T("服务体验不足", "Service experience"), Signals: []string{SignalSatisfaction, SignalComplaints, SignalSlowResponse, "low_ratings"},
				Seen: lang.T("满意度调查、服务记录", "surveys, service records"), Answer: lang.T("优化流程，自动提醒", "streamline, remind automatically")},
			{ID: "need_mismatch", Name: lang.T("产品与需求不匹配", "Product and need do not match"), Signals: []string{SignalUsageFall, SignalRemarks, SignalColdNeed, SignalCooperationFall},
				Seen: lang.T("需求标签、更新率", "need tags, update rate"), Answer: lang.T("产品迭代，分层服务", "iterate the product, serve by tier")},
			{ID: "relationship_gap", Name: lang.T("关系维护缺失", "Relationship gap"), Signals: []string{SignalContactFall, SignalContactChange, SignalContactChanges, SignalRevisitFall},
				Seen: lang.T("关怀记录、活动参与", "care records, participation in events"), Answer: lang.T("自动关怀", "automatic care")},
			{ID: "price_interest", Name: lang.T("价格与利益", "Price and interest"), Signals: []string{SignalRenewal, SignalComparison, SignalAmountFall, "haggling"},
				Seen: lang.T("合同周期、报价对比", "contract cycle, comparison of quotes"), Answer: lang.T("分层定价，忠诚优惠", "tiered price, loyalty offers")},
			{ID: "detection", Name: lang.T("预警不足", "Detection"), Signals: []string{SignalActivityFall, SignalOrderFall, "no_order"},
				Seen: lang.T("监测、预警模型", "monitoring, warning model"), Answer: lang.T("自动预警，及时干预", "warn automatically, intervene")},
		},
		Watch: []Watch{
			{Tiers: []string{"core", "vip"}, Role: "account_manager", Then: []string{"owners_supervisor"}},
			{Groups: []string{"low_ratings"}, Role: "service", Then: []string{"owners_supervisor"}},
			{Role: "owners_supervisor"},
		},
		Proactive: []string{"call", "mail", "wechat", "visit", "meeting", "follow_up", "outreach", "care"},
		Low:       70,
	}
}
