package lead

import (
	"fmt"
	"net/mail"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"liuke.dev/shared/money"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/spelling"
)

type checks []problem.Field

func (c *checks) add(field, rule, zh, en string) {
	*c = append(*c, problem.FieldError(field, rule, zh, en))
}

// text trims and bounds a text; required names the rule that asks for it.
func (c *checks) text(field, v string, limit int, required string) string {
	v = strings.TrimSpace(v)
	switch {
	case v == "" && required != "":
		c.add(field, required, "必填", "is required")
	case !utf8.ValidString(v):
		c.add(field, "utf8", "不是有效的文本", "is not valid text")
	case strings.ContainsFunc(v, func(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r' }):
		c.add(field, "control_characters", "含有控制字符", "contains control characters")
	case utf8.RuneCountInString(v) > limit:
		c.add(field, "max_length", fmt.Sprintf("最多 %d 个字", limit), fmt.Sprintf("has more than %d characters", limit))
	}
	return v
}

func (c *checks) phone(field, v string) string {
	if v = strings.TrimSpace(v); v == "" {
		return ""
	}
	e164, ok := Phone(v)
	if !ok {
		c.add(field, "phone", "不是有效的电话号码", "is not a valid phone number")
	}
	return e164
}

func (c *checks) email(field, v string) string {
	if v = strings.TrimSpace(v); v == "" {
		return ""
	}
	address, ok := Email(v)
	if !ok {
		c.add(field, "email", "不是有效的邮箱地址", "is not a valid e-mail address")
	}
	return address
}

// Email gives the lower-case form of an address such as name@example.com.
func Email(v string) (string, bool) {
	a, err := mail.ParseAddress(v)
	if err != nil || a.Address != v || a.Name != "" || len(v) > 254 {
		return v, false
	}
	_, domain, _ := strings.Cut(v, "@")
	if !strings.Contains(domain, ".") || strings.HasPrefix(domain, ".") || strings.HasSuffix(domain, ".") || strings.HasPrefix(domain, "[") {
		return v, false
	}
	return strings.ToLower(v), true
}

func (c *checks) option(field, v string, options []policy.Option, rule, required string) {
	if v == "" {
		if required != "" {
			c.add(field, required, "必填", "is required")
		}
		return
	}
	if slices.ContainsFunc(options, func(o policy.Option) bool { return o.ID == v }) {
		return
	}
	ids := make([]string, 0, len(options))
	for _, o := range options {
		ids = append(ids, o.ID)
	}
	list := strings.Join(ids, ", ")
	c.add(field, rule, "只能选："+list, "must be one of "+list)
}

func (c *checks) amount(field string, a *money.Amount) {
	if a != nil && a.Minor < 0 {
		c.add(field+".minor", "minimum", "金额不能为负", "must not be negative")
	}
	if a != nil && !money.Known(a.Currency) {
		c.add(field+".currency", "currency", "不是 ISO 4217 中现行的货币代码", "is not the ISO 4217 code of a currency in use")
	}
}

// NeedKey is a need without its spelling: letters and digits alone, full-width
// forms as half-width, lower case. Two open leads of one customer that share it
// are the same inquiry.
func NeedKey(need string) string {
	key := spelling.Key(need)
	if runes := []rune(key); len(runes) > 200 {
		key = string(runes[:200])
	}
	return key
}
