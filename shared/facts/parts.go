package facts

import (
	"iter"

	"liuke.dev/shared/kafka"
)

// parts cuts what a fetch gave into parts of politePart messages that the group
// wants. Those that it does not want cost next to nothing and ride along: many
// groups read a topic of which each wants little, and a part costs a turn among
// people and a commit of offsets.
func (c *consumer) parts(messages []kafka.Message) iter.Seq2[[]kafka.Message, bool] {
	return func(yield func(part []kafka.Message, wanted bool) bool) {
		from, wanted := 0, 0
		for n, m := range messages {
			if !c.wants(m) {
				continue
			}
			if wanted == politePart {
				if !yield(messages[from:n], true) {
					return
				}
				from, wanted = n, 0
			}
			wanted++
		}
		if from < len(messages) {
			yield(messages[from:], wanted > 0)
		}
	}
}
