package hosttest

import (
	"slices"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"
)

// Stories are of every kind of journey that has no longer one of its own in
// deploy/record-histories.
func Stories() []Story {
	return []Story{need(), contract(), complaint(), lost(), weekly(), moved(), rescued(), kept()}
}

const day = 24 * time.Hour

// one is a chapter of one fact.
func one(once string, fact func(at instant.Time) catalogue.Data) Chapter {
	return Chapter{once, func(at instant.Time) []catalogue.Data { return []catalogue.Data{fact(at)} }}
}

// need is a change of need that is approved late and confirmed by two departments, one of them late.
func need() Story {
	c := catalogue.NeedChange{ID: "n1", Customer: "c1", Reason: "要对接ERP", Add: []string{"integration"}, RequestedBy: "zhang", Approver: "wang", Status: catalogue.NeedRequested,
		Departments: []catalogue.NeedConfirmation{{Department: "service", Person: "sun"}, {Department: "product", Person: "qian"}}}
	step := func(change func(at instant.Time)) func(instant.Time) catalogue.Data {
		return func(at instant.Time) catalogue.Data {
			c.Departments = slices.Clone(c.Departments)
			change(at)
			return &catalogue.NeedChangeStepped{After: c}
		}
	}
	return Story{"need_change", "n1", []Chapter{
		one("", step(func(at instant.Time) { c.RequestedAt = at })),
		one("approve.1", step(func(at instant.Time) { c.Status, c.ApprovedAt = catalogue.NeedApproved, at })),
		one("confirm_service_task", step(func(at instant.Time) { c.Departments[0].ConfirmedAt = at })),
		one("confirm_product.1", step(func(at instant.Time) { c.Status, c.Departments[1].ConfirmedAt = catalogue.NeedConfirmed, at })),
	}, []string{"approve_task", "approve.0", "approve_made", "confirm_service_made", "confirm_product.0", "confirm_product_made"}}
}

// contract is approved late, signed after reminders, paid late and runs out after a year.
func contract() Story {
	c := catalogue.Contract{ID: "k1", Number: "LK-1", Customer: "c1", Kind: catalogue.ContractNew, Owner: "zhang", Buyer: catalogue.Party{Name: "海天"}, Status: catalogue.ContractApproving,
		Total: money.Of(1_000_00, "CNY"), Schedule: []catalogue.Installment{{Name: "全款", Minor: 1_000_00, AfterDays: 7}},
		Steps: []catalogue.ApprovalStep{{ID: "manager", Name: lang.T("主管", "Manager"), Role: "sales_manager", Approver: "wang", Status: catalogue.StepPending}}}
	return Story{"contract", "k1", []Chapter{
		one("", func(at instant.Time) catalogue.Data {
			c.DraftedAt, c.From, c.Until = at, at, at.Add(365*day)
			return &catalogue.ContractSubmitted{After: c}
		}),
		{"approve.1", func(at instant.Time) []catalogue.Data {
			c.Status, c.Steps = catalogue.ContractApproved, nil
			approved := c
			c.Status, c.Round, c.SentAt, c.SignBy = catalogue.ContractSent, 1, at, at.Add(30*day)
			return []catalogue.Data{&catalogue.ContractApprovedFact{After: approved}, &catalogue.ContractSentFact{After: c}}
		}},
		{"sign_overdue.0", func(at instant.Time) []catalogue.Data {
			c.Status, c.SignedAt, c.ActiveAt, c.Signature = catalogue.ContractActive, at, at, &catalogue.Signature{Name: "李总", At: at}
			c.Schedule = slices.Clone(c.Schedule)
			c.Schedule[0].Due = at.Add(7 * day)
			return []catalogue.Data{&catalogue.ContractSignedFact{After: c}, &catalogue.ContractActivated{After: c}}
		}},
		one("payment.0", func(at instant.Time) catalogue.Data {
			c.Schedule = slices.Clone(c.Schedule)
			c.Schedule[0].Paid, c.Schedule[0].PaidAt = c.Schedule[0].Minor, at
			return &catalogue.ContractPaid{After: c, Payment: catalogue.ContractPayment{ID: "p", Amount: c.Total, PaidAt: at, RecordedBy: "x"}}
		}),
		one("renewal.2", func(at instant.Time) catalogue.Data {
			c.Renewal = &catalogue.RenewalIntent{Intent: catalogue.IntentLeave, By: "zhang", At: at}
			return &catalogue.ContractRenewalIntentRecorded{After: c}
		}),
		one("expire", func(at instant.Time) catalogue.Data {
			c.Status, c.EndedAt = catalogue.ContractExpired, at
			return &catalogue.ContractEnded{After: c}
		}),
	}, []string{"approve_task", "task_over", "sign_remind.0", "payment_due", "renewal_talk", "renewal.0", "leaving", "talk_over"}}
}

