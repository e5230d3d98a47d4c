package facts

import (
	"context"
	"encoding/json"
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/store"
)

func policyFact(t *testing.T, version int64, effective instant.Time, change func(*policy.Book)) kafka.Message {
	t.Helper()
	book := policy.Book{Version: version, EffectiveFrom: effective, Author: "admin", Reason: "test", PublishedAt: effective, Sections: policy.Defaults()}
	if change != nil {
		change(&book)
	}
	text := raw(t, book)
	d := &catalogue.PolicyPublished{Version: version, EffectiveFrom: effective, Author: "admin", Reason: "test", Book: json.RawMessage(text)}
	d.SetHead(catalogue.Head{AggregateVersion: 1, Actor: catalogue.Actor{ID: "admin", Kind: catalogue.ActorPerson}})
	data := raw(t, d)
	if err := Validate(d.Kind().Type, data); err != nil {
		t.Fatal(err)
	}
	aggregate := "policy/" + string(rune('0'+version))
	return ToMessage(Event{ID: store.FactID(aggregate, 1, 0), Source: "liuke/organization", Type: d.Kind().Type, Subject: aggregate, Time: effective,
		Aggregate: aggregate, Version: 1, Data: data}, catalogue.TopicPolicy, "")
}

func TestThePolicyHolderFollowsItsTopic(t *testing.T) {
	m := memory(t, policyFact(t, 1, at, nil), policyFact(t, 2, at+1000, nil),
		policyFact(t, 3, at+500, func(b *policy.Book) { b.Version = 9 }), // says one thing and holds another
		policyFact(t, 4, at+600, func(b *policy.Book) { b.Sections.Calendars.Default = "none" }))
	ctx, cancel := context.WithCancel(t.Context())
	holder, ready, ended := policy.NewHolder(1), make(chan struct{}), make(chan error, 1)
	go func() { ended <- FollowPolicy(ctx, m, holder, nil, func() { close(ready) }) }()
	<-ready
	for when, want := range map[instant.Time]int64{at: 1, at + 999: 1, at + 1000: 2} {
		if v, err := holder.At(when); err != nil || v.Version != want {
			t.Errorf("at %d: %v %v", when, v, err)
		}
	}
	if err := m.Produce(ctx, []kafka.Message{policyFact(t, 5, at+2000, nil)}); err != nil {
		t.Fatal(err)
	}
	eventually(t, "version 5 in force", func() bool { v, err := holder.At(at + 3000); return err == nil && v.Version == 5 })
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
