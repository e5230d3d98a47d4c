package workflows

import (
	"context"
	"maps"
	"slices"

	"liuke.dev/workflows/decisions"
)

// moved remembers by which calendars people worked when the sweeper looked last,
// so that it asks only for those who work by another one now. A person is looked
// at twice, because a decision may have been under way by the old calendar.
type moved struct {
	known map[string]string // nil: everybody is looked at
	again []string
}

// people gives who is to be looked at, given how all work now.
func (m *moved) people(now map[string]string, everybody []string) []string {
	changed := everybody
	if m.known != nil {
		changed = nil
		for _, id := range everybody {
			if m.known[id] != now[id] {
				changed = append(changed, id)
			}
		}
	}
	look := slices.Concat(changed, m.again)
	slices.Sort(look)
	m.known, m.again = now, changed
	return slices.Compact(look)
}

// sweepCalendars asks journeys for a new decision whose holder works by another
// calendar than the newest decision did: somebody moved to another team, or was
// given other working hours.
func (s *Service) sweepCalendars(ctx context.Context) error {
	now := s.d.Directory.Calendars()
	if s.moved.known != nil && len(s.moved.again) == 0 && maps.Equal(s.moved.known, now) {
		return nil
	}
	before := s.moved
	for _, person := range s.moved.people(now, s.d.Directory.Active()) {
		for _, k := range Kinds() {
			for _, list := range decisions.Elsewhere(k.Name(), person, now[person]) {
				if err := s.reconsiderAll(ctx, "the holder works by another calendar", list); err != nil {
					s.moved = before // all of them again
					return err
				}
			}
		}
	}
	return nil
}
