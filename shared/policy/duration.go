package policy

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Unit of a policy duration: elapsed time runs always, working time only while
// the working calendar says that people work.
type Unit string

// The units. A working day is one full working day of the calendar.
const (
	Seconds        Unit = "s"
	Minutes        Unit = "m"
	Hours          Unit = "h"
	Days           Unit = "d"
	WorkingMinutes Unit = "wm"
	WorkingHours   Unit = "wh"
	WorkingDays    Unit = "wd"
)

// Duration is a policy duration with its unit and calendar: "7d", "10m", "24h",
// "3wd", "4wh". The zero Duration means "switched off".
type Duration struct {
	N    int64
	Unit Unit
}

var durationForm = regexp.MustCompile(`^([0-9]{1,5})(s|m|h|d|wm|wh|wd)$`)

// ParseDuration reads the text form; empty text is the zero Duration.
func ParseDuration(s string) (Duration, error) {
	if s == "" {
		return Duration{}, nil
	}
	m := durationForm.FindStringSubmatch(s)
	if m == nil {
		return Duration{}, fmt.Errorf("policy: %q is not a duration such as 10m, 24h, 7d (elapsed) or 4wh, 3wd (working time)", s)
	}
	n, err := strconv.ParseInt(m[1], 10, 64)
	if err != nil {
		return Duration{}, err
	}
	return Duration{N: n, Unit: Unit(m[2])}, nil
}

// D reads the text form of a duration written in code and panics if it is wrong.
func D(s string) Duration {
	d, err := ParseDuration(s)
	if err != nil {
		panic(err)
	}
	return d
}

// IsZero tells whether the duration is switched off.
func (d Duration) IsZero() bool { return d.N == 0 }

// Working tells whether the duration runs on the working calendar.
func (d Duration) Working() bool { return len(d.Unit) == 2 }

// Elapsed gives the duration as plain time; of a working duration the amount of
// working time, a working day counted as 24 h (used where a demo shortens time).
func (d Duration) Elapsed() time.Duration {
	switch d.Unit {
	case Seconds:
		return time.Duration(d.N) * time.Second
	case Minutes, WorkingMinutes:
		return time.Duration(d.N) * time.Minute
	case Hours, WorkingHours:
		return time.Duration(d.N) * time.Hour
	case Days, WorkingDays:
		return time.Duration(d.N) * 24 * time.Hour
	}
	return 0
}

// String gives the text form.
func (d Duration) String() string {
	if d.N == 0 && d.Unit == "" {
		return ""
	}
	return strconv.FormatInt(d.N, 10) + string(d.Unit)
}

// MarshalText writes the text form.
func (d Duration) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads the text form.
func (d *Duration) UnmarshalText(b []byte) error {
	v, err := ParseDuration(string(b))
	if err == nil {
		*d = v
	}
	return err
}
