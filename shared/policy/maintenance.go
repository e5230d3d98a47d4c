package policy

import (
	"fmt"
	"slices"

	"liuke.dev/shared/lang"
)

// What begins a customer's maintenance.
const (
	BeginWin         = "win"
	BeginImportedWin = "imported_win"
	BeginFirstOrder  = "first_order"
)

// What a win asks for.
const (
	WinContact = "follow_on_contact"
	WinNodes   = "service_nodes"
	WinCadence = "revisit_cadence"
)

// Maintenance rules what follows a win.
type Maintenance struct {
	BeginBy []string `json:"begin_by" doc:"What begins a customer's maintenance: win, imported_win, first_order; by hand always (R-068)"`
	// OrderWithin keeps an imported history from beginning processes for customers of long ago.
	OrderWithin Duration `json:"order_within" doc:"An order begins maintenance only if it was placed within this; empty: however old it is"`
	Requires    []string `json:"requires" doc:"What a win asks for: follow_on_contact, service_nodes, revisit_cadence (R-069)"`
	Assumes     []string `json:"assumes" doc:"Of these, what is taken from the deal or from here where nobody says otherwise; the rest must be given by who wins the deal (R-069)"`
	Nodes       []Option `json:"nodes" doc:"Service nodes that can be agreed (R-069)" minItems:"1"`
	Agreed      []string `json:"agreed" doc:"Service nodes assumed"`
	Cadence     Cadence  `json:"cadence" doc:"Revisit cadence assumed (R-069, R-071)"`
	HandOver    string   `json:"hand_over" enum:"on,off" doc:"Whether a first win begins the three-party hand-over to customer success (R-049, C-12)"`
	// HandOverAgain waits out who refused, or slept over, the transfer.
	HandOverAgain Duration `json:"hand_over_again" doc:"How long after the transfer of a confirmed hand-over was refused or expired it is asked for again; the supervisor hears of it at once; empty: people see to it (R-049)"`
	Links         []Link4  `json:"links" doc:"Post-sale links with the indicators each is measured by (L-4, R-053)" minItems:"1"`
	RedCalls      string   `json:"red_calls" enum:"intervention,inform" doc:"What a customer that turns red begins: an intervention, or a warning only"`
}

// Cadence is a rhythm: every so many of a unit.
type Cadence struct {
	Every int    `json:"every" minimum:"1" maximum:"1000"`
	Unit  string `json:"unit" enum:"day,week,month,quarter,year"`
}

// Link4 is a link of the post-sale life cycle with what it is measured by.
type Link4 struct {
	ID         string    `json:"id" enum:"signing,implementation,after_sales,repurchase"`
	Name       lang.Text `json:"name"`
	Indicators []string  `json:"indicators" doc:"satisfaction, activity, complaint_rate" minItems:"1"`
}

// Indicators of a post-sale link.
var Indicators = []string{"satisfaction", "activity", "complaint_rate"}

var (
	begins   = []string{BeginWin, BeginImportedWin, BeginFirstOrder}
	winAsks  = []string{WinContact, WinNodes, WinCadence}
	linksOf4 = []string{"signing", "implementation", "after_sales", "repurchase"}
)

func shippedMaintenance() Maintenance {
	all := []string{"satisfaction", "activity", "complaint_rate"}
	return Maintenance{
		BeginBy: []string{BeginWin, BeginFirstOrder}, OrderWithin: D("365d"), Requires: slices.Clone(winAsks), Assumes: slices.Clone(winAsks),
		Nodes: []Option{option("onboarding", "上线培训", "Onboarding"), option("acceptance", "验收", "Acceptance"), option("monthly_revisit", "月度回访", "Monthly revisit"),
			option("quarterly_survey", "季度需求调研", "Quarterly need survey"), option("inspection", "巡检", "Inspection"), option("renewal", "续约沟通", "Renewal talk")},
		Agreed: []string{"onboarding", "monthly_revisit", "quarterly_survey"}, Cadence: Cadence{Every: 1, Unit: "month"}, HandOver: "on", HandOverAgain: D("3wd"), RedCalls: "intervention",
		Links: []Link4{{"signing", lang.T("签约", "Signing"), all}, {"implementation", lang.T("实施", "Implementation"), all},
			{"after_sales", lang.T("售后", "After-sales"), all}, {"repurchase", lang.T("复购", "Repurchase"), all}},
	}
}

func (c *checker) maintenance(v Maintenance) {
	c.known("maintenance.begin_by", v.BeginBy, begins)
	c.known("maintenance.requires", v.Requires, winAsks)
	c.known("maintenance.assumes", v.Assumes, winAsks)
	c.options("maintenance.nodes", v.Nodes)
	for i, n := range v.Agreed {
		if !Has(v.Nodes, n) {
			c.add(fmt.Sprintf("maintenance.agreed[%d]", i), "exists", "没有这个服务节点："+n, "no such service node: "+n)
		}
	}
	c.distinct("maintenance.agreed", v.Agreed)
	var ids []string
	for i, l := range v.Links {
		at := fmt.Sprintf("maintenance.links[%d]", i)
		ids = append(ids, l.ID)
		c.named(at, l.Name)
		c.known(at+".indicators", l.Indicators, Indicators)
	}
	c.distinct("maintenance.links", ids)
	for _, l := range linksOf4 {
		if !slices.Contains(ids, l) {
			c.add("maintenance.links", "complete", "缺少环节："+l, "this link is missing: "+l)
		}
	}
}

// Node gives a service node's name, its id where the book does not have it.
func (m Maintenance) Node(id string) lang.Text {
	for _, o := range m.Nodes {
		if o.ID == id {
			return o.Name
		}
	}
	return lang.T(id, id)
}
