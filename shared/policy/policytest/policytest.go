// Package policytest gives the shipped policy to tests.
package policytest

import "liuke.dev/shared/policy"

// failer is what is needed of a test.
type failer interface {
	Helper()
	Fatalf(format string, args ...any)
}

func book(change []func(*policy.Sections)) policy.Book {
	b := policy.Book{Version: 1, Sections: policy.Defaults()}
	for _, c := range change {
		c(&b.Sections)
	}
	return b
}

// View gives the shipped policy; change edits it first.
func View(t failer, change ...func(*policy.Sections)) *policy.View {
	t.Helper()
	b := book(change)
	v, err := policy.NewView(&b, 1)
	if err != nil {
		t.Fatalf("policy: %v", err)
	}
	return v
}

// Holder gives a holder of the shipped policy; change edits it first.
func Holder(t failer, change ...func(*policy.Sections)) *policy.Holder {
	t.Helper()
	h := policy.NewHolder(1)
	if err := h.Put(book(change)); err != nil {
		t.Fatalf("policy: %v", err)
	}
	return h
}
