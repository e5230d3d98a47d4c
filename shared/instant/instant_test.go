package instant_test

import (
	"testing"
	"time"

	"pgregory.net/rapid"

	"liuke.dev/shared/instant"
)

func TestParseTakesTimesThatExist(t *testing.T) {
	for text, want := range map[string]string{
		"2026-01-01T00:00:00+14:00":        "2025-12-31T10:00:00.000Z",
		"2026-01-01T00:00:00-12:00":        "2026-01-01T12:00:00.000Z",
		"2016-01-01T00:00:00.123456+08:00": "2015-12-31T16:00:00.123Z",
		"9999-12-31T23:59:59Z":             "9999-12-31T23:59:59.000Z",
	} {
		if got, err := instant.Parse(text); err != nil || got.String() != want {
			t.Errorf("%s: %s %v, want %s", text, got, err, want)
		}
	}
	for _, text := range []string{"", "2026-01-01", "2026-01-01T00:00:00", "2026-01-01T00:00:00+24:00", "2026-01-01T00:00:00-23:59", "2026-01-01T00:00:00+14:01",
		"2026-01-01T00:00:00+99:00", "2026-02-30T00:00:00Z", "99999-01-01T00:00:00Z", "9999-12-31T23:59:59-01:00", "0000-12-31T00:00:00Z",
		"0001-01-01T00:00:00Z", "1970-01-01T00:00:00Z"} {
		if got, err := instant.Parse(text); err == nil {
			t.Errorf("%s was taken for %s", text, got)
		}
	}
}

func TestTextIsThatOfTheLayout(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.OneOf(rapid.Int64Range(-62135596800000, 253402300799999), rapid.Int64Range(-4e12, 4e12), rapid.Int64()).Draw(t, "at")
		if at == 0 {
			at = 1
		}
		want := time.UnixMilli(at).UTC().Format(instant.Layout)
		text, err := instant.Time(at).MarshalText()
		if got := instant.Time(at).String(); got != want || string(text) != want || err != nil {
			t.Fatalf("%d: %s and %s %v, want %s", at, got, text, err, want)
		}
	})
	if text, err := instant.Time(0).MarshalText(); string(text) != "" || err != nil {
		t.Errorf("not set: %q %v", text, err)
	}
}

func BenchmarkMarshalText(b *testing.B) {
	for b.Loop() {
		if _, err := instant.Time(1_795_000_000_123).MarshalText(); err != nil {
			b.Fatal(err)
		}
	}
}
