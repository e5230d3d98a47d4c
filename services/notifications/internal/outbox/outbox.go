// Package outbox holds reminders and their deliveries: who gets a reminder, when
// it may leave the house, and how often sending is tried. It is pure.
package outbox

import (
	"slices"
	"time"
	_ "time/tzdata" // people's zones are known on every machine

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
)

// Channels.
const (
	InApp   = "in_app"
	Email   = "email"
	Webhook = "webhook"
	Robot   = "robot" // a person's own
)

// States of a delivery.
const (
	Pending   = "pending"
	Sending   = "sending"
	Delivered = "delivered"
	Failed    = "failed"
	Withheld  = "withheld"
)

// Reminder is the document of a reminder. Spreading says that its deliveries are
// still to be made.
type Reminder struct {
	catalogue.Reminder
	Spreading bool `json:"spreading,omitempty"`
	// Trace is the one that the deliveries go on with, see shared/telemetry.
	Trace string `json:"trace,omitempty"`
}

// Delivery is the document of one reminder on its way to one person (or webhook)
// by one channel. The one in the app is the person's entry in their list.
type Delivery struct {
	ID       string             `json:"id"`
	Reminder catalogue.Reminder `json:"reminder"`
	// Outreach is what a customer is told, instead of a reminder.
	Outreach *catalogue.Outreach `json:"outreach,omitempty"`
	Person   string              `json:"person,omitempty"`
	Hook     string              `json:"hook,omitempty"`
	Channel  string              `json:"channel"`
	Target   string              `json:"target"` // whose places it takes: email, robot, or the webhook's id
	Status   string              `json:"status"`
	// Open is true while something is to be done at Next: send, try again, take up
	// what a crash interrupted.
	Open     bool         `json:"open,omitempty"`
	Next     instant.Time `json:"next,omitempty"`
	Digest   bool         `json:"digest,omitempty"` // leaves together with others
	Attempts int          `json:"attempts,omitempty"`
	Error    string       `json:"error,omitempty"`
	Unread   bool         `json:"unread,omitempty"`
	ReadAt   instant.Time `json:"read_at,omitempty"`
	At       instant.Time `json:"at"`
	EndedAt  instant.Time `json:"ended_at,omitempty"`
	Trace    string       `json:"trace,omitempty"` // that sending goes on with, see shared/telemetry
}

// DeliveryID names the delivery of a reminder to somebody by a channel.
func DeliveryID(reminder, to, channel string) string { return reminder + ":" + to + ":" + channel }

// Hook is a webhook that administrators registered.
type Hook struct {
	ID        string       `json:"id"`
	URL       string       `json:"url"`
	Secret    string       `json:"secret"`
	Levels    []string     `json:"levels,omitempty"`
	Channels  []string     `json:"channels,omitempty"` // of customers, whose gateway it is
	Active    bool         `json:"active,omitempty"`
	Gone      string       `json:"gone,omitempty"` // why it was switched off
	CreatedBy string       `json:"created_by,omitempty"`
	CreatedAt instant.Time `json:"created_at"`
}

// Targets of what customers are told: by mail, and through gateways.
const (
	Customers = "customers"
	Gateways  = "gateways"
)

// Wants tells whether the hook takes reminders of a level; a gateway takes only those it names.
func (h Hook) Wants(level string) bool {
	if len(h.Levels) == 0 {
		return h.Active && len(h.Channels) == 0
	}
	return h.Active && slices.Contains(h.Levels, level)
}

// Carries tells whether the hook is the gateway of a channel to customers.
func (h Hook) Carries(channel string) bool { return h.Active && slices.Contains(h.Channels, channel) }

// People tells who acts for whom.
type People interface {
	Person(id string) (catalogue.Person, bool)
	Substitute(id string, at instant.Time) string
	Supervisor(id string) string
}

// Recipients gives who gets a reminder of a level about something of an owner
// nobody who left or is away without somebody standing in.
func Recipients(p People, level, owner string, now instant.Time) []string {
	holder, above := p.Substitute(owner, now), ""
	if s := p.Supervisor(owner); s != "" {
		above = p.Substitute(s, now)
	}
	var to []string
	switch level {
	case catalogue.LevelWarn:
		to = []string{holder, above}
	case catalogue.LevelEscalate:
		to = []string{above}
		if above == "" {
			to = []string{holder} // nobody above: it must reach somebody
		}
	default:
		to = []string{holder}
	}
	slices.Sort(to)
	return slices.DeleteFunc(slices.Compact(to), func(s string) bool { return s == "" })
}

