package policy

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"liuke.dev/shared/calendar"
	"liuke.dev/shared/instant"
)

// View is a book as a decision reads it: its sections with the working
// calendars compiled, and the demo's speed. It is immutable and safe to share.
type View struct {
	*Book
	// Speed divides every duration, 1 in earnest; a demo lets a month pass in a minute.
	Speed int64
	// ReviewSpeed divides the periods of scheduled reviews, which no deed ever ends: 1,
	// by the calendar, unless a demo wants to show them.
	ReviewSpeed int64
	schedule    *calendar.Schedule // that working durations run on
	home        *calendar.Schedule // of the default calendar
	schedules   map[string]*calendar.Schedule
	views       map[string]*View // of the same book on its other calendars
	stages      map[string]map[string]*Stage
}

// compiled keeps schedules by the JSON of their calendar, so that versions of
// the book with the same calendar share one.
type compiled map[string]*calendar.Schedule

func (c compiled) schedule(cal calendar.Calendar) (*calendar.Schedule, error) {
	raw, err := json.Marshal(cal)
	if err != nil {
		return nil, err
	}
	if s := c[string(raw)]; s != nil {
		return s, nil
	}
	s, err := calendar.Compile(cal)
	if err != nil {
		return nil, fmt.Errorf("calendar %s: %w", cal.ID, err)
	}
	c[string(raw)] = s
	return s, nil
}

// NewView compiles a book.
func NewView(b *Book, speed int64) (*View, error) { return newView(b, speed, 1, compiled{}) }

// Like compiles another book, to be read at the same speeds.
func (v *View) Like(b *Book) (*View, error) { return newView(b, v.Speed, v.ReviewSpeed, compiled{}) }

func newView(b *Book, speed, reviews int64, known compiled) (*View, error) {
	v := &View{Book: b, Speed: max(speed, 1), ReviewSpeed: max(reviews, 1), schedules: map[string]*calendar.Schedule{}, stages: map[string]map[string]*Stage{}}
	for _, c := range b.Sections.Calendars.Calendars {
		s, err := known.schedule(c)
		if err != nil {
			return nil, err
		}
		v.schedules[c.ID] = s
	}
	v.schedule = v.schedules[b.Sections.Calendars.Default]
	if v.schedule == nil {
		return nil, fmt.Errorf("policy: no calendar %q", b.Sections.Calendars.Default)
	}
	v.home = v.schedule
	for i := range b.Sections.Pipelines.Pipelines {
		p := &b.Sections.Pipelines.Pipelines[i]
		v.stages[p.ID] = map[string]*Stage{}
		for j := range p.Stages {
			v.stages[p.ID][p.Stages[j].ID] = &p.Stages[j]
		}
	}
	v.onEveryCalendar()
	return v, nil
}

// onEveryCalendar makes the views that On gives, once for all decisions.
func (v *View) onEveryCalendar() {
	v.views = map[string]*View{}
	for id, s := range v.schedules {
		if s != v.home {
			other := *v
			other.schedule = s
			v.views[id] = &other
		}
	}
}

// On gives the same book with working durations on the calendar of that id, such
// as that of the person who has to act; the default calendar if the book does not
// have it. How instants are written does not change with it.
func (v *View) On(calendar string) *View {
	if other := v.views[calendar]; other != nil {
		return other
	}
	if v.schedule == v.home {
		return v
	}
	home := *v
	home.schedule = v.home
	return &home
}

// After gives the instant a duration after from. Working durations run on the
// view's calendar, the default one unless On says another; under a demo's speed
// every duration is elapsed time.
func (v *View) After(from instant.Time, d Duration) instant.Time {
	if v.Speed > 1 {
		return from.Add(d.Elapsed() / time.Duration(v.Speed))
	}
	switch d.Unit {
	case WorkingMinutes, WorkingHours:
		return v.schedule.AddTime(from, d.Elapsed())
	case WorkingDays:
		return v.schedule.AddDays(from, int(d.N))
	}
	return from.Add(d.Elapsed())
}

// Working tells whether people work at the instant, by the view's calendar.
func (v *View) Working(at instant.Time) bool { return v.Speed > 1 || v.schedule.Working(at) }

// HasCalendar tells whether the book has a calendar of that id.
func (v *View) HasCalendar(id string) bool { return v.schedules[id] != nil }

// Stage gives a stage of a pipeline, nil if the book does not have it.
func (v *View) Stage(pipeline, stage string) *Stage { return v.stages[pipeline][stage] }

// Pipeline gives a pipeline, nil if the book does not have it.
func (v *View) Pipeline(id string) *Pipeline {
	for i := range v.Sections.Pipelines.Pipelines {
		if v.Sections.Pipelines.Pipelines[i].ID == id {
			return &v.Sections.Pipelines.Pipelines[i]
		}
	}
	return nil
}

// QuoteConfirmWithin gives the clock of the task that confirms a sent quote
// the stage's own, or the book's.
func (v *View) QuoteConfirmWithin(pipeline, stage string) Duration {
	if s := v.Stage(pipeline, stage); s != nil && !s.RevisitWithin.IsZero() {
		return s.RevisitWithin
	}
	return v.Sections.Tasks.QuoteConfirmWithin
}

// NoReplyAfter gives the time without reply that makes a second-touch task
// the stage's own, or that of leads.
func (v *View) NoReplyAfter(pipeline, stage string) Duration {
	if s := v.Stage(pipeline, stage); s != nil && !s.NoReplyAfter.IsZero() {
		return s.NoReplyAfter
	}
	return v.Sections.LeadCare.NoReplyAfter
}

// Reported gives the stage of the reference pipeline that a stage counts as in
// cross-team reports (C-01): itself where it maps to none.
func (v *View) Reported(pipeline, stage string) string {
	if s := v.Stage(pipeline, stage); s != nil && s.Maps != "" {
		return s.Maps
	}
	return stage
}

// LeakOn tells whether a leak detector is on.
func (v *View) LeakOn(leak string) bool { return slices.Contains(v.Sections.Risk.Leaks, leak) }

// Zone is the time zone of the default calendar, by which days, weeks and months begin.
func (v *View) Zone() *time.Location { return v.home.Zone() }

// Local writes an instant as people of the default calendar's zone read it.
func (v *View) Local(at instant.Time) string { return v.home.Local(at) }

// Has tells whether an option list holds an id.
func Has(list []Option, id string) bool {
	return slices.ContainsFunc(list, func(o Option) bool { return o.ID == id })
}

// Leads tells whether a stage may be followed by another.
func (s *Stage) Leads(to string) bool { return slices.Contains(s.Exits, to) }
