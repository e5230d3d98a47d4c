package people

import (
	"fmt"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/problem"
)

// Languages are those that Liuke speaks.
var Languages = []string{"zh-CN", "en"}

var phoneForm = regexp.MustCompile(`^\+?[0-9][0-9 ()\-.]{2,29}$`)

// Tidy gives a person as stored: names and addresses without stray spaces, with
// the language and zone of a company in China where none are given.
func Tidy(p catalogue.Person) catalogue.Person {
	p.Name, p.Phone = strings.TrimSpace(p.Name), strings.TrimSpace(p.Phone)
	p.Email = Email(p.Email)
	if p.Language == "" {
		p.Language = Languages[0]
	}
	if p.Zone == "" {
		p.Zone = "Asia/Shanghai"
	}
	return p
}

// Email gives an address as it is compared.
func Email(address string) string { return strings.ToLower(strings.TrimSpace(address)) }

// Check names every field of a person that breaks a rule of its own.
func Check(p catalogue.Person, hasCalendar func(string) bool) []problem.Field {
	var out []problem.Field
	add := func(field, rule, zh, en string) { out = append(out, problem.FieldError(field, rule, zh, en)) }
	if n := utf8.RuneCountInString(p.Name); n == 0 {
		out = append(out, problem.Required("name"))
	} else if n > 100 {
		add("name", "max_length", "最多 100 个字符", "may have at most 100 characters")
	}
	if p.Email != "" {
		if a, err := mail.ParseAddress(p.Email); err != nil || a.Address != p.Email || len(p.Email) > 254 {
			add("email", "email", "不是电子邮件地址", "is not an e-mail address")
		}
	}
	if p.Phone != "" && !phoneForm.MatchString(p.Phone) {
		add("phone", "phone", "不是电话号码", "is not a telephone number")
	}
	out = append(out, checkRoles(p.Roles)...)
	if !slices.Contains(Languages, p.Language) {
		add("language", "one_of", "只能是 zh-CN 或 en", "must be zh-CN or en")
	}
	if _, err := time.LoadLocation(p.Zone); err != nil || p.Zone == "Local" {
		add("zone", "zone", "不是 IANA 时区，如 Asia/Shanghai", "is not an IANA time zone such as Asia/Shanghai")
	}
	return append(out, CheckCalendar(p.Calendar, hasCalendar)...)
}

// CheckCalendar checks the working calendar that a person or team names.
func CheckCalendar(id string, hasCalendar func(string) bool) []problem.Field {
	if id == "" || hasCalendar(id) {
		return nil
	}
	return []problem.Field{problem.FieldError("calendar", "exists", "策略手册中没有这个日历", "the policy book has no such calendar")}
}

// checkRoles checks against the roles of R-159.
func checkRoles(roles []string) []problem.Field {
	if len(roles) == 0 {
		return []problem.Field{problem.Required("roles")}
	}
	var out []problem.Field
	for i, r := range roles {
		field := fmt.Sprintf("roles[%d]", i)
		if !slices.Contains(auth.Roles, auth.Role(r)) {
			out = append(out, problem.FieldError(field, "one_of", "没有这个角色："+r, "no such role: "+r))
		} else if slices.Contains(roles[:i], r) {
			out = append(out, problem.FieldError(field, "duplicate", "角色重复："+r, "this role is listed twice: "+r))
		}
	}
	return out
}
