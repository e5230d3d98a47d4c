package trust

import (
	"strings"

	"liuke.dev/services/accounts/internal/panorama/board"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// deciderLeft: somebody is still named as deciding who has left: a contact in that
// role whom nobody succeeded, or whom a running deal names.
func deciderLeft(e *eye) {
	active := false
	for _, d := range e.Deciders {
		active = active || d.LeftAt == 0
	}
	for _, d := range e.Deciders {
		if d.LeftAt != 0 && d.LeftAt <= e.now && d.Successor == "" && !active {
			e.find(board.Finding{Rule: "decider_left", Since: d.LeftAt, Says: lang.T("决策人"+d.Name+"已离开，没有接任者", d.Name+", who decides, has left and nobody succeeded")})
		}
	}
	for _, r := range e.Items() {
		if at, gone := e.gone(r.Decides); gone {
			e.find(board.Finding{Rule: "decider_left", Subject: &r.Subject, Since: at, Says: lang.T("“"+r.Title+"”仍以已离开的"+r.Decides+"为决策人", "“"+r.Title+"” still names "+r.Decides+" as deciding, who has left")})
		}
	}
}

// gone tells when the contact of a name left; one of the same name who is still there is meant.
func (e *eye) gone(name string) (at instant.Time, gone bool) {
	if name == "" {
		return 0, false
	}
	for _, d := range e.Deciders {
		if d.Contact != name && !strings.EqualFold(d.Name, name) {
			continue
		}
		if d.LeftAt == 0 || d.LeftAt > e.now {
			return 0, false
		}
		at, gone = d.LeftAt, true
	}
	return at, gone
}
