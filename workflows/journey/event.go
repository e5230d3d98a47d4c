package journey

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
)

// Event is a fact on its way to a journey, as it is sent.
type Event struct {
	ID      string          `json:"id"`
	Type    string          `json:"type"`
	Subject string          `json:"subject"` // aggregate, such as deal/01J…
	Time    instant.Time    `json:"time"`
	Version int64           `json:"version"`
	Data    json.RawMessage `json:"data"`
	Trace   string          `json:"trace,omitempty"` // in which the fact was recorded, see shared/telemetry; rules do not read it
}

// Fact is an event that was read: what rules apply.
type Fact struct {
	ID   string
	Type string
	Time instant.Time
	Ref
	Data catalogue.Data
}

// Ref names a fact by its place in its aggregate's history, which is its order
// whenever it arrives.
type Ref struct {
	V int64 `json:"v"`           // version of the aggregate
	N int   `json:"n,omitempty"` // position within the version
}

// After tells whether r comes later in history than other.
func (r Ref) After(other Ref) bool { return r.V > other.V || r.V == other.V && r.N > other.N }

// IsZero tells whether no fact is named.
func (r Ref) IsZero() bool { return r.V == 0 }

// In gives the fact's id in an aggregate.
func (r Ref) In(aggregate string) string {
	return aggregate + "/" + strconv.FormatInt(r.V, 10) + "/" + strconv.Itoa(r.N)
}

var types = func() map[string]reflect.Type {
	out := map[string]reflect.Type{}
	for _, d := range catalogue.All() {
		out[d.Kind().Type] = reflect.TypeOf(d).Elem()
	}
	return out
}()

// Read reads an event. A type that the catalogue does not know is an error of
// the sender.
func Read(e Event) (Fact, error) {
	t, ok := types[e.Type]
	if !ok {
		return Fact{}, fmt.Errorf("fact %s: unknown type %s", e.ID, e.Type)
	}
	data, ok := reflect.New(t).Interface().(catalogue.Data)
	if !ok {
		return Fact{}, fmt.Errorf("fact %s: type %s is no fact", e.ID, e.Type)
	}
	if err := json.Unmarshal(e.Data, data); err != nil {
		return Fact{}, fmt.Errorf("fact %s (%s): %w", e.ID, e.Type, err)
	}
	return Fact{ID: e.ID, Type: e.Type, Time: e.Time, Ref: Ref{V: e.Version, N: position(e.ID)}, Data: data}, nil
}

// position reads the n of <aggregate>/<version>/<n>.
func position(id string) int {
	n, err := strconv.Atoi(id[strings.LastIndexByte(id, '/')+1:])
	if err != nil {
		return 0
	}
	return n
}
