// Package contract holds the rules of a contract's life: how it is drafted from a
// template, which approvals it needs, how it is signed, paid, renewed and ended
// . It is pure: no store, no clock.
package contract

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"liuke.dev/services/accounts/internal/prices"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

// Bounds of one contract.
const (
	maxInstallments = 120
	maxPayments     = 500
	longest         = 100 * 366 * 24 * time.Hour
	mostMinor       = 9_000_000_000_000_000
)

// Line is an item as somebody asks for it: without a price it costs what the price list says.
type Line struct {
	Product  string `json:"product" minLength:"1" maxLength:"100"`
	Name     string `json:"name,omitempty" maxLength:"300" doc:"Needed where the price list does not have the product"`
	Quantity int64  `json:"quantity" minimum:"1" maximum:"1000000000"`
	Price    *int64 `json:"price,omitempty" minimum:"0" maximum:"9000000000000" doc:"Agreed price of one in minor units; absent: as listed for this customer"`
}

// Terms are what somebody says about a contract; what is left out comes from the template.
type Terms struct {
	Template string                  `json:"template,omitempty" maxLength:"40" doc:"Absent: the first of the book"`
	Language string                  `json:"language,omitempty" enum:"zh,en"`
	Extra    string                  `json:"extra,omitempty" maxLength:"20000" doc:"Terms beside the template's: they make it non-standard (R-131)"`
	Deal     string                  `json:"deal,omitempty" maxLength:"200"`
	Items    []Line                  `json:"items" minItems:"1" maxItems:"200"`
	From     instant.Time            `json:"from,omitempty" doc:"Absent: now"`
	Until    instant.Time            `json:"until,omitempty" doc:"Absent: after the template's term"`
	Schedule []catalogue.Installment `json:"schedule,omitempty" maxItems:"120" doc:"Absent: the template's"`
	Contact  string                  `json:"contact,omitempty" maxLength:"200" doc:"Who signs; absent: the customer's first contact"`
	Email    string                  `json:"email,omitempty" maxLength:"254"`
	Phone    string                  `json:"phone,omitempty" maxLength:"60"`
}

// Draft makes the contract's body out of its terms; identity, customer and kind
// are the caller's, buyer is what prices depend on. All that is wrong is named.
func Draft(v *policy.View, c catalogue.Contract, t Terms, buyer prices.Buyer, now instant.Time) (catalogue.Contract, error) {
	s := v.Sections.Contracts
	if t.Template == "" {
		t.Template = s.Templates[0].ID
	}
	template, ok := s.Template(t.Template)
	if !ok {
		return c, problem.InvalidFields(problem.FieldError("template", "exists", "没有这个合同模板："+t.Template, "there is no such template: "+t.Template))
	}
	if t.Language == "" {
		t.Language = "zh"
	}
	c.Template, c.Language, c.PolicyVersion, c.Deal, c.Tier = t.Template, t.Language, v.Version, t.Deal, buyer.Tier
	c.Title, c.Extra = template.Title.In(t.Language), strings.TrimSpace(t.Extra)
	c.Standard = c.Extra == ""
	c.Seller = catalogue.Party{Name: s.Seller}
	wrong := items(v, &c, t.Items, buyer, now)
	wrong = append(wrong, term(v, &c, t, template, now)...)
	if len(wrong) == 0 {
		wrong = schedule(&c, t.Schedule, template)
	}
	c.Status, c.Steps, c.Hash = catalogue.ContractDraft, nil, ""
	return c, problem.InvalidFields(wrong...)
}

// items prices what the list has and takes what it has not as it is agreed.
func items(v *policy.View, c *catalogue.Contract, lines []Line, buyer prices.Buyer, now instant.Time) []problem.Field {
	c.Items, c.Total = nil, money.Of(0, v.Sections.Prices.Currency)
	var wrong []problem.Field
	var list, total int64
	for i, l := range lines {
		field := fmt.Sprintf("items[%d]", i)
		item := catalogue.ContractItem{Product: l.Product, Name: l.Name, Quantity: l.Quantity}
		q, err := prices.Of(v, buyer, []prices.Ask{{Product: l.Product, Quantity: l.Quantity}}, now, "items")
		switch {
		case err == nil:
			item.List, item.Price = q.Lines[0].List, q.Lines[0].Price
			if item.Name == "" {
				item.Name = q.Lines[0].Name.In(c.Language)
			}
		case l.Name == "" || l.Price == nil:
			wrong = append(wrong, problem.FieldError(field, "exists", "价目表没有这个产品，请给出名称和价格："+l.Product,
				"is not on the price list; give its name and price: "+l.Product))
			continue
		default:
			item.List = *l.Price
		}
		if l.Price != nil {
			item.Price = *l.Price
		}
		one, fits := product(item.Price, l.Quantity)
		full, fits2 := product(max(item.List, item.Price), l.Quantity)
		if total, list = total+one, list+full; !fits || !fits2 || list > mostMinor {
			return append(wrong, problem.FieldError(field+".quantity", "maximum", "金额过大", "gives an amount that is too large"))
		}
		c.Items = append(c.Items, item)
	}
	c.Total.Minor, c.Discount = total, prices.Off(list, total)
	return wrong
}

