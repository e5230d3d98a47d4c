package maintenance

import (
	"slices"
	"strings"

	"liuke.dev/shared/calendar"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// begin begins processes: those that an event asked for, and those that come
// round by the calendar.
func begin() journey.Rule[State] {
	q := queue{name: "begin_process"}
	q.items = func(s *State, v *policy.View) []item {
		var out []item
		for _, o := range s.occasions(v) {
			out = append(out, item{key: o.Process + "|" + o.Key, due: o.due, base: o.Base})
		}
		return out
	}
	q.fire = func(s *State, f *journey.Firing, it item) {
		o, ok := s.occasion(it.key, f.View)
		if !ok {
			return
		}
		missed := s.take(o, f.Now, f.View)
		if missed {
			return // it was missed by so much that the next turn is nearer
		}
		f.Ask(journey.BeginProcess, s.subject(), effects.BeginProcess{Process: o.Process, Occasion: o.Key, For: o.For})
	}
	q.does = func(_ *State, it item, v *policy.View) lang.Text {
		id, _, _ := strings.Cut(it.key, "|")
		if p := v.Sections.Processes.Process(id); p != nil {
			return lang.T("开始流程："+p.Name.Zh, "begin the process: "+p.Name.En)
		}
		return lang.T("开始流程："+id, "begin the process: "+id)
	}
	r := q.rule()
	r.Policy = func(s *State, o journey.Obligation) string { return "processes.processes" }
	return r
}

// occasions are the processes that are to begin.
func (s *State) occasions(v *policy.View) []Occasion {
	if !s.runs() {
		return nil
	}
	out := slices.Clone(s.Waiting)
	for i := range out {
		out[i].due = out[i].Base.At
	}
	list := v.Sections.Processes.Processes
	for i := range list {
		p := &list[i]
		if p.Off || !fits(p.Only, s.Now.Value) {
			continue
		}
		switch p.Starts.On {
		case policy.OnRhythm:
			out = s.rhythm(out, p, v)
		case policy.OnCareDate:
			out = s.careDates(out, p, v)
		case policy.OnContractEnds:
			out = s.contracts(out, p, v)
		}
	}
	return out
}

func (s *State) occasion(key string, v *policy.View) (Occasion, bool) {
	for _, o := range s.occasions(v) {
		if o.Process+"|"+o.Key == key {
			return o, true
		}
	}
	return Occasion{}, false
}

// take notes that an occasion was taken up, and tells whether it was missed by
// too much to be worth anything.
func (s *State) take(o Occasion, now instant.Time, v *policy.View) (missed bool) {
	if i := slices.IndexFunc(s.Waiting, func(w Occasion) bool { return w.Process == o.Process && w.Key == o.Key }); i >= 0 {
		s.Waiting = slices.Delete(slices.Clone(s.Waiting), i, i+1)
		return false
	}
	if s.Last == nil {
		s.Last = map[string]instant.Time{}
	}
	k := o.Process + "|" + o.Key
	p := v.Sections.Processes.Process(o.Process)
	switch p.Starts.On {
	case policy.OnRhythm:
		s.Last[k] = max(o.due, now)
		turn := calendar.Turn(s.cadence(p))
		return now.Sub(o.due) > turn/2 && v.Speed <= 1
	case policy.OnCareDate:
		s.Last[k] = o.For
		return now > o.For.Add(v.Sections.Processes.CareUntil.Elapsed())
	}
	s.Last[k] = o.For
	return false
}

func (s *State) cadence(p *policy.Process) catalogue.Cadence {
	if p.Starts.AsAgreed && s.Now.Value.Cadence.Every > 0 {
		return s.Now.Value.Cadence
	}
	return catalogue.Cadence{Every: p.Starts.Every, Unit: p.Starts.Unit}
}

// rhythm adds the next turn of a rhythm.
func (s *State) rhythm(out []Occasion, p *policy.Process, v *policy.View) []Occasion {
	m := s.Now.Value
	o := Occasion{Process: p.ID, Key: "rhythm", Base: s.began()}
	anchor := v.After(m.BeganAt, p.Starts.FirstLate)
	last := max(anchor, s.Last[p.ID+"|rhythm"])
	c := s.cadence(p)
	if v.Speed > 1 {
		o.due = last + instant.Time(calendar.Turn(c).Milliseconds()/v.Speed)
	} else {
		o.due = calendar.NextRhythm(c, calendar.Zone(m.TimeZone, v.Zone().String()), v.Sections.Processes.CareAt, anchor, last)
	}
	if o.due == 0 {
		return out
	}
	o.For = o.due
	return append(out, o)
}

// careDates adds the next of each day that a process is for.
func (s *State) careDates(out []Occasion, p *policy.Process, v *policy.View) []Occasion {
	m := s.Now.Value
	zone := calendar.Zone(m.TimeZone, v.Zone().String())
	wanted := func(id string) bool { return len(p.Starts.Values) == 0 || slices.Contains(p.Starts.Values, id) }
	add := func(id string, d catalogue.Yearly) {
		o := Occasion{Process: p.ID, Key: "care:" + id, Base: s.began()}
		before := instant.Time(p.Starts.Before.Elapsed().Milliseconds())
		last := max(s.Last[p.ID+"|"+o.Key], m.BeganAt+before)
		if o.For = calendar.NextYearly(d, zone, v.Sections.Processes.CareAt, last); o.For == 0 {
			return
		}
		o.due = o.For - before
		out = append(out, o)
	}
	for _, d := range m.CareDates {
		if wanted(d.Kind) {
			add(d.ID, d.Date)
		}
	}
	for _, h := range v.Sections.Processes.Holidays {
		if wanted(h.ID) {
			add("holiday."+h.ID, catalogue.Yearly{Calendar: h.Calendar, Month: h.Month, Day: h.Day})
		}
	}
	return out
}

// contracts adds the contracts that come to their end.
func (s *State) contracts(out []Occasion, p *policy.Process, v *policy.View) []Occasion {
	for _, t := range s.Now.Value.Terms {
		o := Occasion{Process: p.ID, Key: "contract:" + t.Contract, For: t.EndsAt, Base: s.began()}
		if s.Last[p.ID+"|"+o.Key] >= t.EndsAt || t.EndsAt < s.At.At {
			continue
		}
		before := p.Starts.Before.Elapsed()
		o.due = t.EndsAt.Add(-before)
		out = append(out, o)
	}
	return out
}

// began is the fact that the calendar counts from.
func (s *State) began() journey.Moment {
	return journey.Moment{Ref: s.At.Ref, At: s.Now.Value.BeganAt}
}
