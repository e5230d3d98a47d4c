package policy

import (
	"fmt"
	"time"

	"liuke.dev/shared/calendar"
	"liuke.dev/shared/instant"
)

// View is a book as a decision reads it: its sections with the default working
// calendar compiled, and the demo's speed. It is immutable and safe to share.
type View struct {
	*Book
	// Speed divides every duration, 1 in earnest; a demo lets a month pass in a minute.
	Speed    int64
	schedule *calendar.Schedule
	stages   map[string]map[string]*Stage
}

// NewView compiles a book.
func NewView(b *Book, speed int64) (*View, error) {
	v := &View{Book: b, Speed: max(speed, 1), stages: map[string]map[string]*Stage{}}
	for i := range b.Sections.Calendars.Calendars {
		c := &b.Sections.Calendars.Calendars[i]
		if c.ID != b.Sections.Calendars.Default {
			continue
		}
		s, err := calendar.Compile(*c)
		if err != nil {
			return nil, fmt.Errorf("calendar %s: %w", c.ID, err)
		}
		v.schedule = s
	}
	if v.schedule == nil {
		return nil, fmt.Errorf("policy: no calendar %q", b.Sections.Calendars.Default)
	}
	for i := range b.Sections.Pipelines.Pipelines {
		p := &b.Sections.Pipelines.Pipelines[i]
		v.stages[p.ID] = map[string]*Stage{}
		for j := range p.Stages {
			v.stages[p.ID][p.Stages[j].ID] = &p.Stages[j]
		}
	}
	return v, nil
}

// After gives the instant a duration after from. Working durations run on the
// default calendar; under a demo's speed every duration is elapsed time.
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

// Working tells whether people work at the instant.
func (v *View) Working(at instant.Time) bool { return v.Speed > 1 || v.schedule.Working(at) }

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

// Local writes an instant as people of the default calendar's zone read it.
func (v *View) Local(at instant.Time) string { return v.schedule.Local(at) }
