package auth

import (
	"errors"
	"path/filepath"
	"testing"
	"time"
)

// A token that was checked a moment ago is not checked again, but who left or
// whose token expired is refused at once all the same.
func TestARememberedTokenOpensNothingToWhomItShouldNot(t *testing.T) {
	key, err := LoadOrCreateKey(filepath.Join(t.TempDir(), "key.pem"))
	if err != nil {
		t.Fatal(err)
	}
	active, roles := true, []Role{Salesperson}
	v := &Verifier{Key: key, Person: func(id, _ string) (Principal, bool) { return Principal{ID: id, Roles: roles}, active }}
	token, err := key.Issue(Principal{ID: "wang"}, 2*time.Second)
	if err != nil {
		t.Fatal(err)
	}
	verify := func() (Principal, error) { return v.Verify(t.Context(), token) }
	if _, err := verify(); err != nil {
		t.Fatal(err)
	}
	if _, ok := v.memory.get(token); !ok {
		t.Fatal("the token is not remembered")
	}
	roles = []Role{SalesManager}
	if p, err := verify(); err != nil || !p.Is(SalesManager) {
		t.Errorf("a changed role does not count at once: %v %v", p, err)
	}
	active = false
	if _, err := verify(); !errors.Is(err, ErrToken) {
		t.Errorf("somebody who left: %v", err)
	}
	active = true
	time.Sleep(2100 * time.Millisecond)
	if _, err := verify(); !errors.Is(err, ErrToken) {
		t.Errorf("an expired token: %v", err)
	}
	if _, err := v.Verify(t.Context(), token+"x"); !errors.Is(err, ErrToken) {
		t.Errorf("a changed token: %v", err)
	}
}

func TestTheMemoryOfTokensIsBounded(t *testing.T) {
	var m memory
	for n := range rememberMost + 10 {
		m.put(string(rune(n)), remembered{}, time.Now().Add(time.Hour))
	}
	if len(m.tokens) > rememberMost {
		t.Errorf("%d tokens are remembered", len(m.tokens))
	}
}
