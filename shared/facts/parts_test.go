package facts

import (
	"slices"
	"testing"

	"pgregory.net/rapid"

	"liuke.dev/shared/kafka"
)

// Whatever a fetch gave, its parts are all of it in order, each has at most
// politePart messages that are wanted, and only what holds none says so.
func TestPartsOfAFetch(t *testing.T) {
	c := &consumer{ConsumerConfig: ConsumerConfig{Types: []string{"wanted"}}}
	rapid.Check(t, func(r *rapid.T) {
		var messages []kafka.Message
		for n, wanted := range rapid.SliceOfN(rapid.Bool(), 0, 300).Draw(r, "wanted") {
			m := kafka.Message{Offset: int64(n), Value: []byte("{}")}
			if wanted {
				m.Headers = []kafka.Header{{Key: headerType, Value: "wanted"}}
			}
			messages = append(messages, m)
		}
		var again []int64
		for part, told := range c.parts(messages) {
			n := 0
			for _, m := range part {
				again = append(again, m.Offset)
				if c.wants(m) {
					n++
				}
			}
			if len(part) == 0 || n > politePart || told != (n > 0) {
				r.Fatalf("a part of %d, %d of them wanted, says %t", len(part), n, told)
			}
		}
		if !slices.IsSorted(again) || len(again) != len(messages) {
			r.Fatalf("%d of %d messages", len(again), len(messages))
		}
	})
}
