package programtest

import (
	"bytes"
	"context"
	"fmt"
	"regexp"
	"sync"
	"time"
)

// Output keeps what a program prints, both streams as they come.
type Output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

// maxOutput bounds what is kept; the beginning is what goes.
const maxOutput = 4 << 20

// Write takes what the program prints.
func (o *Output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.text.Len() > maxOutput {
		o.text.Next(maxOutput / 2)
	}
	return o.text.Write(p)
}

// String gives everything that is kept.
func (o *Output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// Tail gives the last n bytes.
func (o *Output) Tail(n int) string {
	s := o.String()
	if len(s) > n {
		s = "…" + s[len(s)-n:]
	}
	return s
}

// Find waits until the output matches and gives the match with its groups.
func (o *Output) Find(ctx context.Context, form *regexp.Regexp) ([]string, error) {
	for {
		if m := form.FindStringSubmatch(o.String()); m != nil {
			return m, nil
		}
		select {
		case <-ctx.Done():
			return nil, fmt.Errorf("nothing printed like %s: %w\n%s", form, ctx.Err(), o.Tail(2000))
		case <-time.After(20 * time.Millisecond):
		}
	}
}
