package trial

import (
	"fmt"
	"strings"
	"time"
)

// clock tells which step of a row took how long.
type clock struct {
	last  time.Time
	steps []string
}

func newClock() *clock { return &clock{last: time.Now()} }

// on ends a step.
func (c *clock) on(step string) {
	now := time.Now()
	c.steps = append(c.steps, fmt.Sprintf("%s %.1f s", step, now.Sub(c.last).Seconds()))
	c.last = now
}

func (c *clock) String() string { return strings.Join(c.steps, ", ") }
