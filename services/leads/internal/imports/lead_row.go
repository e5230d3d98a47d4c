package imports

import (
	"errors"

	"liuke.dev/services/leads/internal/lead"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
)

// LeadRow is what a row of leads becomes.
type LeadRow struct {
	Key     []string
	Intake  lead.Intake
	Arrived instant.Time // original; zero: the instant of import
	Entries []Entry
	Refused bool
}

// Lead reads a row of leads: the five fields of R-003 are asked of it as of any
// other lead.
func (p *Plan) Lead(row Row) LeadRow {
	r := &reading{Plan: p, row: row}
	if r.broken() {
		return LeadRow{Entries: r.entries, Refused: true}
	}
	in := lead.Intake{Company: r.cell("company"), Contact: r.cell("contact"), Phone: r.cell("phone"), Email: r.cell("email"), WeChat: r.cell("wechat"),
		Need: r.cell("need"), Value: r.money("value")}
	arrived := r.when("arrived_at", false)
	if r.cell("owner") != "" || r.Options.DefaultOwner != "" {
		in.Owner = r.owner(true)
	}
	in.Source = r.source()
	in.CustomerType = r.option("customer_type", p.Policy.Sections.FollowUp.CustomerTypes)
	in.BudgetBand = r.option("budget_band", p.Policy.Sections.FollowUp.BudgetBands)
	checked, err := in.Check(p.Policy, p.Now)
	var wrong *problem.Error
	if errors.As(err, &wrong) {
		r.refuseAll(wrong.Fields)
	}
	return LeadRow{Key: r.key(), Intake: checked, Arrived: arrived, Entries: r.entries, Refused: r.refused}
}

// source reads where a lead comes from; what is no option becomes the default and is said.
func (r *reading) source() string {
	v := r.cell("source")
	if id, ok := optionMeant(v, r.Policy.Sections.Intake.Sources); ok {
		return id
	}
	if v == "" && r.has("source") {
		r.adjust("source", "R-003", "", r.Options.LeadSource, "没有来源", "has no source")
	} else if v != "" {
		r.adjust("source", "R-005", v, r.Options.LeadSource, "来源不是可选项", "the source is not an option")
	}
	return r.Options.LeadSource
}
