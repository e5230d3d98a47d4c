package imports

import (
	"errors"
	"strings"

	"liuke.dev/services/leads/internal/deal"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/spelling"
)

// DealRow is what a row of deals becomes.
type DealRow struct {
	// Key are the parts that name the row again: source and external id, or
	// source and content.
	Key     []string
	Deal    catalogue.Deal
	Facts   []catalogue.Data
	Entries []Entry
	Refused bool
}

// Deal reads a row of deals. Nothing is corrected silently: every value that
// was changed or is missing is an entry.
func (p *Plan) Deal(row Row) DealRow {
	r := &reading{Plan: p, row: row}
	if r.broken() {
		return DealRow{Entries: r.entries, Refused: true}
	}
	d := r.dealOf()
	out := DealRow{Key: r.key(), Deal: d, Entries: r.entries, Refused: r.refused}
	if r.refused {
		return out
	}
	c, err := deal.Import(d, deal.Rules{InForce: p.Policy, Running: p.Policy})
	var wrong *problem.Error
	if errors.As(err, &wrong) {
		r.refuseAll(wrong.Fields)
	}
	out.Deal, out.Facts, out.Entries, out.Refused = c.Deal, c.Facts, r.entries, r.refused
	return out
}

func (r *reading) key() []string {
	if id := r.cell("external"); id != "" {
		return []string{"import", r.Kind, r.Options.Source, id}
	}
	return append([]string{"import", r.Kind, r.Options.Source, ""}, r.row.Cells...)
}

func (r *reading) dealOf() catalogue.Deal {
	d := catalogue.Deal{External: r.cell("external"), Pipeline: r.Pipeline.ID, PipelineVersion: r.Policy.Version, Outcome: catalogue.DealOpen,
		ClosedAt: 0, ClocksFrom: r.Now, Imported: true, Need: r.cell("need"), KeyPerson: r.cell("key_person"), DecisionMaker: r.cell("decision_maker"),
		ProcurementNode: r.cell("procurement_node"), Company: r.cell("customer"), LostRemark: r.cell("lost_remark"), Competitors: list(r.cell("competitors"))}
	stage := r.stage()
	if stage == nil {
		return d
	}
	d.Stage, d.StageType = stage.ID, string(stage.Type)
	switch stage.Type {
	case policy.StageWon:
		d.Outcome = catalogue.DealWon
	case policy.StageLost:
		d.Outcome = catalogue.DealLost
		r.loss(&d)
	}
	r.dates(&d)
	d.Owner = r.owner(d.Outcome == catalogue.DealOpen)
	d.Product, d.Amount = r.product(), r.money("amount")
	r.options(&d)
	r.customer(&d)
	r.answers(&d)
	if d.Title = r.cell("title"); d.Title == "" {
		d.Title = strings.Join(strings.Fields(d.Company+" "+d.Product), " ")
	}
	if d.Title == "" {
		d.Title = strings.TrimSpace("商机 " + d.External)
	}
	return d
}

// stage reads the stage by the mapping of values.
func (r *reading) stage() *policy.Stage {
	v := r.cell("stage")
	id, mapped := r.mapping.Stages[v]
	switch {
	case !r.has("stage"):
		return &r.Pipeline.Stages[0]
	case v == "":
		r.refuse("stage", "required", v, "阶段必填", "a stage is required")
		return nil
	case !mapped:
		r.refuse("stage", "stage_mapping", v, "没有说明“"+v+"”对应哪个阶段", "the mapping does not say which stage this is")
		return nil
	}
	return r.Policy.Stage(r.Pipeline.ID, id)
}

