package experience

import "liuke.dev/services/accounts/internal/holdings"

// Holders lets a merge move what was learnt of a customer, and its undo give it back.
func (s Section) Holders() []holdings.Holder {
	return []holdings.Holder{holdings.Of("lesson", s.lessons, func(l *Lesson) (*string, *[]string) { return &l.Customer, &l.Origins }, nil)}
}
