package imports

import (
	"strings"
	"time"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/money"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/spelling"
)

// Plan is a mapping with its options, ready to read rows.
type Plan struct {
	Kind     string
	Options  Options
	Policy   *policy.View
	Pipeline *policy.Pipeline
	// Now is the instant of import.
	Now instant.Time
	// Person finds somebody of the house by id, e-mail or name; false if nobody or several fit.
	Person func(name string) (id string, active, ok bool)

	mapping   Mapping
	columns   map[string]int
	zone      *time.Location
	people    map[string]string
	expected  map[string]bool // who is added before the import is run
	customers map[string]string
	products  map[string]string
}

// NewPlan compiles a mapping with its options for the columns of a file.
func NewPlan(i Import, v *policy.View, now instant.Time, person func(string) (string, bool, bool)) (*Plan, error) {
	o := i.Options.WithDefaults()
	p := &Plan{Kind: i.Kind, Options: o, Policy: v, Now: now, Person: person, mapping: i.Mapping, columns: map[string]int{}}
	if o.Pipeline == "" {
		o.Pipeline = v.Sections.Pipelines.Default
	}
	if p.Pipeline = v.Pipeline(o.Pipeline); p.Pipeline == nil {
		return nil, problem.InvalidFields(problem.FieldError("options.pipeline", "one_of", "没有这个流程", "is not a pipeline"))
	}
	zone, err := time.LoadLocation(o.Zone)
	if err != nil {
		return nil, problem.InvalidFields(problem.FieldError("options.zone", "zone", "没有这个时区", "is not an IANA time zone"))
	}
	p.zone = zone
	for f, header := range i.Mapping.Fields {
		for n, c := range i.Columns {
			if c.Header == header {
				p.columns[f] = n
			}
		}
	}
	p.people, p.customers, p.products = keyed(o.People), keyed(o.Customers), map[string]string{}
	p.expected = map[string]bool{}
	for _, name := range o.NewPeople {
		p.expected[spelling.Key(name)] = true
	}
	for _, name := range o.Products {
		p.products[spelling.Key(name)] = name
	}
	return p, nil
}

func keyed(in map[string]string) map[string]string {
	out := make(map[string]string, len(in))
	for name, id := range in {
		out[spelling.Key(name)] = id
	}
	return out
}

// reading is one row while it is read.
type reading struct {
	*Plan
	row     Row
	entries []Entry
	refused bool
}

func (r *reading) cell(field string) string {
	i, ok := r.columns[field]
	if !ok || i >= len(r.row.Cells) {
		return ""
	}
	return r.row.Cells[i]
}

func (r *reading) has(field string) bool { _, ok := r.columns[field]; return ok }

func (r *reading) refuse(field, rule, value, zh, en string) {
	r.refused = true
	r.entry(Refused, field, rule, value, "", zh, en)
}

func (r *reading) adjust(field, rule, value, became, zh, en string) {
	r.entry(Adjusted, field, rule, value, became, zh, en)
}

func (r *reading) entry(outcome, field, rule, value, became, zh, en string) {
	e := Entry{Line: r.row.Line, Outcome: outcome, Field: field, Rule: rule, Value: short(value), Became: short(became)}
	e.Text.Zh, e.Text.En = zh, en
	r.entries = append(r.entries, e)
}

// refuseAll takes over what a domain rule refused.
func (r *reading) refuseAll(fields []problem.Field) {
	for _, f := range fields {
		r.refuse(f.Field, f.Rule, r.cell(f.Field), f.Text.Zh, f.Text.En)
	}
}

func short(s string) string {
	if runes := []rune(s); len(runes) > 200 {
		return string(runes[:199]) + "…"
	}
	return s
}

// broken reports a row that could not be read at all.
func (r *reading) broken() bool {
	texts := map[string][2]string{
		"csv": {"引号不配对，整行无法读取", "the quotes do not match: the row cannot be read"}, "columns": {"列数与标题不符", "has another number of columns than the header"},
		"too_long": {"行过长", "is too long"}, "encoding": {"有无法读取的字符", "has characters that cannot be read"},
	}
	if r.row.Broken == "" {
		return false
	}
	t := texts[r.row.Broken]
	r.refuse("", r.row.Broken, "", t[0], t[1])
	return true
}

