package imports

import (
	"fmt"
	"slices"
	"strings"

	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/spelling"
)

// Field is what a column can mean.
type Field struct {
	ID      string    `json:"id"`
	Name    lang.Text `json:"name"`
	headers []string  // headers that mean it, in their Key
}

func field(id, zh, en string, headers ...string) Field {
	f := Field{ID: id, Name: lang.T(zh, en), headers: []string{spelling.Key(id), spelling.Key(zh), spelling.Key(en)}}
	for _, h := range headers {
		f.headers = append(f.headers, spelling.Key(h))
	}
	return f
}

var dealFields = []Field{
	field("external", "商机编号", "Opportunity id", "deal id", "id", "opportunity", "编号", "商机id", "crm id", "record id"),
	field("owner", "负责人", "Owner", "sales agent", "sales rep", "salesperson", "sales person", "rep", "account executive", "deal owner", "销售", "销售人员", "所有人", "跟进人", "业务员"),
	field("customer", "客户", "Account", "customer", "company", "client", "account name", "customer name", "company name", "organization", "客户名称", "公司", "公司名称", "客户公司名称"),
	field("title", "商机名称", "Title", "deal", "deal name", "opportunity name", "name", "名称", "主题", "项目名称"),
	field("product", "产品", "Product", "product name", "item", "产品名称", "意向产品"),
	field("stage", "阶段", "Stage", "deal stage", "sales stage", "status", "pipeline stage", "销售阶段", "商机阶段", "状态", "当前阶段"),
	field("opened_at", "开始日期", "Opened at", "engage date", "created", "created at", "create date", "created date", "open date", "start date", "创建时间", "创建日期", "开始时间"),
	field("stage_since", "进入阶段日期", "Stage since", "stage date", "stage changed", "阶段日期", "阶段变更时间"),
	field("closed_at", "结束日期", "Closed at", "close date", "closed date", "closing date", "won date", "成交日期", "结单日期", "关闭日期"),
	field("expected_close", "预计成交日", "Expected close", "expected close date", "forecast date", "预计成交日期", "预计签约日期"),
	field("amount", "金额", "Amount", "close value", "value", "deal value", "revenue", "price", "sum", "成交金额", "商机金额", "预计金额", "合同金额"),
	field("need", "需求", "Need", "description", "requirement", "需求描述", "描述"),
	field("source", "来源", "Source", "lead source", "客户来源", "渠道"),
	field("customer_type", "客户类型", "Customer type"),
	field("budget_band", "预算等级", "Budget band", "budget"),
	field("key_person", "关键人", "Key person", "contact", "contact name", "联系人"),
	field("decision_maker", "关键决策人", "Decision maker", "决策人"),
	field("procurement_node", "采购流程节点", "Procurement node", "采购节点", "procurement process"),
	field("competitors", "竞争对手", "Competitors", "competitor", "竞品"),
	field("objections", "异议标签", "Objections", "objection", "异议"),
	field("lost_reason", "流失原因", "Lost reason", "loss reason", "reason lost", "closed lost reason", "输单原因", "丢单原因"),
	field("lost_remark", "流失说明", "Lost remark", "loss remark"),
}

var leadFields = []Field{
	field("external", "线索编号", "Lead id", "id", "编号", "线索id", "record id"),
	field("company", "客户公司名称", "Company", "company name", "account", "account name", "customer", "organization", "公司", "公司名称", "客户", "客户名称"),
	field("contact", "联系人", "Contact", "contact name", "contact person", "name", "full name", "姓名", "联系人姓名", "客户姓名"),
	field("phone", "电话", "Phone", "mobile", "telephone", "phone number", "tel", "cell", "手机", "手机号", "联系电话", "电话号码", "联系方式"),
	field("email", "邮箱", "Email", "e-mail", "mail", "email address", "电子邮箱", "邮件", "电子邮件"),
	field("wechat", "微信", "WeChat", "wechat id", "微信号", "weixin"),
	field("source", "来源", "Source", "lead source", "channel", "客户来源", "渠道"),
	field("need", "当前需求", "Need", "current need", "requirement", "description", "inquiry", "message", "notes", "需求", "需求描述", "当前需求一句话描述", "备注"),
	field("owner", "负责人", "Owner", "sales agent", "salesperson", "sales rep", "lead owner", "销售", "跟进人"),
	field("arrived_at", "到达时间", "Arrived at", "created", "created at", "create date", "created date", "date", "创建时间", "创建日期", "日期"),
	field("value", "预计金额", "Value", "amount", "estimated value", "金额"),
	field("customer_type", "客户类型", "Customer type"),
	field("budget_band", "预算等级", "Budget band", "budget"),
}

// FieldsOf lists what columns of a kind of file can mean. Deals also take the
// answers to the gate questions of their pipeline, as answer.<question>.
func FieldsOf(kind string, p *policy.Pipeline) []Field {
	if kind == Leads {
		return leadFields
	}
	all := slices.Clone(dealFields)
	if p == nil {
		return all
	}
	for _, s := range p.Stages {
		for _, q := range s.Questions {
			all = append(all, field("answer."+q.ID, q.Text.Zh, q.Text.En, q.ID))
		}
	}
	return all
}

