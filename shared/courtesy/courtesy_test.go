package courtesy

import (
	"context"
	"testing"
	"time"
)

func crowd(n int) (leave func()) {
	var all []func()
	for range n {
		all = append(all, Person(false))
	}
	return func() {
		for _, answered := range all {
			answered()
		}
	}
}

func waited(ctx context.Context, most time.Duration) (time.Duration, func()) {
	begin := time.Now()
	done := Turn(ctx, most)
	return time.Since(begin), done
}

func TestWithoutACrowdItIsEverybodysTurn(t *testing.T) {
	leave := crowd(crowdPerCore*int(processors) - 1)
	defer leave()
	for range 3 { // none of them ends before the next begins
		w, done := waited(t.Context(), time.Second)
		defer done()
		if w > 500*time.Millisecond {
			t.Errorf("waited %s where there is no crowd", w)
		}
	}
}

func TestInACrowdBackgroundWorkGoesOneByOneAndRests(t *testing.T) {
	leave := crowd(crowdPerCore * int(processors))
	_, first := waited(t.Context(), time.Minute)
	if w, done := waited(t.Context(), 100*time.Millisecond); w < 90*time.Millisecond {
		t.Errorf("waited only %s while another had its turn", w)
	} else {
		done() // went on without a turn: it has none to give back
	}
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if w, _ := waited(ctx, time.Minute); w > 10*time.Second {
		t.Errorf("waited %s beyond the end of ctx", w)
	}
	first()
	first() // twice is once
	w, second := waited(t.Context(), time.Minute)
	if w < 500*time.Millisecond || w > 10*time.Second { // as long as anything rests after the 150 ms that the first took
		t.Errorf("%s after a turn of 150 ms", w)
	}
	time.AfterFunc(50*time.Millisecond, leave)
	w, done := waited(t.Context(), time.Minute) // the second has not ended its turn
	if done(); w > 10*time.Second {
		t.Errorf("waited %s for a crowd that left after 50 ms", w)
	}
	second()
	time.Sleep(2 * lasting)
	if Crowded() {
		t.Error("still crowded")
	}
}