// complaint is answered too late, waits for the customer, is solved and closed.
func complaint() Story {
	k := catalogue.Case{ID: "k1", Customer: "c1", Name: "华兴", Kind: "support", KindName: lang.T("售后支持", "After-sales support"), Title: "打不开", Channel: "phone", Priority: "normal",
		Owner: "li", Status: catalogue.CaseNew, Round: 1, Response: catalogue.CaseClock{Within: "4wh"}, Solution: catalogue.CaseClock{Within: "3wd"}}
	step := func(name string, change func(at instant.Time)) func(instant.Time) catalogue.Data {
		return func(at instant.Time) catalogue.Data {
			before := k
			change(at)
			return &catalogue.CaseStepped{Step: name, Before: before, After: k}
		}
	}
	return Story{"case", "k1", []Chapter{
		one("", func(at instant.Time) catalogue.Data {
			k.ReportedAt, k.OpenedAt, k.RoundAt = at, at, at
			k.Response.Due, k.Solution.Due = at.Add(day), at.Add(5*day)
			return &catalogue.CaseOpened{After: k, Entry: catalogue.CaseEntry{N: 1, Side: catalogue.CaseInbound, Text: "打不开", At: at}}
		}),
		one("response.1", step("waiting", func(at instant.Time) {
			k.Status, k.Response.DoneAt, k.WaitsSince = catalogue.CaseWaiting, at, at
			k.Pauses = append(slices.Clone(k.Pauses), catalogue.CasePause{From: at})
		})),
		one("unanswered.0", step("resumed", func(at instant.Time) {
			k.Status, k.WaitsSince = catalogue.CaseWorking, 0
			k.Pauses = slices.Clone(k.Pauses)
			k.Pauses[0].To = at
		})),
		one("solution_warning.0", step("resolved", func(at instant.Time) {
			k.Status, k.ResolvedAt, k.Solution.DoneAt, k.Says = catalogue.CaseResolved, at, at, "重装"
		})),
		one("close_solved", step("closed", func(at instant.Time) { k.Status, k.ClosedAt, k.CloseWhy = catalogue.CaseClosed, at, "solved" })),
	}, []string{"owners_task", "response_warning.0", "response_breach", "response.0"}}
}

// lost is a lost customer: some findings come late, the interview never, the review is closed all the same.
func lost() Story {
	c := catalogue.ChurnReview{ID: "c1.1", Customer: "c1", Company: "华兴", Status: catalogue.ChurnOpen, Owner: "zhang", Evidence: "客户已改用别家"}
	for _, role := range []string{catalogue.ChurnSales, catalogue.ChurnTechnical, catalogue.ChurnProduct, catalogue.ChurnService} {
		c.Participants = append(c.Participants, catalogue.ChurnParticipant{Role: role, Person: "p-" + role})
	}
	written := func(roles ...int) func(instant.Time) catalogue.Data {
		return func(at instant.Time) catalogue.Data {
			c.Participants = slices.Clone(c.Participants)
			for _, n := range roles {
				c.Participants[n].DoneAt = at
			}
			return &catalogue.ChurnReviewChanged{After: c, Changed: "findings"}
		}
	}
	return Story{"churn_review", "c1.1", []Chapter{
		{"", func(at instant.Time) []catalogue.Data {
			c.ConfirmedAt, c.ChurnedOn = at, at
			return []catalogue.Data{&catalogue.ChurnConfirmed{After: c}, &catalogue.ChurnReviewOpened{After: c}}
		}},
		one("close", written(0)),
		one("findings_technical_overdue.2", written(1, 2, 3)),
		one("close_overdue.1", func(at instant.Time) catalogue.Data {
			c.Status, c.ClosedAt = catalogue.ChurnClosed, at
			return &catalogue.ChurnReviewClosed{After: c}
		}),
	}, []string{"findings_sales_done", "findings_service_overdue.0", "interview", "interview_overdue.2", "interview_done", "close_done"}}
}

// weekly is a scheduled review that its owner holds after a warning.
func weekly() Story {
	r := catalogue.Review{ID: "weekly_funnel.2026-03-09", Rhythm: "weekly_funnel", Name: lang.T("周复盘", "weekly review"), Status: catalogue.ReviewPlanned, Owner: "wang"}
	return Story{"review", r.ID, []Chapter{
		one("", func(at instant.Time) catalogue.Data {
			r.Opens, r.Due, r.NextDue = at.Add(2*day), at.Add(4*day), at.Add(11*day)
			return &catalogue.ReviewStepped{After: r}
		}),
		one("overdue.1", func(instant.Time) catalogue.Data {
			r.Status = catalogue.ReviewHeld
			return &catalogue.ReviewStepped{After: r}
		}),
	}, []string{"hold", "overdue.0", "over", "next"}}
}

