package deal_test

import (
	"slices"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
	"liuke.dev/workflows/journey/journeytest"
)

// C-06: the reminder comes with the contact that makes so many in a row without an
// answer, at the end of its reply window and once in a silence; any word of the
// customer begins the count anew.
func TestUnansweredReminds(t *testing.T) {
	const (
		out = 'o' // we wrote
		in  = 'i' // the customer did
	)
	for name, c := range map[string]struct {
		limit   int
		history string // a contact a day from Monday on
		reminds []int  // which contacts, counted from 1
	}{
		"as shipped, one":            {2, "o", nil},
		"as shipped, two":            {2, "oo", []int{2}},
		"once in a silence":          {2, "ooooo", []int{2}},
		"an answer resets":           {2, "oioio", nil},
		"a new silence reminds anew": {2, "ooioo", []int{2, 5}},
		"the first one reminds":      {1, "oo", []int{1}},
		"three":                      {3, "ooo", []int{3}},
		"three, answered before":     {3, "ooioo", nil},
		"off":                        {0, "ooooo", nil},
	} {
		t.Run(name, func(t *testing.T) {
			s := begin(t, journeytest.View(t, func(p *policy.Sections) {
				p.Risk.UnansweredContacts, p.Risk.ReplyWindow = c.limit, policy.D("3h")
			}))
			base := journeytest.At(t, "2026-03-03 10:00")
			var want []instant.Time
			for i, who := range c.history {
				at := base + instant.Time(i)*day
				if who == in {
					s.tell(at, follow(at))
					continue
				}
				s.tell(at, follow(at, outbound))
				if slices.Contains(c.reminds, i+1) {
					want = append(want, at+3*hour)
				}
			}
			s.Until(base + 9*day)
			var got []instant.Time
			for _, f := range s.Fired {
				if f.Obligation.Rule == "unanswered" && len(f.Effects) > 0 {
					got = append(got, f.Obligation.Due)
				}
			}
			if !slices.Equal(got, want) {
				t.Errorf("reminded %v, want %v", got, want)
			}
		})
	}
}

// C-06: the reminder goes to the owner, says how many, is foretold, and rests on
// every contact that stayed without an answer.
func TestUnansweredSaysWhy(t *testing.T) {
	s := begin(t, journeytest.View(t))
	first, second := journeytest.At(t, "2026-03-03 10:00"), journeytest.At(t, "2026-03-04 10:00")
	s.tell(first, follow(first, outbound))
	s.tell(second, follow(second, outbound))
	due := journeytest.At(t, "2026-03-09 10:00") // three working days after Wednesday
	s.Until(due - ms)
	i := slices.IndexFunc(s.Last.Pending, func(o catalogue.Obligation) bool { return o.Rule == "unanswered" })
	if i < 0 || s.Last.Pending[i].Due != due || s.Last.Pending[i].Does.Zh != "提醒负责人：连续2次联系客户没有回应" || s.Last.Pending[i].Does.En != "remind the owner: the customer did not answer 2 contacts in a row" {
		t.Fatalf("foretold %+v", s.Last.Pending)
	}
	if want := []string{"deal/d1/2/0", "deal/d1/3/0"}; !slices.Equal(s.Last.Pending[i].Because, want) || s.Last.Pending[i].Policy != "risk.reply_window" {
		t.Errorf("because %v of %s", s.Last.Pending[i].Because, s.Last.Pending[i].Policy)
	}
	s.Decide(due)
	var r effects.Remind
	if s.Effect("unanswered", journey.Remind, &r); r.Level != catalogue.LevelRemind || r.Owner != "zhang" || r.Late {
		t.Errorf("reminder %+v", r)
	}
	for _, told := range []string{r.Text.Zh, r.Text.En} {
		if told == "" {
			t.Errorf("text %+v", r.Text)
		}
	}
}

// C-06: a manager who lowers the number is heeded by silences that last already.
func TestUnansweredByALowerNumber(t *testing.T) {
	three := journeytest.View(t, func(p *policy.Sections) { p.Risk.UnansweredContacts = 3 })
	s := begin(t, three)
	for i := range 2 {
		at := journeytest.At(t, "2026-03-03 10:00") + instant.Time(i)*day
		s.tell(at, follow(at, outbound))
	}
	s.Until(journeytest.At(t, "2026-03-10 10:00"))
	s.View = journeytest.View(t, func(p *policy.Sections) { p.Risk.UnansweredContacts = 1 })
	at := journeytest.At(t, "2026-03-11 10:00")
	s.tell(at, follow(at, outbound))
	s.Until(at + 7*day)
	var r effects.Remind
	if s.Effect("unanswered", journey.Remind, &r); r.Due != at+5*day { // a weekend lies between
		t.Errorf("due %s", r.Due)
	}
}

// C-06: whoever calls again and again within the reply window does not put the reminder
// off, nor hears it twice in one silence; an answer to all but the last begins anew.
func TestUnansweredByManyContacts(t *testing.T) {
	s := begin(t, journeytest.View(t, func(p *policy.Sections) { p.Risk.ReplyWindow = policy.D("3d") }))
	base := journeytest.At(t, "2026-03-03 10:00")
	const calls = 100
	for i := range calls {
		s.tell(base+instant.Time(i)*hour, follow(base+instant.Time(i)*hour, outbound))
	}
	last := base + (calls-1)*hour
	s.tell(last+ms, follow(last-ms)) // recorded late: the customer had spoken before the last call
	s.tell(last+hour, follow(last+hour, outbound))
	s.Until(last + 9*day)
	var got []instant.Time
	for _, f := range s.Fired {
		if f.Obligation.Rule == "unanswered" && len(f.Effects) > 0 {
			got = append(got, f.Obligation.Due)
		}
	}
	if want := []instant.Time{base + hour + 3*day, last + hour + 3*day}; !slices.Equal(got, want) {
		t.Errorf("reminded %v, want %v", got, want)
	}
}
