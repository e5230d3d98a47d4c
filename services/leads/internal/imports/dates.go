package imports

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	_ "time/tzdata" // zones are known wherever the program runs

	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// Orders of day and month.
const (
	DayFirst   = "dmy"
	MonthFirst = "mdy"
	YearFirst  = "ymd"
)

var (
	numeric = regexp.MustCompile(`^(\d{1,4})[-/.年](\d{1,2})[-/.月](\d{1,4})日?(?:[ T](\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?)?$`)
	compact = regexp.MustCompile(`^(\d{4})(\d{2})(\d{2})$`)
	worded  = []string{"2 Jan 2006", "2-Jan-2006", "2-Jan-06", "2 January 2006", "Jan 2, 2006", "January 2, 2006", "02 Jan 06"}
)

// date is a date in parts as it stands in the file.
type date struct {
	parts  [3]int
	digits [3]int // how many digits each part has
	clock  [3]int
}

func split(s string) (date, bool) {
	m := numeric.FindStringSubmatch(s)
	if m == nil {
		c := compact.FindStringSubmatch(s)
		if c == nil {
			return date{}, false
		}
		m = []string{s, c[1], c[2], c[3], "", "", ""}
	}
	var d date
	for i := range 3 {
		d.parts[i], _ = strconv.Atoi(m[i+1]) // the form admits digits alone
		d.digits[i] = len(m[i+1])
		d.clock[i], _ = strconv.Atoi(m[i+4])
	}
	return d, true
}

// GuessOrder finds the order of day and month from the values of date columns,
// with the reason in words; it assumes day first where every value leaves it open.
func GuessOrder(values []string) (string, lang.Text) {
	var day, month, year int
	example := map[string]string{}
	for _, v := range values {
		d, ok := split(strings.TrimSpace(v))
		switch {
		case !ok:
		case d.digits[0] == 4:
			year++
			example[YearFirst] = v
		case d.parts[0] > 12 && d.parts[1] <= 12:
			day++
			example[DayFirst] = v
		case d.parts[1] > 12 && d.parts[0] <= 12:
			month++
			example[MonthFirst] = v
		}
	}
	switch {
	case day+month+year == 0:
		return DayFirst, lang.T("日期的日月顺序无法从文件判断，按日-月-年读取，请确认", "No date tells the order of day and month; day first is assumed, please confirm")
	case day >= month && day > 0:
		return DayFirst, lang.T("日期按日-月-年读取，例如 "+example[DayFirst], "Dates are read day first, for example "+example[DayFirst])
	case month > 0:
		return MonthFirst, lang.T("日期按月-日-年读取，例如 "+example[MonthFirst], "Dates are read month first, for example "+example[MonthFirst])
	}
	return YearFirst, lang.T("日期按年-月-日读取，例如 "+example[YearFirst], "Dates are read year first, for example "+example[YearFirst])
}

// ParseDate reads a date in one of several layouts as an instant of the zone; a
// year of two digits lies at most ten years ahead of now.
func ParseDate(s, order string, zone *time.Location, now instant.Time) (instant.Time, error) {
	s = strings.TrimSpace(s)
	if t, err := instant.Parse(s); err == nil {
		return t, nil
	}
	for _, layout := range worded {
		if t, err := time.ParseInLocation(layout, s, zone); err == nil {
			return plausible(t, s)
		}
	}
	d, ok := split(s)
	if !ok {
		return 0, fmt.Errorf("%q is not a date", s)
	}
	y, m, day := d.parts[2], d.parts[1], d.parts[0]
	long := d.digits[2]
	switch {
	case d.digits[0] == 4 || order == YearFirst && d.digits[2] <= 2:
		y, m, day, long = d.parts[0], d.parts[1], d.parts[2], d.digits[0]
	case order == MonthFirst:
		m, day = d.parts[0], d.parts[1]
	}
	switch long {
	case 1, 2:
		y = century(y, now)
	case 3:
		return 0, fmt.Errorf("%q has no year", s)
	}
	t := time.Date(y, time.Month(m), day, d.clock[0], d.clock[1], d.clock[2], 0, zone)
	if t.Year() != y || int(t.Month()) != m || t.Day() != day || d.clock[0] > 23 || d.clock[1] > 59 || d.clock[2] > 59 {
		return 0, fmt.Errorf("%q does not exist in the calendar (read as %s)", s, order)
	}
	return plausible(t, s)
}

func century(y int, now instant.Time) int {
	this := now.Std().Year()
	y += this / 100 * 100
	if y > this+10 {
		y -= 100
	}
	return y
}

func plausible(t time.Time, s string) (instant.Time, error) {
	if t.Year() < 1900 || t.Year() > 2200 {
		return 0, fmt.Errorf("%q is implausible", s)
	}
	return instant.Of(t), nil
}
