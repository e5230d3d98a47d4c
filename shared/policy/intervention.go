package policy

import (
	"fmt"
	"slices"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
)

// Intervention rules the teams that win endangered customers back (R-114 to
// R-120, C-10, C-11) and the plans that wake silent ones.
type Intervention struct {
	Team     []InterventionRole `json:"team" doc:"Roles of a team, each with its task (R-115 to R-118)" minItems:"1"`
	CloseIn  Duration           `json:"close_in" doc:"By when a team has to close with all outcomes and a result (R-119)"`
	Watch    []Route            `json:"watch" doc:"Who watches the whole: the first route that fits (R-110, C-11)" minItems:"1"`
	Overdue  []Step             `json:"overdue" doc:"Ladder after a role's or the whole team's due time: remind, warn, escalate"`
	LogIn    Duration           `json:"log_in" doc:"After a recovery: by when each role logs its outcome (R-119)"`
	Recovers []string           `json:"recovers" doc:"Kinds of inbound timeline entries by which a customer has come back" minItems:"1"`

	AttendIn Duration `json:"attend_in" doc:"By when unusual behaviour has been looked into (R-095)"`
	Attend   []Route  `json:"attend" doc:"Who looks into unusual behaviour: the first route that fits (R-095)" minItems:"1"`
	Unusual  []string `json:"unusual" doc:"Signals that take attention at once (R-095)"`
	Opens    []string `json:"opens,omitempty" doc:"Changes of standing that open a team even where no maintenance journey asks for one: red"`

	Group WarningGroup `json:"group" doc:"The standing group that owns the list (R-120, C-10)"`

	WakeUp WakeUp `json:"wake_up" doc:"Plans for silent customers (R-112)"`
}

// InterventionRole is a role of the team with its task.
type InterventionRole struct {
	ID     string    `json:"id" pattern:"^[a-z][a-z0-9_]*$" maxLength:"40"`
	Name   lang.Text `json:"name"`
	Task   lang.Text `json:"task"`
	Within Duration  `json:"within"`
	Routes []Route   `json:"routes" doc:"Who takes it: the first that fits and gives somebody present" minItems:"1"`
}

// Route says who takes something over for which customers.
type Route struct {
	Tiers  []string `json:"tiers,omitempty" doc:"Only customers of these tiers; empty: all"`
	Groups []string `json:"groups,omitempty" doc:"Only customers in one of these risk groups; empty: all"`
	To     string   `json:"to" doc:"owner, owner_supervisor, or a role of people such as customer_success"`
}

// Targets of a Route besides people's roles.
const (
	ToOwner           = "owner"
	ToOwnerSupervisor = "owner_supervisor"
)

// Fits tells whether the route is for a customer.
func (r Route) Fits(tier string, groups []string) bool {
	return (len(r.Tiers) == 0 || slices.Contains(r.Tiers, tier)) &&
		(len(r.Groups) == 0 || slices.ContainsFunc(groups, func(g string) bool { return slices.Contains(r.Groups, g) }))
}

// WarningGroup is the standing churn-warning group.
type WarningGroup struct {
	Members []string `json:"members,omitempty" doc:"People of the group; empty: those of the roles"`
	Roles   []string `json:"roles" doc:"Roles whose people are the group where no members are named"`
	Rhythm  Duration `json:"rhythm" doc:"How often it meets over the list (R-111, R-120)"`
	Overdue []Step   `json:"overdue" doc:"Ladder after a meeting is due"`
}

// WakeUp rules how wake-up plans are suggested.
type WakeUp struct {
	Channel    string   `json:"channel" doc:"Channel of steps where the customer has no preferred one"`
	First      Duration `json:"first" doc:"From approval to the first step"`
	Between    Duration `json:"between" doc:"From one step to the next"`
	CouponFrom int      `json:"coupon_from" doc:"Lowest rebate in percent of a coupon" minimum:"1" maximum:"90"`
	CouponMost int      `json:"coupon_most" doc:"Highest rebate in percent, for who is three of their own buying cycles late" minimum:"1" maximum:"90"`
	// CouponValid is how long after it was sent a suggested coupon is good.
	CouponValid Duration `json:"coupon_valid,omitempty" doc:"How long a suggested coupon is good after its step; empty: 30 days"`
	Overdue     int      `json:"overdue" doc:"Percent of a customer's own buying cycle after which a product push is due" minimum:"100" maximum:"1000"`
	Interests   []string `json:"interests" doc:"Topics of preferences that tell what a customer likes"`
}

