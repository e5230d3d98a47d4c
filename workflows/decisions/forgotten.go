package decisions

import (
	"strconv"
	"strings"
)

// Key names a request: the seq-th of a run.
func Key(run string, seq int) string { return run + "/" + strconv.Itoa(seq) }

// forgotten tells whether a run asks for a decision that lies before the newest one
// it was given: its engine was set back, as the embedded one is by up to a second
// when the power fails. Then it does not know what it was handed since.
func (b *Document) forgotten(key string) bool {
	run, seq, _ := strings.Cut(key, "/")
	newest, at, _ := strings.Cut(b.Key, "/")
	asked, err := strconv.Atoi(seq)
	if err != nil || run != newest {
		return false
	}
	last, err := strconv.Atoi(at)
	return err == nil && asked < last
}
