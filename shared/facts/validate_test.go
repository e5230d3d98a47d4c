package facts

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/money"
)

const at = instant.Time(1790000000000)

func lead() *catalogue.LeadRecorded {
	return &catalogue.LeadRecorded{Head: catalogue.Head{AggregateVersion: 1, Actor: catalogue.Actor{ID: "p1", Kind: catalogue.ActorPerson}, PolicyVersion: 1},
		After: catalogue.Lead{ID: "01J", Company: "上海远景", Contact: "王敏", Phone: "+8613800000000", Email: "w@example.com", Source: "exhibition", Need: "300 套",
			Status: catalogue.LeadNew, Owner: "p1", Value: &money.Amount{Minor: 1_000_000, Currency: "CNY"}, Objections: []string{"price"}, ArrivedAt: at,
			FirstContactAt: at, RecordedAt: at, NextTouchAt: at, Missing: []string{"next_touch"},
			Marks: []catalogue.Mark{{Rule: "no_next_touch", Since: at, Cause: "lead:01J:x:1", Evidence: []string{"lead/01J/1/0"}}}, ClocksFrom: at}}
}

func raw(t interface {
	Helper()
	Fatal(...any)
}, v any) []byte {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestEveryTypeHasASchemaThatCompilesBothWays(t *testing.T) {
	for _, d := range catalogue.All() {
		for _, open := range []bool{false, true} {
			if _, err := compile(d, open); err != nil {
				t.Errorf("%s: %v", d.Kind().Type, err)
			}
		}
	}
}

func TestProducersAreStrictAndConsumersLetNewFieldsPass(t *testing.T) {
	const kind = "liuke.leads.lead_recorded.v1"
	good := string(raw(t, lead()))
	cases := []struct {
		name, data       string
		produce, consume bool
	}{
		{"as recorded", good, true, true},
		{"a field that a newer producer added", strings.Replace(good, `"need":`, `"mood":"good","need":`, 1), false, true},
		{"a field missing", strings.Replace(good, `"source":"exhibition",`, ``, 1), false, false},
		{"another type", strings.Replace(good, `"source":"exhibition"`, `"source":7`, 1), false, false},
		{"a status that does not exist", strings.Replace(good, `"status":"new"`, `"status":"old"`, 1), false, false},
		{"no time", strings.Replace(good, `"arrived_at":"`+at.String()+`"`, `"arrived_at":"yesterday"`, 1), false, false},
		{"a currency that is none", strings.Replace(good, `"CNY"`, `"yuan"`, 1), false, false},
		{"negative money", strings.Replace(good, `"minor":1000000`, `"minor":-1`, 1), false, false},
		{"not JSON", good[:len(good)-1], false, false},
		{"two values", good + good, false, false},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if err := Validate(kind, []byte(c.data)); (err == nil) != c.produce {
				t.Errorf("producing: %v", err)
			}
			if err := ValidateRead(kind, []byte(c.data)); (err == nil) != c.consume {
				t.Errorf("consuming: %v", err)
			}
		})
	}
}

func TestUnknownTypesAreRefused(t *testing.T) {
	for _, check := range []func(string, []byte) error{Validate, ValidateRead} {
		if err := check("liuke.leads.lead_eaten.v1", []byte("{}")); !errors.Is(err, ErrUnknownType) {
			t.Error(err)
		}
	}
}

func TestRecordRefusesDataThatDoesNotFit(t *testing.T) {
	d := lead()
	d.After.Status = "odd"
	if _, err := Record(context.Background(), Stamp{Source: "liuke/leads", At: at}, 1, d); err == nil {
		t.Fatal("recorded")
	}
}

func TestTheMemoKeepsStrictAndLenientApart(t *testing.T) {
	const kind = "liuke.leads.lead_recorded.v1"
	newer := []byte(strings.Replace(string(raw(t, lead())), `"need":`, `"mood":"good","need":`, 1))
	for range 2 {
		if ValidateRead(kind, newer) != nil || Validate(kind, newer) == nil {
			t.Fatal("what a consumer may read is not what a producer may write")
		}
		if Validate("liuke.leads.lead_linked.v1", raw(t, lead())) == nil {
			t.Fatal("valid for another type")
		}
	}
}

func TestTheMemoForgetsAndStaysSmall(t *testing.T) {
	m := &memo{young: map[uint64]struct{}{}}
	for k := range uint64(5 * memoSize) {
		m.add(k)
		if !m.has(k) {
			t.Fatal("forgot at once")
		}
	}
	if m.has(0) || !m.has(5*memoSize-memoSize) || len(m.young)+len(m.old) > 2*memoSize+1 {
		t.Error(m.has(0), len(m.young), len(m.old))
	}
}

// First is what a fact costs once per process, Again every time after.
func BenchmarkValidateLead(b *testing.B) {
	const kind = "liuke.leads.lead_recorded.v1"
	data := raw(b, lead())
	b.Run("First", func(b *testing.B) {
		c := known()[kind]
		b.ReportAllocs()
		for b.Loop() {
			if err := c.check(c.closed, data); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("Again", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if err := ValidateRead(kind, data); err != nil {
				b.Fatal(err)
			}
		}
	})
}