// dates keeps the original dates as history; what is missing is said.
func (r *reading) dates(d *catalogue.Deal) {
	opened, since, closed := r.when("opened_at", false), r.when("stage_since", false), r.when("closed_at", d.Outcome == catalogue.DealOpen)
	d.ExpectedClose = r.when("expected_close", true)
	if r.refused {
		return
	}
	if d.Outcome == catalogue.DealOpen {
		if !closed.IsZero() && d.ExpectedClose.IsZero() {
			d.ExpectedClose = closed
			r.adjust("closed_at", "open_with_close_date", r.cell("closed_at"), "expected_close", "商机未结束，日期作为预计成交日", "the deal is open: the date is taken as expected close")
		}
		closed = 0
	} else if closed.IsZero() {
		closed = max(since, opened)
		if closed.IsZero() {
			closed = r.Now
		}
		r.adjust("closed_at", "date_missing", "", closed.String(), "没有结束日期", "has no closing date")
	}
	if opened.IsZero() {
		if opened = since; opened.IsZero() {
			opened = closed
		}
		if opened.IsZero() {
			opened = r.Now
		}
		r.adjust("opened_at", "date_missing", "", opened.String(), "没有开始日期", "has no opening date")
	}
	if !closed.IsZero() {
		since = closed
	} else if since.IsZero() {
		since = opened
	}
	if since < opened {
		r.refuse("closed_at", "date_order", r.cell("closed_at")+r.cell("stage_since"), "结束或进入阶段早于开始", "ends, or enters its stage, before it begins")
	}
	d.OpenedAt, d.StageSince, d.ClosedAt, d.LastProgressAt = opened, since, closed, since
}

// loss reads why a deal was lost; a reason that is no option is kept as a remark.
func (r *reading) loss(d *catalogue.Deal) {
	v := r.cell("lost_reason")
	if id, ok := optionMeant(v, r.Policy.Sections.Pipelines.Reasons()); ok {
		d.LostReason = id
		return
	}
	d.LostReason = r.Options.LostReason
	if v == "" {
		r.adjust("lost_reason", "R-066", "", d.LostReason, "没有流失原因", "has no reason for the loss")
		return
	}
	d.LostRemark = strings.TrimSpace(v + " " + d.LostRemark)
	r.adjust("lost_reason", "one_of", v, d.LostReason, "流失原因不是可选项，原文保存在说明中", "the reason is not an option: kept in the remark")
}

func (r *reading) options(d *catalogue.Deal) {
	d.Source = r.option("source", r.Policy.Sections.Intake.Sources)
	if d.Source == "" {
		d.Source = "import"
		if _, ok := optionMeant("import", r.Policy.Sections.Intake.Sources); !ok {
			d.Source = ""
		}
	}
	d.CustomerType = r.option("customer_type", r.Policy.Sections.FollowUp.CustomerTypes)
	d.BudgetBand = r.option("budget_band", r.Policy.Sections.FollowUp.BudgetBands)
	for _, v := range list(r.cell("objections")) {
		if id, ok := optionMeant(v, r.Policy.Sections.FollowUp.Objections); ok {
			d.Objections = append(d.Objections, id)
		} else {
			r.adjust("objections", "one_of", v, "", "不是异议标签，未导入", "is not an objection tag: left out")
		}
	}
}

// customer links the row's account. A deal without one is kept and marked; an
// open one with a name alone is matched by its journey.
func (r *reading) customer(d *catalogue.Deal) {
	d.Customer = r.customers[spelling.Key(d.Company)]
	switch {
	case d.Company == "":
		d.Customer = ""
		r.adjust("customer", deal.GapCustomer, "", "", "没有客户，已标记待补全", "has no account: kept and marked as a gap")
	case d.Customer == "" && len(r.customers) > 0:
		r.adjust("customer", deal.GapCustomer, d.Company, d.Company, "客户不在对照表中，保留名称并标记", "the account is not among the customers given: its name is kept and the deal marked")
	default:
		return
	}
	d.Marks = []catalogue.Mark{{Rule: deal.GapCustomer, Since: r.Now}}
}

// answers reads columns with answers to gate questions.
func (r *reading) answers(d *catalogue.Deal) {
	for _, s := range r.Pipeline.Stages {
		for _, q := range s.Questions {
			v := r.cell("answer." + q.ID)
			if v == "" {
				continue
			}
			yes, known := yesNo(v)
			if !known {
				r.refuse("answer."+q.ID, "yes_or_no", v, "只能是：是、否", "must be yes or no")
				continue
			}
			d.Answers = append(d.Answers, catalogue.Answer{Question: q.ID, Yes: yes, By: r.Options.Source, At: r.Now})
		}
	}
}

func yesNo(v string) (yes, known bool) {
	switch spelling.Key(v) {
	case "yes", "y", "true", "1", "是", "有", "已":
		return true, true
	case "no", "n", "false", "0", "否", "无", "未":
		return false, true
	}
	return false, false
}