// when reads a date; one that cannot be read or lies ahead refuses the row.
func (r *reading) when(field string, mayLieAhead bool) instant.Time {
	v := r.cell(field)
	if v == "" {
		return 0
	}
	t, err := ParseDate(v, r.mapping.DateOrder, r.zone, r.Now)
	switch {
	case err != nil:
		r.refuse(field, "date", v, "不是日期，或日期不存在", "is not a date, or one that does not exist: "+err.Error())
		return 0
	case t > r.Now && !mayLieAhead:
		r.refuse(field, "in_future", v, "日期在未来", "lies in the future")
		return 0
	}
	return t
}

var currencySigns = map[string]string{"¥": "", "￥": "CNY", "$": "USD", "US$": "USD", "€": "EUR", "£": "GBP", "元": "CNY", "HK$": "HKD"}

// money reads an amount with or without currency.
func (r *reading) money(field string) *money.Amount {
	v := r.cell(field)
	if v == "" {
		return nil
	}
	text, currency := strings.TrimSpace(v), r.Options.Currency
	for sign, code := range currencySigns {
		bare := strings.TrimSpace(strings.TrimSuffix(strings.TrimPrefix(text, sign), sign))
		if bare != text && bare != "" && bare[0] >= '0' && bare[0] <= '9' {
			text = bare
			if code != "" {
				currency = code
			}
			break
		}
	}
	if len(text) > 4 && text[3] == ' ' && strings.ToUpper(text[:3]) == text[:3] && text[0] >= 'A' {
		currency, text = text[:3], strings.TrimSpace(text[4:])
	}
	if !money.Known(currency) {
		r.refuse(field, "currency", v, "不是 ISO 4217 中现行的货币代码："+currency, "is not the ISO 4217 code of a currency in use: "+currency)
		return nil
	}
	a, err := money.Parse(text, currency)
	if err != nil {
		r.refuse(field, "amount", v, "不是金额：应为非负数，小数位数不超过该货币的规定", "is not an amount: a number that is not negative, with no more decimals than the currency has")
		return nil
	}
	return &a
}

// owner finds who owns what the row becomes.
func (r *reading) owner(open bool) string {
	v := r.cell("owner")
	id, active, ok := "", false, false
	if v != "" {
		if mapped := r.people[spelling.Key(v)]; mapped != "" {
			id, active, ok = r.Person(mapped)
		} else {
			id, active, ok = r.Person(v)
		}
		if !ok && r.expected[spelling.Key(v)] { // an import is not run before they are there
			return v
		}
	}
	switch {
	case ok && (active || !open):
		return id
	case r.Options.DefaultOwner != "":
		r.adjust("owner", "owner_unknown", v, r.Options.DefaultOwner, "负责人不明或已离职，归默认负责人", "the owner is unknown or has left: the default owner takes it")
		return r.Options.DefaultOwner
	case ok:
		r.refuse("owner", "R-010", v, "负责人已停用", "the owner has left")
	case v == "":
		r.refuse("owner", "R-043", v, "负责人必填", "an owner is required")
	default:
		r.refuse("owner", "owner_unknown", v, "没有这位人员", "nobody has this name, e-mail or id")
	}
	return ""
}

// option reads a value of an option list by id or name.
func (r *reading) option(field string, options []policy.Option) string {
	v := r.cell(field)
	if v == "" {
		return ""
	}
	if id, ok := optionMeant(v, options); ok {
		return id
	}
	r.adjust(field, "one_of", v, "", "不是可选项，留空", "is not an option: left empty")
	return ""
}

func optionMeant(v string, options []policy.Option) (string, bool) {
	for _, o := range options {
		if k := spelling.Key(v); k == spelling.Key(o.ID) || k == spelling.Key(o.Name.Zh) || k == spelling.Key(o.Name.En) {
			return o.ID, true
		}
	}
	return "", false
}

func list(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",;|，；、/", r) })
}
