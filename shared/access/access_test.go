package access_test

import (
	"errors"
	"testing"
	"time"

	"liuke.dev/shared/access"
	"liuke.dev/shared/access/accesstest"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
)

type action string

var table = access.Table[action]{Rights: map[auth.Role]access.Rights[action]{
	access.Everyone:  {"read": access.Own},
	auth.Salesperson: {"read": access.Mates, "write": access.Own},
	auth.Technical:   {"write": access.All},
	auth.System:      {"run": access.All},
}, Texts: map[access.Scope]lang.Text{access.Own: lang.T("仅本人", "own"), access.Mates: lang.T("仅本组", "mates")}}

func TestWidestRoleDecidesAndRefusalsNameTheRule(t *testing.T) {
	nowhere := func(access.Scope) bool { return false }
	of := func(roles ...auth.Role) auth.Principal { return auth.Principal{ID: "me", Roles: roles} }
	for _, c := range []struct {
		p    auth.Principal
		a    action
		rule string // empty: allowed
		text string
	}{
		{of(auth.Salesperson), "write", "write.own", "own"},
		{of(auth.Salesperson, auth.Technical), "write", "", ""},
		{of(auth.Salesperson), "read", "read.mates", "mates"},
		{of(auth.Product), "read", "read.own", "own"}, // everyone
		{of(auth.System), "read", "read", "takes one of the roles salesperson"},
		{of(), "read", "read", "takes one of the roles salesperson"},
		{of(auth.Product), "write", "write", "takes one of the roles salesperson, technical"},
	} {
		err := table.May(c.p, c.a, nowhere)
		var e *problem.Error
		if c.rule == "" {
			if err != nil {
				t.Errorf("%v %s: %v", c.p.Roles, c.a, err)
			}
		} else if !errors.As(err, &e) || e.Code != problem.Forbidden || e.Rule != c.rule || e.Text.En != c.text {
			t.Errorf("%v %s: %v, want %s", c.p.Roles, c.a, err, c.rule)
		}
	}
	if table.MayAtAll(of(auth.Salesperson), "write") != nil || table.MayAtAll(of(auth.Product), "write") == nil {
		t.Error("at all")
	}
}

// a delegate owns until the owner is back; the scopes contain one another.
func TestRelations(t *testing.T) {
	began := instant.Of(time.Date(2026, 3, 2, 2, 0, 0, 0, time.UTC))
	now := began
	r := access.Relations{People: accesstest.People(began), Clock: func() instant.Time { return now }}
	for owner, from := range map[string]access.Scope{"me": access.Own, "away": access.Own, "mate": access.Mates, "below": access.Team, "deeper": access.Team,
		"peer": access.All, "stranger": access.All, "boss": access.All, "unknown": access.All, "": access.All} {
		for s := access.None; s <= access.All; s++ {
			if got := r.Covers(s, "me", owner); got != (s >= from) {
				t.Errorf("%s over %q: %v", s, owner, got)
			}
		}
	}
	if now = began.Add(time.Hour); r.Owns("me", "away") {
		t.Error("a delegate acts after the owner is back")
	}
}
