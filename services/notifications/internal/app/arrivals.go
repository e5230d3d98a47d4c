package app

import (
	"strconv"

	"liuke.dev/services/notifications/internal/outbox"
	"liuke.dev/services/notifications/internal/task"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

// arrivals bounds how much one look for news reads of each kind.
const arrivals = 200

// Arrival is something new for a person.
type Arrival struct {
	At       instant.Time
	ID       string
	Version  int64 // of a task
	Kind     string
	Reminder *outbox.Delivery
	Task     *task.Task
}

// Key names the arrival; a task that changes again is another one.
func (a Arrival) Key() string {
	if a.Version == 0 {
		return a.ID
	}
	return a.ID + "/" + strconv.FormatInt(a.Version, 10)
}

// bound gives the earliest end of the lists that go on.
func bound(in []*store.Doc[outbox.Delivery], moved []*store.Doc[task.Task], inMore, movedMore bool) (end instant.Time, cut bool) {
	if inMore {
		end, cut = in[len(in)-1].Body.At, true
	}
	if movedMore {
		if last := moved[len(moved)-1].Body.ChangedAt; !cut || last < end {
			end, cut = last, true
		}
	}
	return end, cut
}
