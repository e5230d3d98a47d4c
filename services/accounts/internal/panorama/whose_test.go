package panorama

import (
	"testing"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
)

// A fact that is no customer's, or not yet, is left aside; it is no dead letter,
// whatever it tells of.
func TestWhatIsNobodysIsLeftAside(t *testing.T) {
	for _, data := range []string{`{"lead":"l1","before":"new","after":"contacted"}`, `{"deal":"d1","after":"quoted","state":{"id":"d1"}}`, `{"after":{"id":"l1"}}`, `{}`} {
		id, err := (&Panorama{}).whose(t.Context(), facts.Event{Type: (&catalogue.LeadStatusChanged{}).Kind().Type, Data: []byte(data)})
		if id != "" || err != nil {
			t.Errorf("%s: %q %v", data, id, err)
		}
	}
	if id := customerIn([]byte(`{"customer":"c1"}`)); id != "c1" {
		t.Errorf("%q", id)
	}
}
