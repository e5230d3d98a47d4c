package mongo

import (
	"encoding/json"
	"testing"

	"pgregory.net/rapid"
)

// Any JSON that encoding/json writes comes back byte for byte.
func TestBodiesRoundTrip(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a$.%0-9\x00]{0,6}`))
	var value func(depth int) *rapid.Generator[any]
	value = func(depth int) *rapid.Generator[any] {
		forms := []*rapid.Generator[any]{
			rapid.Just[any](nil), rapid.Bool().AsAny(), rapid.Int64().AsAny(), rapid.Float64().AsAny(), text.AsAny(),
		}
		if depth > 0 {
			deeper := rapid.Deferred(func() *rapid.Generator[any] { return value(depth - 1) })
			forms = append(forms, rapid.SliceOfN(deeper, 0, 4).AsAny(), rapid.MapOfN(text, deeper, 0, 4).AsAny())
		}
		return rapid.OneOf(forms...)
	}
	rapid.Check(t, func(t *rapid.T) {
		want, err := json.Marshal(value(4).Draw(t, "value"))
		if err != nil {
			t.Fatal(err)
		}
		stored, err := encodeBody(want)
		if err != nil {
			t.Fatal(err)
		}
		got, err := decodeBody(stored)
		if err != nil || string(got) != string(want) {
			t.Fatalf("%s came back as %s, %v", want, got, err)
		}
	})
}

func TestBodiesThatCannotBeKept(t *testing.T) {
	for _, body := range []string{``, `{`, `{"a":1`, `{} {}`, `{"a":18446744073709551615}`, `{"a":1e999}`, `nul`, `[1,]`} {
		if _, err := encodeBody(json.RawMessage(body)); err == nil {
			t.Errorf("%s was taken", body)
		}
	}
}