// home is the zone of people who name none.
const home = "Asia/Shanghai"

func zone(p catalogue.Person) *time.Location {
	if z, err := time.LoadLocation(p.Zone); err == nil && p.Zone != "" {
		return z
	}
	z, err := time.LoadLocation(home)
	if err != nil {
		return time.UTC
	}
	return z
}

// Release gives when a reminder of a level may leave the house for a person: now,
// or after their quiet hours and, if the policy says so, in working time.
// Escalations are urgent and leave at once.
func Release(v *policy.View, p catalogue.Person, level string, now instant.Time) instant.Time {
	if level == catalogue.LevelEscalate {
		return now
	}
	n := v.Sections.Notifications
	at := now
	for range 8 { // quiet hours may end outside working time and the other way round
		next := quietEnd(n.QuietFrom, n.QuietTo, zone(p), at)
		if n.WorkingTimeOnly && !v.Working(next) {
			next = v.After(next, policy.D("1wm")).Add(-time.Minute)
		}
		if next == at {
			return at
		}
		at = next
	}
	return at
}

// quietEnd gives the end of the quiet hours that an instant lies in, or the instant.
func quietEnd(from, to string, z *time.Location, at instant.Time) instant.Time {
	f, okFrom := clock(from)
	t, okTo := clock(to)
	if !okFrom || !okTo || f == t {
		return at
	}
	local := at.Std().In(z)
	minute := local.Hour()*60 + local.Minute()
	switch {
	case f < t && minute >= f && minute < t, f > t && minute < t:
		return on(local, t)
	case f > t && minute >= f:
		return on(local.AddDate(0, 0, 1), t)
	}
	return at
}

// Awake gives when what was sent to a customer may arrive: now, or when the quiet
// hours of their zone end, if it was held up on its way until they began (D-9).
func Awake(v *policy.View, o catalogue.Outreach, now instant.Time) instant.Time {
	z, err := time.LoadLocation(o.Zone)
	if o.AnyHour || v.Speed > 1 || o.Zone == "" || err != nil {
		return now
	}
	return quietEnd(v.Sections.Outreach.QuietFrom, v.Sections.Outreach.QuietTo, z, now)
}

// NextDigest gives the first time of the daily digest of a person at or after an
// instant; zero if there is no digest.
func NextDigest(v *policy.View, p catalogue.Person, at instant.Time) instant.Time {
	m, ok := clock(v.Sections.Notifications.DigestAt)
	if !ok {
		return 0
	}
	local := at.Std().In(zone(p))
	if today := on(local, m); !today.Before(at) {
		return today
	}
	return on(local.AddDate(0, 0, 1), m)
}

// LastDigest gives the digest time of a person at or before an instant, with its
// local date; zero if there is no digest.
func LastDigest(v *policy.View, p catalogue.Person, at instant.Time) (instant.Time, string) {
	m, ok := clock(v.Sections.Notifications.DigestAt)
	if !ok {
		return 0, ""
	}
	local := at.Std().In(zone(p))
	if on(local, m).After(at) {
		local = local.AddDate(0, 0, -1)
	}
	return on(local, m), local.Format(time.DateOnly)
}

// DayEnd gives the end of a person's day.
func DayEnd(p catalogue.Person, at instant.Time) instant.Time {
	return on(at.Std().In(zone(p)).AddDate(0, 0, 1), 0)
}

func on(day time.Time, minute int) instant.Time {
	return instant.Of(time.Date(day.Year(), day.Month(), day.Day(), minute/60, minute%60, 0, 0, day.Location()))
}

func clock(s string) (int, bool) {
	t, err := time.Parse("15:04", s)
	return t.Hour()*60 + t.Minute(), err == nil
}

// Attempts of sending, and the pauses between them.
type Attempts struct {
	Most  int
	First time.Duration
	Last  time.Duration
}

// Pause gives how long to wait after so many attempts.
func (a Attempts) Pause(made int) time.Duration {
	d := a.First
	for i := 1; i < made && d < a.Last; i++ {
		d *= 2
	}
	return min(d, a.Last)
}
