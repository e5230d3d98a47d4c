package calendar

import (
	"fmt"
	"regexp"
	"strconv"
	"time"

	"liuke.dev/shared/problem"
)

var clockForm = regexp.MustCompile(`^([0-9]{2}):([0-9]{2})$`)

// Check names every field of a calendar that breaks a rule.
func Check(c Calendar) []problem.Field {
	var out []problem.Field
	if c.ID == "" {
		out = append(out, problem.Required("id"))
	}
	if c.Zone == "" || c.Zone == "Local" {
		out = append(out, problem.FieldError("zone", "zone", "必须是 IANA 时区，如 Asia/Shanghai", "must be an IANA time zone such as Asia/Shanghai"))
	} else if _, err := time.LoadLocation(c.Zone); err != nil {
		out = append(out, problem.FieldError("zone", "zone", "未知的时区："+c.Zone, "unknown time zone: "+c.Zone))
	}
	working := false
	for d, day := range c.Week {
		working = working || len(day) > 0
		out = append(out, checkDay(fmt.Sprintf("week[%d]", d), day)...)
	}
	if !working {
		out = append(out, problem.FieldError("week", "working_day", "一周至少要有一个工作时段", "the week needs at least one working interval"))
	}
	return append(out, checkDays(c.Days)...)
}

func checkDay(at string, day []Interval) []problem.Field {
	var out []problem.Field
	last := -1
	for i, v := range day {
		field := fmt.Sprintf("%s[%d]", at, i)
		from, okFrom := minutes(v.From)
		to, okTo := minutes(v.To)
		if !okFrom || from == 24*60 {
			out = append(out, problem.FieldError(field+".from", "clock", "必须是 00:00 至 23:59", "must be a time from 00:00 to 23:59"))
			continue
		}
		if !okTo {
			out = append(out, problem.FieldError(field+".to", "clock", "必须是 00:01 至 24:00", "must be a time from 00:01 to 24:00"))
			continue
		}
		if to <= from {
			out = append(out, problem.FieldError(field+".to", "ascending", "必须晚于开始时间", "must be later than from"))
		}
		if from < last {
			out = append(out, problem.FieldError(field+".from", "overlap", "与前一时段重叠或顺序颠倒", "overlaps the interval before it, or stands before it"))
		}
		last = max(last, to)
	}
	return out
}

func checkDays(days []Day) []problem.Field {
	var out []problem.Field
	seen := map[string]bool{}
	for i, d := range days {
		field := fmt.Sprintf("days[%d]", i)
		if _, err := time.Parse(time.DateOnly, d.Date); err != nil {
			out = append(out, problem.FieldError(field+".date", "date", "不是日期（年-月-日）", "is not a date (YYYY-MM-DD)"))
		} else if seen[d.Date] {
			out = append(out, problem.FieldError(field+".date", "duplicate", "日期重复："+d.Date, "this date is listed twice: "+d.Date))
		}
		seen[d.Date] = true
		if d.Kind != Holiday && d.Kind != Makeup {
			out = append(out, problem.FieldError(field+".kind", "one_of", "只能是 holiday（放假）或 makeup（调休上班）", "must be holiday or makeup"))
		}
	}
	return out
}

// minutes reads HH:MM, up to 24:00.
func minutes(s string) (int, bool) {
	m := clockForm.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	h, _ := strconv.Atoi(m[1])
	min, _ := strconv.Atoi(m[2])
	return h*60 + min, min < 60 && (h < 24 || h == 24 && min == 0)
}
