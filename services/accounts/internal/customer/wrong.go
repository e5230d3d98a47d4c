package customer

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"liuke.dev/services/accounts/internal/matching"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

// wrong collects what is wrong with what somebody says.
type wrong []problem.Field

func (w *wrong) add(field, rule, zh, en string) {
	*w = append(*w, problem.FieldError(field, rule, zh, en))
}

func (w *wrong) oneOf(field, v string, allowed ...string) {
	if v != "" && !slices.Contains(allowed, v) {
		list := strings.Join(allowed, ", ")
		w.add(field, "one_of", "只能是："+list, "must be one of "+list)
	}
}

// option checks a choice of the policy; what the file has already may stay,
// though the policy no longer offers it.
func (w *wrong) option(field, v string, offered []policy.Option, had ...string) {
	if v == "" || policy.Has(offered, v) || slices.Contains(had, v) {
		return
	}
	ids := make([]string, len(offered))
	for i, o := range offered {
		ids[i] = o.ID
	}
	list := strings.Join(ids, ", ")
	w.add(field, "one_of", "策略中没有这一选项："+v+"，只有："+list, v+" is not an option of the policy; there are "+list)
}

func (w *wrong) longest(field, v string, most int) {
	if utf8.RuneCountInString(v) > most {
		w.add(field, "max_length", fmt.Sprintf("最多 %d 个字", most), fmt.Sprintf("has more than %d characters", most))
	}
}

func (w *wrong) most(field string, n, most int) bool {
	if n > most {
		w.add(field, "max_items", fmt.Sprintf("最多 %d 项", most), fmt.Sprintf("has more than %d entries", most))
	}
	return n <= most
}

func (w *wrong) phone(field, v string) string {
	p, ok := matching.Phone(v)
	if v != "" && !ok {
		w.add(field, "phone", "不是有效的电话号码", "is not a valid phone number")
	}
	return p
}

func (w *wrong) mail(field, v string) string {
	m, ok := matching.Mail(v)
	if v != "" && !ok {
		w.add(field, "email", "不是有效的邮箱地址", "is not a valid mail address")
	}
	return m
}

// each reads a list of further numbers or addresses besides the first one.
func (w *wrong) each(field string, list []string, first string, read func(field, v string) string) []string {
	if !w.most(field, len(list), maxNumbers) {
		return nil
	}
	var out []string
	for i, v := range list {
		at := fmt.Sprintf("%s[%d]", field, i)
		if strings.TrimSpace(v) == "" {
			*w = append(*w, problem.Required(at))
			continue
		}
		if v = read(at, v); v != "" && v != first && !slices.Contains(out, v) {
			out = append(out, v)
		}
	}
	return out
}

// days that a solar month has at most.
var days = [...]int{31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31}

// yearly checks a day that comes every year: that its calendar has it.
func (w *wrong) yearly(field string, y catalogue.Yearly, now instant.Time) {
	if y.Calendar != catalogue.Solar && y.Calendar != catalogue.Lunar {
		w.add(field+".calendar", "one_of", "只能是：solar（公历）, lunar（农历）", "must be one of solar, lunar")
		return
	}
	if y.Month < 1 || y.Month > 12 {
		w.add(field+".month", "range", "必须在 1 到 12 之间", "must be from 1 to 12")
		return
	}
	last := days[y.Month-1]
	if y.Calendar == catalogue.Lunar {
		last = 30
	}
	if y.Calendar == catalogue.Solar && y.Month == 2 && y.Year != 0 && !leap(y.Year) {
		last = 28
	}
	if y.Day < 1 || y.Day > last {
		w.add(field+".day", "range", fmt.Sprintf("这个月只有 1 到 %d 日", last), fmt.Sprintf("that month has the days 1 to %d", last))
	}
	if y.Leap && y.Calendar == catalogue.Solar {
		w.add(field+".leap", "lunar", "公历没有闰月", "only the lunar calendar has leap months")
	}
	if y.Year != 0 && (y.Year < 1900 || y.Year > now.Std().Year()) {
		w.add(field+".year", "range", "必须在 1900 年到今年之间", "must be from 1900 to this year")
	}
}

func leap(year int) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

// set takes a new value over in its one spelling.
func set(field, v *string, spell func(string) string) {
	if v != nil {
		*field = spell(*v)
	}
}
