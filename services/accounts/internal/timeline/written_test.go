package timeline

import (
	"encoding/json"
	"reflect"
	"testing"

	"github.com/danielgtaylor/huma/v2"
	"pgregory.net/rapid"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

// an entry that is passed on as it is written says what it says when it is
// read; what another source told first is left out, whatever its words look like.
func TestWhatIsWrittenIsWhatIsRead(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := rapid.SampledFrom([]string{"", "call-1", `"same_as":`, `{"origins":["x"]}`, "same_as", "谈了 <价格> & 交期"})
		e := Entry{TimelineEntry: catalogue.TimelineEntry{ID: "a", SameAs: rapid.SampledFrom([]string{"", "", "b"}).Draw(t, "same"), Says: lang.T(word.Draw(t, "zh"), word.Draw(t, "en")),
			Data: map[string]string{word.Draw(t, "name"): word.Draw(t, "value")}}, Origins: rapid.SliceOfN(rapid.Just("x"), 0, 2).Draw(t, "origins")}
		document, err := json.Marshal(e)
		if err != nil {
			t.Fatal(err)
		}
		w, err := written(document)
		if err != nil || (w == nil) != (e.SameAs != "") {
			t.Fatalf("%s gives %s, %v", document, w, err)
		}
		want, _ := json.Marshal(e.TimelineEntry)
		if w != nil && string(w) != string(want) {
			t.Errorf("got  %s\nwant %s", w, want)
		}
	})
}

// Whoever reads the interface's description sees entries, however they are passed on.
func TestWhatIsWrittenIsDescribedAsAnEntry(t *testing.T) {
	r := huma.NewMapRegistry("#/components/schemas/", huma.DefaultSchemaNamer)
	s := r.Schema(reflect.TypeFor[struct {
		Timeline []Written `json:"timeline"`
	}](), false, "x")
	if items := s.Properties["timeline"].Items; items == nil || items.Ref != "#/components/schemas/TimelineEntry" || r.Map()["TimelineEntry"].Properties["occurred_at"] == nil {
		t.Errorf("%+v", s.Properties["timeline"])
	}
}