func product(a, n int64) (int64, bool) {
	if n < 1 || a > mostMinor/n {
		return 0, false
	}
	return a * n, true
}

func term(v *policy.View, c *catalogue.Contract, t Terms, template policy.ContractTemplate, now instant.Time) []problem.Field {
	c.From, c.Until = t.From, t.Until
	if c.From.IsZero() {
		c.From = now
	}
	if c.Until.IsZero() {
		c.Until = v.After(c.From, template.Term)
	}
	var wrong []problem.Field
	if !c.From.Before(c.Until) {
		wrong = append(wrong, problem.FieldError("until", "after_from", "必须晚于开始时间", "must be after from"))
	}
	if c.Until.Sub(now) > longest || now.Sub(c.From) > longest {
		wrong = append(wrong, problem.FieldError("until", "range", "期限超出范围", "is too far away"))
	}
	if !now.Before(c.Until) {
		wrong = append(wrong, problem.FieldError("until", "in_future", "合同已经到期", "must lie in the future"))
	}
	return wrong
}

// schedule divides the total; the last installment takes what rounding leaves.
func schedule(c *catalogue.Contract, told []catalogue.Installment, template policy.ContractTemplate) []problem.Field {
	c.Schedule = nil
	if c.Total.Minor == 0 {
		return nil
	}
	if len(told) > 0 {
		return agreed(c, told)
	}
	rest := c.Total.Minor
	for i, p := range template.Payments {
		minor := c.Total.Minor/1000*int64(p.PerMille) + c.Total.Minor%1000*int64(p.PerMille)/1000
		if i == len(template.Payments)-1 {
			minor = rest
		}
		if rest -= minor; minor > 0 {
			c.Schedule = append(c.Schedule, catalogue.Installment{Name: p.Name.In(c.Language), Minor: minor, AfterDays: p.AfterDays})
		}
	}
	return nil
}

func agreed(c *catalogue.Contract, told []catalogue.Installment) []problem.Field {
	if len(told) > maxInstallments {
		return []problem.Field{problem.FieldError("schedule", "max_items", "分期过多", "has too many installments")}
	}
	var sum int64
	for _, p := range told {
		if p.Minor < 1 || p.Minor > c.Total.Minor {
			sum = -1
			break
		}
		sum += p.Minor
		c.Schedule = append(c.Schedule, catalogue.Installment{Name: p.Name, Minor: p.Minor, Due: p.Due, AfterDays: p.AfterDays})
	}
	if sum != c.Total.Minor {
		return []problem.Field{problem.FieldError("schedule", "sum", "各期之和必须等于合同总价 "+c.Total.String(), "must sum up to the total of "+c.Total.String())}
	}
	return nil
}

// Words gives the contract's text, paragraph by paragraph.
func Words(v *policy.View, c catalogue.Contract) []string {
	template, _ := v.Sections.Contracts.Template(c.Template)
	pick := func(zh, en string) string { return lang.T(zh, en).In(c.Language) }
	amount := func(minor int64) string { return money.Of(minor, c.Total.Currency).String() }
	var lines, due []string
	for i, it := range c.Items {
		lines = append(lines, fmt.Sprintf("%d. %s × %d，%s %s，%s %s", i+1, it.Name, it.Quantity, pick("单价", "each"), amount(it.Price), pick("小计", "together"), amount(it.Price*it.Quantity)))
	}
	for i, p := range c.Schedule {
		when := fmt.Sprintf(pick("签署后 %d 天内", "within %d days of the signing"), p.AfterDays)
		if !p.Due.IsZero() {
			when = pick("不迟于 ", "not later than ") + date(v, p.Due)
		}
		due = append(due, strconv.Itoa(i+1)+". "+p.Name+"："+amount(p.Minor)+"，"+when)
	}
	text := policy.Fill(template.Text.In(c.Language), map[string]string{"number": c.Number, "seller": c.Seller.Name, "buyer": c.Buyer.Name, "tax_id": c.Buyer.TaxID,
		"from": date(v, c.From), "until": date(v, c.Until), "total": c.Total.String(), "items": strings.Join(lines, "\n"), "payments": strings.Join(due, "\n")})
	if c.Extra != "" {
		text += "\n\n" + pick("补充条款：", "Additional terms:") + "\n" + c.Extra
	}
	if c.Language == "en" {
		text = strings.NewReplacer("，", ", ", "：", ": ").Replace(text)
	}
	return strings.Split(text, "\n")
}

// date is the day of an instant as people of the company's calendar read it.
func date(v *policy.View, at instant.Time) string {
	day, _, _ := strings.Cut(v.Local(at), " ")
	return day
}