// Guess proposes a mapping from headers and values; each column means one field
// at most, each field one column.
func Guess(kind string, columns []Column, p *policy.Pipeline) Mapping {
	m := Mapping{Fields: map[string]string{}, Stages: map[string]string{}, DateOrder: DayFirst}
	taken := map[string]bool{}
	for rank := range 40 { // a field's own names come before names that others share
		for _, f := range FieldsOf(kind, p) {
			if rank >= len(f.headers) || m.Fields[f.ID] != "" {
				continue
			}
			for _, c := range columns {
				if !taken[c.Header] && spelling.Key(c.Header) == f.headers[rank] {
					m.Fields[f.ID], taken[c.Header] = c.Header, true
					break
				}
			}
		}
	}
	var unread []string
	for _, c := range columns {
		if !taken[c.Header] {
			unread = append(unread, c.Header)
		}
	}
	if len(unread) > 0 {
		list := strings.Join(unread, ", ")
		m.Guesses = append(m.Guesses, lang.T("不读取的列："+list, "Columns that are not read: "+list))
	}
	m.guessDates(columns)
	if kind == Deals {
		m.guessStages(columns, p)
	}
	return m
}

func (m *Mapping) guessDates(columns []Column) {
	var values []string
	for _, f := range dateFields {
		if c := find(columns, m.Fields[f]); c != nil {
			values = append(values, c.Values...)
		}
	}
	if len(values) == 0 {
		return
	}
	order, why := GuessOrder(values)
	m.DateOrder, m.Guesses = order, append(m.Guesses, why)
}

var dateFields = []string{"opened_at", "stage_since", "closed_at", "expected_close", "arrived_at"}

func find(columns []Column, header string) *Column {
	for i := range columns {
		if header != "" && columns[i].Header == header {
			return &columns[i]
		}
	}
	return nil
}

// stageWords are the words by which other systems call a type of stage.
var stageWords = map[policy.StageType][]string{
	policy.StageContact:     {"prospecting", "prospect", "new", "lead", "contacted", "initial", "open", "初步接触", "已联系", "潜在", "新建"},
	policy.StageNeed:        {"engaging", "engaged", "qualification", "qualified", "discovery", "needsanalysis", "needs", "需求确认", "已确认需求", "需求"},
	policy.StageSolution:    {"proposal", "demo", "presentation", "solution", "evaluation", "valueproposition", "方案", "方案沟通", "演示"},
	policy.StageQuoted:      {"quote", "quoted", "pricequote", "proposalpricequote", "报价", "已报价"},
	policy.StageNegotiation: {"negotiation", "negotiating", "negotiationreview", "谈判", "谈判中", "商务谈判"},
	policy.StageDecision:    {"contract", "contracting", "tobesigned", "verbal", "commit", "decision", "待签约", "合同", "决策确认"},
	policy.StageWon:         {"won", "closedwon", "win", "成交", "赢单", "已成交", "签约"},
	policy.StageLost:        {"lost", "closedlost", "loss", "abandoned", "流失", "输单", "丢单", "已流失"},
}

// GuessStages proposes what the values of the stage column mean in a pipeline.
func GuessStages(m Mapping, columns []Column, p *policy.Pipeline) map[string]string {
	m.Stages, m.Guesses = map[string]string{}, nil
	m.guessStages(columns, p)
	return m.Stages
}

func (m *Mapping) guessStages(columns []Column, p *policy.Pipeline) {
	c := find(columns, m.Fields["stage"])
	if c == nil || p == nil {
		return
	}
	for _, v := range c.Values {
		if s := stageMeant(v, p); s != "" {
			m.Stages[v] = s
		} else {
			m.Guesses = append(m.Guesses, lang.T("阶段“"+v+"”不知道对应哪个阶段，请指定", fmt.Sprintf("It is not known which stage %q means; please say", v)))
		}
	}
}

func stageMeant(v string, p *policy.Pipeline) string {
	key := spelling.Key(v)
	for _, s := range p.Stages {
		if key == spelling.Key(s.ID) || key == spelling.Key(s.Name.Zh) || key == spelling.Key(s.Name.En) {
			return s.ID
		}
	}
	for _, s := range p.Stages {
		if slices.Contains(stageWords[s.Type], key) {
			return s.ID
		}
	}
	return ""
}

// Check collects what is wrong with a mapping for a file.
func (m Mapping) Check(kind string, columns []Column, p *policy.Pipeline) error {
	var wrong []problem.Field
	add := func(field, rule, zh, en string) { wrong = append(wrong, problem.FieldError(field, rule, zh, en)) }
	known := FieldsOf(kind, p)
	used := map[string]string{}
	for f, header := range m.Fields {
		switch {
		case !slices.ContainsFunc(known, func(k Field) bool { return k.ID == f }):
			add("fields."+f, "one_of", "没有这个字段", "is not a field")
		case find(columns, header) == nil:
			add("fields."+f, "column", "文件中没有这一列："+header, "the file has no column "+header)
		case used[header] != "":
			add("fields."+f, "column_twice", "这一列已用于 "+used[header], "the column is used for "+used[header]+" already")
		}
		used[header] = f
	}
	for v, s := range m.Stages {
		if p == nil || !slices.ContainsFunc(p.Stages, func(o policy.Stage) bool { return o.ID == s }) {
			add("stages."+v, "one_of", "流程中没有阶段 "+s, "the pipeline has no stage "+s)
		}
	}
	if !slices.Contains([]string{DayFirst, MonthFirst, YearFirst}, m.DateOrder) {
		add("date_order", "one_of", "只能是：dmy, mdy, ymd", "must be one of dmy, mdy, ymd")
	}
	slices.SortFunc(wrong, func(x, y problem.Field) int { return strings.Compare(x.Field, y.Field) })
	return problem.InvalidFields(wrong...)
}
