package policy

import "liuke.dev/shared/lang"

// Questions of R-055, asked where the answer is due at the latest.
var (
	askNeed     = Question{"need_clear", lang.T("需求是否明确？", "Is the need clear?"), true}
	askBudget   = Question{"budget_clear", lang.T("预算是否明确？", "Is there a clear budget?"), true}
	askDecision = Question{"decision_maker_reached", lang.T("是否接触到决策人？", "Has a decision maker been reached?"), true}
)

// idleSeven is R-060: seven days without follow-up remind the owner; the rungs after it are R-023.
func idleSeven() []Step {
	return []Step{{D("7d"), ActRemind}, {D("10d"), ActWarn}, {D("14d"), ActMarkRisk}}
}

func stage(id, zh, en string, t StageType, dwell []Step, exits ...string) Stage {
	return Stage{ID: id, Name: lang.T(zh, en), Type: t, Exits: exits, Idle: idleSeven(), Dwell: dwell, DwellClock: ClockInStage, NoReplyAfter: D("3d")}
}

func dwell(remind, escalate string) []Step {
	return []Step{{D(remind), ActRemind}, {D(escalate), ActEscalate}}
}

var stageTypeNames = map[StageType]lang.Text{
	StageContact: lang.T("接触", "contact"), StageNeed: lang.T("需求确认", "need"), StageSolution: lang.T("方案", "solution"), StageQuoted: lang.T("已报价", "quoted"),
	StageNegotiation: lang.T("谈判", "negotiation"), StageDecision: lang.T("决策", "decision"), StageWon: lang.T("成交", "won"), StageLost: lang.T("流失", "lost"),
}

// Name is what the type of stage is called in words.
func (t StageType) Name() lang.Text { return stageTypeNames[t] }

// pipelineP7 is template P-7.
func pipelineP7() Pipeline {
	contacted := stage("contacted", "已联系", "Contacted", StageContact, dwell("10d", "14d"), "need_confirmed", "won", "lost")
	need := stage("need_confirmed", "已确认需求", "Need confirmed", StageNeed, dwell("14d", "21d"), "contacted", "proposed", "quoted", "lost")
	need.Questions = []Question{askNeed}
	proposed := stage("proposed", "已演示/已方案", "Demo or proposal done", StageSolution, []Step{{D("14d"), ActWarn}}, "need_confirmed", "quoted", "negotiating", "lost")
	proposed.Questions = []Question{askBudget} // 14 days warn owner and supervisor
	quoted := stage("quoted", "已报价", "Quoted", StageQuoted, dwell("10d", "14d"), "proposed", "negotiating", "to_sign", "won", "lost")
	quoted.RevisitWithin = D("24h")
	quoted.Questions = []Question{askDecision}
	negotiating := stage("negotiating", "谈判中", "Negotiating", StageNegotiation, dwell("14d", "21d"), "quoted", "to_sign", "won", "lost")
	negotiating.Requires = []string{"objections", "competitors"}
	toSign := stage("to_sign", "待签约", "To be signed", StageDecision, dwell("7d", "14d"), "negotiating", "won", "lost")
	toSign.Requires = []string{"decision_maker", "procurement_node"}
	return Pipeline{ID: "p7", Name: lang.T("七阶段", "Seven stages"), Stages: []Stage{contacted, need, proposed, quoted, negotiating, toSign, won(), lost()}}
}

// pipelineP5 is template P-5, mapped to P-7 for cross-team reports (C-01).
func pipelineP5() Pipeline {
	first := stage("initial_contact", "初步接触", "Initial contact", StageContact, dwell("10d", "14d"), "need_confirmation", "lost")
	first.Maps = "contacted"
	need := stage("need_confirmation", "需求确认", "Need confirmation", StageNeed, dwell("14d", "21d"), "initial_contact", "solution", "lost")
	need.Maps, need.Questions = "need_confirmed", []Question{askNeed, askBudget}
	solution := stage("solution", "方案沟通", "Solution discussion", StageSolution, []Step{{D("14d"), ActWarn}}, "need_confirmation", "negotiation", "lost")
	solution.Maps, solution.Questions = "proposed", []Question{askDecision}
	negotiation := stage("negotiation", "商务谈判", "Commercial negotiation", StageNegotiation, dwell("14d", "21d"), "solution", "decision", "won", "lost")
	negotiation.Maps, negotiation.Requires = "negotiating", []string{"objections", "competitors"}
	decision := stage("decision", "决策确认", "Decision confirmation", StageDecision, dwell("7d", "14d"), "negotiation", "won", "lost")
	decision.Maps, decision.Requires = "to_sign", []string{"decision_maker", "procurement_node"}
	return Pipeline{ID: "p5", Name: lang.T("五阶段", "Five stages"), Stages: []Stage{first, need, solution, negotiation, decision, won(), lost()}}
}

func won() Stage {
	return Stage{ID: "won", Name: lang.T("成交", "Won"), Type: StageWon, Maps: "won", Requires: []string{"amount"}}
}

// lost may be taken up again for remarketing.
func lost() Stage {
	return Stage{ID: "lost", Name: lang.T("流失", "Lost"), Type: StageLost, Maps: "lost", Requires: []string{"lost_reason"}}
}

// shippedLostReasons are R-066's: objection, competitor, price, process and the
// common rest.
func shippedLostReasons() []Option {
	return []Option{option("objection", "异议未解决", "Objection not resolved"), option("competitor", "输给竞争对手", "Lost to a competitor"),
		option("price", "价格", "Price"), option("process", "客户内部流程", "Customer's internal process"), option("no_budget", "没有预算", "No budget"),
		option("no_need", "需求消失", "Need gone"), option("no_response", "失去联系", "No response"), option("not_recorded", "未记录（历史导入）", "Not recorded (imported history)"),
		option("other", "其他", "Other")}
}

// Reasons gives the reasons for which a deal can be lost.
func (p Pipelines) Reasons() []Option {
	if len(p.LostReasons) == 0 {
		return shippedLostReasons()
	}
	return p.LostReasons
}
