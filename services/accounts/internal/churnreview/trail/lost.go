package trail

import (
	"fmt"
	"slices"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// gaps are the silences, the one up to the loss included.
func gaps(list []Touchpoint, until instant.Time, after time.Duration) []Gap {
	out := []Gap{}
	for i, t := range list {
		to := until
		if i+1 < len(list) {
			to = list[i+1].At
		}
		if silence := to.Sub(t.At); silence > after {
			out = append(out, Gap{After: t.Entry, From: t.At, To: to, Days: int(silence / day), Step: t.Step})
		}
	}
	return out
}

// lostAt is the step where the customer was lost: the last at which something was
// owed to the customer, or blamed by them, since they last bought; else where the
// silence before the loss began.
func lostAt(m Map) catalogue.ChurnStep {
	if len(m.Touchpoints) == 0 {
		return catalogue.ChurnStep{}
	}
	for _, t := range slices.Backward(m.Touchpoints) {
		if t.Kind == catalogue.EntryOrder && t.State == Fine {
			break
		}
		if t.State == Late || t.State == Unanswered || t.State == Broken || t.Feedback == Blame {
			return at(t, t.why())
		}
	}
	last := m.Touchpoints[len(m.Touchpoints)-1]
	days := int(m.ChurnedOn.Sub(last.At) / day)
	return at(last, lang.T(fmt.Sprintf("此后%d天双方没有任何接触", days), fmt.Sprintf("for %d days after it neither side said anything", days)))
}

func at(t Touchpoint, says lang.Text) catalogue.ChurnStep {
	return catalogue.ChurnStep{Step: t.Step, Name: StepOf(t.Step).Name, At: t.At, Entry: t.Entry, Says: says}
}

// why says what is wrong with a touchpoint.
func (t Touchpoint) why() lang.Text {
	if !t.Owed.IsZero() {
		return t.Owed
	}
	return lang.T("客户表示不满："+t.Says.Zh, "the customer was not content: "+t.Says.En)
}
