package pursuit

import (
	"strconv"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// Unanswered counts an outbound contact as unanswered when nothing comes back
// within the reply window, and reminds the owner once so many in a row stayed
// without an answer (连续未响应, C-06). It is another rule than NoReply: it makes
// no task, and any word of the customer resets the count.
func Unanswered[S any](of func(*S) *Care) journey.Rule[S] {
	return journey.Rule[S]{
		Name: "unanswered",
		Arm: func(s *S, v *policy.View, p *journey.Pending) {
			c := of(s)
			if !c.Open() || v.Sections.Risk.ReplyWindow.IsZero() {
				return
			}
			for _, w := range c.Waiting {
				if w.V > p.Latest() && w.At > c.Begun.At {
					p.Add(w, v.After(w.At, v.Sections.Risk.ReplyWindow))
					return // one after the other
				}
			}
		},
		Fire: func(s *S, f *journey.Firing) {
			c := of(s)
			n := c.silent(f.Base.V)
			c.Unanswered = f.Base.V
			if c.tooMany(n, f.View) {
				c.Chased = f.Base.V
				c.Remind(f, catalogue.LevelRemind, inARow(n))
			}
		},
		Does: func(s *S, o journey.Obligation, v *policy.View) lang.Text {
			c := of(s)
			if n := c.silent(o.Base.V); c.tooMany(n, v) {
				return join(actions[policy.ActRemind], inARow(n))
			}
			return lang.T("这次联系记为未获回应", "count the contact as unanswered")
		},
		Because: func(s *S, o journey.Obligation) []string {
			c := of(s)
			var ids []string
			for _, w := range c.Waiting {
				if w.V <= o.Base.V {
					ids = append(ids, w.In(c.Kind+"/"+c.ID))
				}
			}
			return ids
		},
		Policy: func(s *S, _ journey.Obligation) string { return "risk.reply_window" },
	}
}

func inARow(n int) lang.Text {
	times := strconv.Itoa(n)
	if n == 1 {
		return lang.T("联系后客户没有回应", "the customer did not answer the contact")
	}
	return lang.T("连续"+times+"次联系客户没有回应", "the customer did not answer "+times+" contacts in a row")
}

// silent counts the contacts since the customer's last word, up to the one of
// that version.
func (c *Care) silent(upTo int64) int {
	n := 0
	for _, w := range c.Waiting {
		if w.V <= upTo {
			n++
		}
	}
	return n
}

// tooMany tells whether n unanswered contacts in a row are worth a reminder, and
// none of this silence has been one yet.
func (c *Care) tooMany(n int, v *policy.View) bool {
	limit := v.Sections.Risk.UnansweredContacts
	return limit > 0 && n >= limit && c.Chased < c.Waiting[0].V
}
