package courtesy

import (
	"context"
	"runtime"
	"testing"
	"time"
)

func crowd(n int) (leave func()) {
	var all []func()
	for range n {
		all = append(all, Person())
	}
	return func() {
		for _, answered := range all {
			answered()
		}
	}
}

func waited(ctx context.Context, most time.Duration) time.Duration {
	begin := time.Now()
	Yield(ctx, most)
	return time.Since(begin)
}

func TestBackgroundWorkWaitsForACrowdButNotForLong(t *testing.T) {
	most := crowdPerCore * runtime.GOMAXPROCS(0)
	leave := crowd(most - 1)
	if w := waited(t.Context(), time.Second); w > 500*time.Millisecond {
		t.Errorf("waited %s where there is no crowd", w)
	}
	one := Person()
	if w := waited(t.Context(), 100*time.Millisecond); w < 90*time.Millisecond {
		t.Errorf("waited only %s while there is a crowd", w)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if w := waited(ctx, time.Minute); w > 10*time.Second {
		t.Errorf("waited %s beyond the end of ctx", w)
	}
	time.AfterFunc(50*time.Millisecond, func() { one(); leave() })
	if w := waited(t.Context(), time.Minute); w < 40*time.Millisecond || w > 10*time.Second {
		t.Errorf("waited %s for a crowd that left after 50 ms", w)
	}
	if Crowded() {
		t.Error("still crowded")
	}
}
