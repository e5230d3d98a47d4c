package journey

import (
	"bytes"
	"encoding/json"
)

// Changed runs apply and tells by comparing whether the state is another one
// afterwards. It is for facts that come late or twice, where order tells nothing.
func Changed[S any](s *S, apply func()) bool {
	before, err := json.Marshal(s)
	apply()
	after, err2 := json.Marshal(s)
	return err != nil || err2 != nil || !bytes.Equal(before, after)
}
