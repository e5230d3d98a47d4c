package lead

import (
	"fmt"
	"testing"

	"pgregory.net/rapid"
)

// What is kept of a segment is what the library says of each of its numbers.
func TestMobileNumbersAreJudgedAsTheLibraryDoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		prefix := rapid.SampledFrom([]string{"13", "14", "15", "16", "17", "18", "19", "1740", "1349", "10", "11", "12", "140", "154"}).Draw(t, "prefix")
		number := prefix
		for len(number) < mobileDigits {
			number += fmt.Sprint(rapid.IntRange(0, 9).Draw(t, "digit"))
		}
		want, valid := parsed(number)
		if got, ok := Phone(number); got != want || ok != valid {
			t.Fatalf("%s: %q %v, the library says %q %v", number, got, ok, want, valid)
		}
	})
}

func BenchmarkPhone(b *testing.B) {
	for i := 0; b.Loop(); i++ {
		Phone(fmt.Sprintf("138%08d", i%1_000_000))
	}
}