// moved is a transfer of which every step is late.
func moved() Story {
	m := catalogue.Transfer{ID: "t1", Customer: "c1", From: "zhang", To: "li", RequestedBy: "zhang", Approver: "wang", Status: catalogue.TransferRequested}
	step := func(to string, when *instant.Time) func(instant.Time) catalogue.Data {
		return func(at instant.Time) catalogue.Data {
			before := m.Status
			m.Status, *when = to, at
			return &catalogue.TransferStepped{Before: before, After: m}
		}
	}
	return Story{"transfer", "t1", []Chapter{
		one("", func(at instant.Time) catalogue.Data {
			m.RequestedAt = at
			return &catalogue.TransferStepped{After: m}
		}),
		one("approve.1", step(catalogue.TransferApproved, &m.ApprovedAt)),
		one("hand_over.1", step(catalogue.TransferHandedOver, &m.HandedAt)),
		one("accept.1", step(catalogue.TransferAccepted, &m.EndedAt)),
	}, []string{"approve_task", "approve.0", "approve_made", "hand_over_task", "hand_over_made", "accept_task", "accept_made"}}
}

// rescued is an intervention: four roles, a planned contact, one role late, the customer comes back.
func rescued() Story {
	i := catalogue.Intervention{ID: "c1-1", Customer: "c1", Company: "海天", Episode: 1, Scope: catalogue.ScopeTeam, Status: catalogue.TeamOpen, Reason: "red", OpenedBy: "journeys", Lead: "boss"}
	return Story{"intervention", "c1-1", []Chapter{
		one("", func(at instant.Time) catalogue.Data {
			i.OpenedAt, i.Due = at, at.Add(14*day)
			for _, role := range []string{"sales", "service", "product", "operations"} {
				i.Team = append(i.Team, catalogue.TeamRole{Role: role, Person: "p-" + role, Task: lang.T(role+" 的任务", "task of "+role), Due: at.Add(2 * day)})
			}
			i.Steps = []catalogue.PlannedContact{{ID: "0", Role: "operations", Channel: "mail", Purpose: "intervention", Subject: lang.T("邀请", "Invitation"),
				Text: lang.T("沙龙", "Salon"), At: at.Add(3 * day), PlannedBy: "p-operations"}}
			return &catalogue.InterventionOpened{After: i}
		}),
		one("contact.0", func(at instant.Time) catalogue.Data {
			i.Status, i.Recovery = catalogue.TeamRecovered, &catalogue.Recovery{Entry: "shop:1", Kind: "order", At: at}
			return &catalogue.InterventionRecovered{After: i}
		}),
		{"role_log_3.0", func(at instant.Time) []catalogue.Data {
			i.Team = slices.Clone(i.Team)
			for n := range i.Team {
				i.Team[n].Outcome = &catalogue.RoleOutcome{Says: "done", By: i.Team[n].Person, At: at}
			}
			logged := i
			i.Status, i.Result, i.ClosedAt = catalogue.TeamClosed, catalogue.ResultRecovered, at
			return []catalogue.Data{&catalogue.InterventionChanged{Change: "outcome", Role: "operations", After: logged}, &catalogue.InterventionClosed{After: i}}
		}},
	}, []string{"role_task_0", "role_overdue_1.0", "contact.0", "came_back", "closed"}}
}

// kept is a maintained customer that is assessed, turns red, and is lost.
func kept() Story {
	m := catalogue.Maintenance{Customer: "c1", Name: "华兴", Status: catalogue.MaintenanceRunning, BeganBy: catalogue.BeganByWin, Wins: 1, Owner: "zhang", Success: "su",
		Implementation: "im", Link: catalogue.LinkSigning, Cadence: catalogue.Cadence{Every: 1, Unit: "month"}}
	changed := func(change func(at instant.Time)) func(instant.Time) catalogue.Data {
		return func(at instant.Time) catalogue.Data {
			change(at)
			return &catalogue.MaintenanceChanged{Change: "standing", After: m}
		}
	}
	return Story{"maintenance", "c1", []Chapter{
		one("", func(at instant.Time) catalogue.Data {
			m.BeganAt, m.Won = at, []catalogue.WonDeal{{Deal: "d1", No: 1, At: at}}
			m.Standing.NextCheckAt = at.Add(45 * day)
			return &catalogue.MaintenanceBegan{After: m}
		}),
		one("assess", changed(func(at instant.Time) {
			m.Standing = catalogue.MaintainedStanding{Assessed: true, Lifecycle: catalogue.LifecycleChurnRisk, Since: at, Entries: 1, Health: 31, Red: true, RedSince: at, AsOf: at, NextCheckAt: at.Add(30 * day)}
		})),
		one("turned_red", changed(func(at instant.Time) {
			m.Status, m.EndedAt, m.EndReason = catalogue.MaintenanceEnded, at, "churned"
		})),
	}, []string{"begin_process", "assess", "turned_red"}}
}
