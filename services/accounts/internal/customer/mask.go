package customer

import (
	"strings"

	"liuke.dev/shared/catalogue"
)

// Masked gives what somebody may know of a customer that they may not see: that
// it exists, and enough to recognise whom they already know.
func Masked(c catalogue.Customer) catalogue.Customer {
	m := catalogue.Customer{ID: c.ID, Kind: c.Kind, Name: MaskName(c.Name), MergedInto: c.MergedInto, CreatedAt: c.CreatedAt}
	for _, p := range c.Phones {
		m.Phones = append(m.Phones, MaskPhone(p))
	}
	for _, e := range c.Emails {
		m.Emails = append(m.Emails, MaskMail(e))
	}
	return m
}

// MaskName shows a person as 张*三 or 张*, a company as 上海****公司.
func MaskName(s string) string {
	r := []rune(s)
	switch n := len(r); {
	case n <= 1:
		return strings.Repeat("*", n)
	case n == 2:
		return string(r[:1]) + "*"
	case n <= 4:
		return string(r[:1]) + strings.Repeat("*", n-2) + string(r[n-1:])
	default:
		return string(r[:2]) + "****" + string(r[n-2:])
	}
}

// MaskPhone shows 138****1234.
func MaskPhone(s string) string {
	s = strings.TrimPrefix(s, "+86")
	if len(s) < 8 {
		return strings.Repeat("*", len(s))
	}
	return s[:3] + "****" + s[len(s)-4:]
}

// MaskMail shows w***@acme.cn.
func MaskMail(s string) string {
	local, host, _ := strings.Cut(s, "@")
	if local == "" {
		return "***"
	}
	return string([]rune(local)[:1]) + "***@" + host
}
