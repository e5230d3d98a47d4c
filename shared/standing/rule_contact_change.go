package standing

import (
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"slices"
	"strings"
)

// contactChange sees that the decision maker or a key contact left or moved and
// the successor has not taken over: nothing has come from them yet (关键联系人更换,
// It is severe once nobody did within the policy's time, and calls for an
// executive-level conversation.
func contactChange(e *eye, r policy.SignalRule) (finding, bool) {
	w, _ := e.window(r.Check, r.Window, policy.Duration{}, 0)
	var open []Mark
	severe := false
	for _, c := range e.changes(w.from) {
		if c.Kind != contactNew && !e.tookOver(c) {
			open = append(open, c)
			severe = severe || e.at >= e.s.view.After(c.At, r.Within)
		}
	}
	if len(open) < max(r.Warning, 1) {
		return finding{}, false
	}
	return finding{severe: severe && r.Severe > 0, recent: float64(len(open)), window: w, evidence: open,
		says: e.words("关键联系人更换%d人，接任者尚未对接", "%d key contacts changed and no successor has taken over", len(open))}, true
}

// changes gives the changes of contacts, of each person and kind the newest one.
func (e *eye) changes(from instant.Time) []Mark {
	var out []Mark
	for _, c := range e.since(e.of(Contacts), from) {
		person, _ := who(c)
		out = slices.DeleteFunc(out, func(m Mark) bool {
			same, _ := who(m)
			return same == person && m.Kind == c.Kind
		})
		out = append(out, c)
	}
	return out
}

func who(m Mark) (contact, successor string) {
	contact, successor, _ = strings.Cut(m.Of, "\x1f")
	return contact, successor
}

// tookOver tells whether the successor has been in touch with us since, or
// without a named one another decision maker.
func (e *eye) tookOver(c Mark) bool {
	gone, successor := who(c)
	return slices.ContainsFunc(e.since(e.of(Inbound), c.At), func(m Mark) bool {
		who := m.Of
		if id := e.s.Names[who]; id != "" {
			who = id
		}
		if who == "" || who == gone {
			return false
		}
		return who == successor || successor == "" && e.s.Roles[m.Of] == catalogue.RoleDecisionMaker
	})
}
