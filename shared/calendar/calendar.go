// Package calendar computes with working time: what "three working days later"
// means to a company whose holidays and make-up days are data.
package calendar

// Day kinds of an exception to the working week.
const (
	Holiday = "holiday" // 放假
	Makeup  = "makeup"  // 调休上班
)

// Calendar is a working week with exceptions, in one time zone.
type Calendar struct {
	ID   string `json:"id" minLength:"1" maxLength:"40"`
	Name string `json:"name" maxLength:"100"`
	// Zone is an IANA time zone, Asia/Shanghai for the default.
	Zone string `json:"zone" maxLength:"60"`
	// Week holds the working intervals of each weekday, Monday first; an empty day is a day off.
	Week [7][]Interval `json:"week"`
	// Days are the exceptions by date.
	Days []Day `json:"days,omitempty"`
}

// Interval is a span of a day's local time, "09:00" to "18:00".
type Interval struct {
	From string `json:"from" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$"`
	To   string `json:"to" pattern:"^([01][0-9]|2[0-4]):[0-5][0-9]$"`
}

// Day is a date that does not follow the working week.
type Day struct {
	Date string `json:"date" format:"date"` // 2026-02-17
	Kind string `json:"kind" enum:"holiday,makeup"`
	Name string `json:"name,omitempty" maxLength:"60"`
	// Source says who published it.
	Source string `json:"source,omitempty" maxLength:"200"`
}
