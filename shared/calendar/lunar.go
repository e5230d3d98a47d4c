package calendar

import "time"

// lunarYears are the lunar years from firstLunar on. Of each: bit 16 says that
// its leap month has 30 days, bits 15 to 4 that the months 1 to 12 have 30 days
// and not 29, bits 3 to 0 which month is repeated as a leap month, 0 for none.
// They were compared with two independent astronomical computations.
var lunarYears = [...]uint32{
	0x0c960, 0x0d954, 0x0d4a0, 0x0da50, 0x07552, 0x056a0, 0x0abb7, 0x025d0, 0x092d0, 0x0cab5, // 2000
	0x0a950, 0x0b4a0, 0x0baa4, 0x0ad50, 0x055d9, 0x04ba0, 0x0a5b0, 0x15176, 0x052b0, 0x0a930, // 2010
	0x07954, 0x06aa0, 0x0ad50, 0x05b52, 0x04b60, 0x0a6e6, 0x0a4e0, 0x0d260, 0x0ea65, 0x0d530, // 2020
	0x05aa0, 0x076a3, 0x096d0, 0x04afb, 0x04ad0, 0x0a4d0, 0x1d0b6, 0x0d250, 0x0d520, 0x0dd45, // 2030
	0x0b5a0, 0x056d0, 0x055b2, 0x049b0, 0x0a577, 0x0a4b0, 0x0aa50, 0x1b255, 0x06d20, 0x0ada0, // 2040
	0x14b63, 0x09370, 0x049f8, 0x04970, 0x064b0, 0x168a6, 0x0ea50, 0x06b20, 0x1a6c4, 0x0aae0, // 2050
	0x092e0, 0x0d2e3, 0x0c960, 0x0d557, 0x0d4a0, 0x0da50, 0x05d55, 0x056a0, 0x0a6d0, 0x055d4, // 2060
	0x052d0, 0x0a9b8, 0x0a950, 0x0b4a0, 0x0b6a6, 0x0ad50, 0x055a0, 0x0aba4, 0x0a5b0, 0x052b0, // 2070
	0x0b273, 0x06930, 0x07337, 0x06aa0, 0x0ad50, 0x14b55, 0x04b60, 0x0a570, 0x054e4, 0x0d160, // 2080
	0x0e968, 0x0d520, 0x0daa0, 0x16aa6, 0x056d0, 0x04ae0, 0x0a9d4, 0x0a2d0, 0x0d150, 0x0f252, // 2090
	0x0d520, // 2100
}

// The lunar years that are known.
const (
	firstLunar = 2000
	LastLunar  = firstLunar + len(lunarYears) - 1
)

// newYear2000 is the first day of the first lunar year known.
var newYear2000 = time.Date(2000, 2, 5, 0, 0, 0, 0, time.UTC)

// Lunar gives the day of the solar calendar (at midnight UTC) on which a day of
// the Chinese lunar calendar falls in a lunar year. A leap month that the year
// does not have is the month itself, a 30th day that the month does not have its
// last one. It is false for years that are not known.
func Lunar(year, month, day int, leap bool) (time.Time, bool) {
	if year < firstLunar || year > LastLunar || month < 1 || month > 12 || day < 1 || day > 30 {
		return time.Time{}, false
	}
	days := 0
	for y := firstLunar; y < year; y++ {
		days += lunarDays(lunarYears[y-firstLunar])
	}
	v := lunarYears[year-firstLunar]
	for m := 1; m < month; m++ {
		days += monthDays(v, m)
		if leapMonth(v) == m {
			days += leapDays(v)
		}
	}
	length := monthDays(v, month)
	if leap && leapMonth(v) == month {
		days, length = days+length, leapDays(v)
	}
	return newYear2000.AddDate(0, 0, days+min(day, length)-1), true
}

func leapMonth(v uint32) int { return int(v & 0xf) }

func monthDays(v uint32, m int) int { return 29 + int(v>>(16-m)&1) }

func leapDays(v uint32) int {
	if leapMonth(v) == 0 {
		return 0
	}
	return 29 + int(v>>16&1)
}

func lunarDays(v uint32) int {
	n := leapDays(v)
	for m := 1; m <= 12; m++ {
		n += monthDays(v, m)
	}
	return n
}
