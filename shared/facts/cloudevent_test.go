package facts

import (
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/kafka"
)

// The names of the CloudEvents 1.0 Kafka protocol binding, binary content mode
// (sections 3.2.1 to 3.2.3): every attribute as a header with the prefix ce_, but
// for datacontenttype, which is content-type. Extension names are lower case
// letters and digits.
func TestHeadersAreThoseOfTheCloudEventsBinding(t *testing.T) {
	m := ToMessage(Event{ID: "lead/a/3/0", Source: "liuke/leads", Type: "liuke.leads.lead_recorded.v1", Subject: "lead/a", Time: at, Customer: "c",
		Aggregate: "lead/a", Version: 3, Data: []byte("{}")}, "liuke.leads", "")
	got := map[string]string{}
	for _, h := range m.Headers {
		got[h.Key] = h.Value
	}
	want := map[string]string{"ce_specversion": "1.0", "ce_id": "lead/a/3/0", "ce_source": "liuke/leads", "ce_type": "liuke.leads.lead_recorded.v1",
		"ce_subject": "lead/a", "ce_time": at.String(), "ce_customer": "c", "ce_aggregateversion": "3", "content-type": "application/json"}
	if !maps.Equal(got, want) || m.Key != "lead/a" || string(m.Value) != "{}" {
		t.Errorf("%+v", m)
	}
}

func TestAnEventComesBackFromTheWireAsItWent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringN(1, 20, 60)
		e := Event{ID: text.Draw(t, "id"), Source: text.Draw(t, "source"), Type: text.Draw(t, "type"), Subject: text.Draw(t, "subject"),
			Time: instant.Time(rapid.Int64Range(1, 4e12).Draw(t, "time")), Customer: rapid.String().Draw(t, "customer"),
			Version: rapid.Int64Range(1, 1<<60).Draw(t, "version"), Data: []byte(`{"a":1}`)}
		e.Aggregate = e.Subject
		m := ToMessage(e, "t", rapid.String().Draw(t, "key"))
		got, err := FromMessage(m)
		if err != nil || got.ID != e.ID || got.Source != e.Source || got.Type != e.Type || got.Subject != e.Subject || got.Time != e.Time ||
			got.Customer != e.Customer || got.Version != e.Version || string(got.Data) != string(e.Data) || got.Replayed {
			t.Fatalf("%+v %v", got, err)
		}
	})
}

func TestWhatIsNoCloudEventIsRefused(t *testing.T) {
	good := ToMessage(Event{ID: "i", Source: "s", Type: "t", Subject: "x", Aggregate: "x", Time: at, Version: 1, Data: []byte("{}")}, "t", "")
	for _, header := range []string{"ce_specversion", "ce_id", "ce_source", "ce_type", "ce_subject", "ce_time", "ce_aggregateversion", "content-type"} {
		m := good
		m.Headers = slices.DeleteFunc(slices.Clone(good.Headers), func(h kafka.Header) bool { return h.Key == header })
		if _, err := FromMessage(m); !errors.Is(err, ErrNotAnEvent) {
			t.Errorf("without %s: %v", header, err)
		}
	}
	for header, value := range map[string]string{"ce_specversion": "0.3", "ce_time": "yesterday", "ce_aggregateversion": "one", "content-type": "text/xml"} {
		m := good
		m.Headers = slices.Clone(good.Headers)
		for i := range m.Headers {
			if m.Headers[i].Key == header {
				m.Headers[i].Value = value
			}
		}
		if _, err := FromMessage(m); !errors.Is(err, ErrNotAnEvent) {
			t.Errorf("%s %s: %v", header, value, err)
		}
	}
	m := good
	m.Headers = slices.Clone(good.Headers)
	m.Headers[len(m.Headers)-1].Value = "application/json; charset=utf-8"
	if _, err := FromMessage(m); err != nil || !strings.HasPrefix(m.Header("content-type"), "application/json") {
		t.Error("a charset is no reason to refuse:", err)
	}
}
