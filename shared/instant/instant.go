// Package instant holds the one type in which Liuke keeps points in time.
//
// An instant has millisecond precision, no zone and one text form of fixed
// width, so that it sorts alike as a number, as text in an index, and in every
// store engine.
package instant

import (
	"fmt"
	"time"
)

// Time is a point in time in milliseconds since 1970-01-01T00:00:00Z. The zero
// value means "not set".
type Time int64

// Layout is the text form of a Time: RFC 3339, UTC, always three fraction digits.
const Layout = "2006-01-02T15:04:05.000Z"

// Bounds of what may be written: outside of them the text form would lose its fixed width.
var (
	earliest = time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	latest   = time.Date(9999, 12, 31, 23, 59, 59, 0, time.UTC)
)

// furthestZone is how many seconds a zone can be away from UTC, as XML Schema
// has it; the package time reads +24:00 as well.
const furthestZone = 14 * 60 * 60

// Of gives the instant of a time.Time, cut to milliseconds.
func Of(t time.Time) Time {
	if t.IsZero() {
		return 0
	}
	return Time(t.UnixMilli())
}

// Now gives the present instant. Domain code does not call it: it takes a clock.
func Now() Time { return Of(time.Now()) }

// Std gives the time.Time in UTC, the zero time.Time for an unset instant.
func (t Time) Std() time.Time {
	if t == 0 {
		return time.Time{}
	}
	return time.UnixMilli(int64(t)).UTC()
}

// IsZero tells whether the instant is not set.
func (t Time) IsZero() bool { return t == 0 }

// Add gives the instant d later.
func (t Time) Add(d time.Duration) Time { return t + Time(d.Milliseconds()) }

// Sub gives the duration from u to t.
func (t Time) Sub(u Time) time.Duration { return time.Duration(t-u) * time.Millisecond }

// Before tells whether t is earlier than u.
func (t Time) Before(u Time) bool { return t < u }

// After tells whether t is later than u.
func (t Time) After(u Time) bool { return t > u }

// String gives the text form, empty for an unset instant.
func (t Time) String() string {
	if t == 0 {
		return ""
	}
	return string(t.append(make([]byte, 0, len(Layout))))
}

// MarshalText writes the text form.
func (t Time) MarshalText() ([]byte, error) {
	if t == 0 {
		return []byte{}, nil
	}
	return t.append(make([]byte, 0, len(Layout))), nil
}

// append writes the text form as Format(Layout) would, in a quarter of the time:
// documents and facts are full of instants.
func (t Time) append(to []byte) []byte {
	at := t.Std()
	year, month, day := at.Date()
	if year < 0 || year > 9999 {
		return at.AppendFormat(to, Layout)
	}
	hour, minute, second := at.Clock()
	to = append(digits(digits(to, year/100), year%100), '-')
	to = append(digits(to, int(month)), '-')
	to = append(digits(to, day), 'T')
	to = append(digits(to, hour), ':')
	to = append(digits(to, minute), ':')
	to = append(digits(to, second), '.')
	ms := at.Nanosecond() / int(time.Millisecond)
	return append(digits(to, ms/10), byte('0'+ms%10), 'Z')
}

// digits writes a number from 0 to 99.
func digits(to []byte, n int) []byte { return append(to, byte('0'+n/10), byte('0'+n%10)) }

// UnmarshalText reads any RFC 3339 time with a zone; empty text is the unset instant.
func (t *Time) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*t = 0
		return nil
	}
	v, err := Parse(string(b))
	if err != nil {
		return err
	}
	*t = v
	return nil
}

// Parse reads an RFC 3339 time with a zone.
func Parse(s string) (Time, error) {
	v, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		return 0, &ParseError{s, "not an RFC 3339 time with a zone"}
	}
	if _, offset := v.Zone(); offset > furthestZone || offset < -furthestZone {
		return 0, &ParseError{s, "RFC 3339 time in a zone that does not exist"}
	}
	if v.Before(earliest) || v.After(latest) {
		return 0, &ParseError{s, "time out of range"}
	}
	if t := Of(v); t != 0 {
		return t, nil
	}
	return 0, &ParseError{s, "time out of range"} // nobody means it, and it would read as not set
}

// ParseError says what is wrong with a text that was to be a time.
type ParseError struct {
	Text   string
	Reason string
}

// Error gives the reason and the text.
func (e *ParseError) Error() string { return fmt.Sprintf("%s: %.80q", e.Reason, e.Text) }

// Clock tells the present instant; tests and simulations hand in their own.
type Clock func() Time