func shippedIntervention() Intervention {
	owner := Route{To: ToOwner}
	return Intervention{
		Team: []InterventionRole{
			{"sales", lang.T("销售", "Sales"), lang.T("回顾合作历史，询问采购计划是否变化", "Review the cooperation history, ask for changes of the purchase plan"), D("2wd"),
				[]Route{owner, {To: string(auth.SalesManager)}, {To: string(auth.Salesperson)}}},
			{"service", lang.T("客服", "Service"), lang.T("排查服务不满和未解决的投诉", "Check for dissatisfaction with the service and unresolved complaints"), D("1wd"),
				[]Route{{To: string(auth.Service)}, {To: string(auth.Success)}}},
			{"product", lang.T("产品", "Product"), lang.T("介绍近期的改进和升级", "Present recent improvements and upgrades"), D("3wd"), []Route{{To: string(auth.Product)}, {To: string(auth.Technical)}}},
			{"operations", lang.T("运营", "Operations"), lang.T("赠送会员关怀礼或邀请参加沙龙", "Send a member's gift or invite to a salon"), D("3wd"),
				[]Route{{To: string(auth.Operations)}, {To: string(auth.Marketing)}}},
		},
		CloseIn: D("14d"), Watch: []Route{{Tiers: []string{"vip"}, To: string(auth.AccountManager)}, {To: ToOwnerSupervisor}},
		Overdue: []Step{{D("0m"), ActRemind}, {D("1wd"), ActEscalate}}, LogIn: D("2wd"), Recovers: []string{"order", "coupon", "inquiry", "call", "mail", "wechat", "visit", "meeting"},
		AttendIn: D("4wh"), Attend: []Route{{Tiers: []string{"vip"}, To: string(auth.AccountManager)}, {To: string(auth.Service)}, {To: ToOwnerSupervisor}},
		Unusual: []string{"complaints_up", "repeated_remarks", "frequent_contact_change"},
		Group:   WarningGroup{Roles: []string{string(auth.SalesManager), string(auth.Success)}, Rhythm: D("7d"), Overdue: []Step{{D("0m"), ActRemind}, {D("1wd"), ActEscalate}}},
		WakeUp:  WakeUp{Channel: "mail", First: D("1h"), Between: D("7d"), CouponFrom: 5, CouponMost: 15, CouponValid: D("30d"), Overdue: 120, Interests: []string{"product"}},
	}
}

// mostRoles bounds a team, the one who looks at first included.
const mostRoles = 7

func (c *checker) intervention(v Intervention) {
	seen := map[string]bool{}
	if len(v.Team) > mostRoles {
		c.add("intervention.team", "max_items", fmt.Sprintf("最多 %d 个角色", mostRoles), fmt.Sprintf("may have at most %d roles", mostRoles))
	}
	for i, r := range v.Team {
		at := fmt.Sprintf("intervention.team[%d]", i)
		if seen[r.ID] {
			c.add(at+".id", "duplicate", "编号重复："+r.ID, "this id is used twice: "+r.ID)
		}
		seen[r.ID] = true
		c.named(at, r.Name)
		c.inBoth(at+".task", r.Task)
		c.positive(at+".within", r.Within)
		c.routes(at+".routes", r.Routes)
	}
	c.positive("intervention.close_in", v.CloseIn)
	c.positive("intervention.log_in", v.LogIn)
	c.positive("intervention.attend_in", v.AttendIn)
	c.routes("intervention.watch", v.Watch)
	c.routes("intervention.attend", v.Attend)
	c.telling("intervention.overdue", v.Overdue)
	c.words("intervention.recovers", v.Recovers)
	c.words("intervention.unusual", v.Unusual)
	c.known("intervention.opens", v.Opens, []string{"red"})
	c.group(v.Group)
	c.positive("intervention.wake_up.between", v.WakeUp.Between)
	if v.WakeUp.CouponMost < v.WakeUp.CouponFrom {
		c.add("intervention.wake_up.coupon_most", "minimum", "不能低于起始折扣", "must not be less than coupon_from")
	}
	c.words("intervention.wake_up.interests", v.WakeUp.Interests)
}

func (c *checker) group(g WarningGroup) {
	c.distinct("intervention.group.members", g.Members)
	c.peoplesRoles("intervention.group.roles", g.Roles)
	if len(g.Members) == 0 && len(g.Roles) == 0 {
		c.add("intervention.group.roles", "min_items", "至少要有成员或角色", "needs members or roles")
	}
	c.positive("intervention.group.rhythm", g.Rhythm)
	c.telling("intervention.group.overdue", g.Overdue)
}

// telling checks a ladder that can only tell people.
func (c *checker) telling(at string, steps []Step) {
	c.ladder(at, steps)
	for i, s := range steps {
		if s.Action != "" && s.Action != ActRemind && s.Action != ActWarn && s.Action != ActEscalate {
			c.add(fmt.Sprintf("%s[%d].action", at, i), "one_of", "只能是 remind、warn、escalate", "can only be remind, warn or escalate")
		}
	}
}

func (c *checker) inBoth(at string, t lang.Text) {
	if t.Zh == "" {
		c.fields = append(c.fields, problem.Required(at+".zh"))
	}
	if t.En == "" {
		c.fields = append(c.fields, problem.Required(at+".en"))
	}
}

func (c *checker) routes(at string, list []Route) {
	for i, r := range list {
		if r.To != ToOwner && r.To != ToOwnerSupervisor && !slices.Contains(auth.Roles, auth.Role(r.To)) {
			c.add(fmt.Sprintf("%s[%d].to", at, i), "one_of", "只能是 owner、owner_supervisor 或人员角色", "must be owner, owner_supervisor or a role of people")
		}
	}
}

func (c *checker) peoplesRoles(at string, list []string) {
	for i, r := range list {
		if !slices.Contains(auth.Roles, auth.Role(r)) {
			c.add(fmt.Sprintf("%s[%d]", at, i), "one_of", "没有这个角色："+r, "there is no role "+r)
		}
	}
	c.distinct(at, list)
}
