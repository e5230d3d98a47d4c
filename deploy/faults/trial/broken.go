package trial

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"liuke.dev/deploy/faults/link"
)

// broken is a link that is slowed or cut for a while, or all links whose names
// begin so: those to each node of a cluster.
func broken(name string, kind Kind, when When) Fault {
	last := lasts
	if when == Long {
		last = longer
	}
	return Fault{Target: name, Kind: kind, When: when, do: func(ctx context.Context, t *Trial) (ended time.Time, err error) {
		links := t.leading(name)
		if len(links) == 0 {
			return time.Time{}, fmt.Errorf("there is no link %s", name)
		}
		for _, l := range links {
			if err := breaks(l, kind); err != nil {
				return time.Time{}, err
			}
		}
		if err := t.made(); err != nil {
			return time.Time{}, err
		}
		err = rest(ctx, last)
		ended = time.Now()
		for _, l := range links {
			err = errors.Join(err, l.Mend())
		}
		return ended, err
	}}
}

// leading gives the links of a name, or of all nodes that it is the name of.
func (t *Trial) leading(name string) (links []*link.Link) {
	for of, l := range t.Links {
		if of == name || strings.HasPrefix(of, name+" ") {
			links = append(links, l)
		}
	}
	return links
}

// slowness of a slow link, each way.
const slowness = 300 * time.Millisecond

func breaks(l *link.Link, kind Kind) error {
	switch kind {
	case Cut:
		return l.Cut()
	case Slow:
		return l.Slow(slowness)
	case Hang:
		return l.Hang()
	case Lose:
		return l.LoseAnswers()
	}
	return fmt.Errorf("a link cannot be broken by %s", kind)
}
