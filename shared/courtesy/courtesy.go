// Package courtesy lets background work step back while people wait: it counts
// how many of people's requests are under way in this process, and holds what
// nobody waits for while they are more than the processors can serve. It never
// holds anything for long, so that background work is slowed down, not starved.
//
// There is one count per process, as the processors are the process's.
package courtesy

import (
	"context"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
)

// crowdPerCore is how many requests under way for each processor are a crowd.
const crowdPerCore = 2

// lasting is how long a crowd is remembered: between two requests of somebody
// in a hurry nothing large should slip in.
const lasting = 10 * time.Millisecond

// look is how often those who wait look up.
const look = 2 * time.Millisecond

// processors are those of the process when it began: a program may give itself
// one more (see deploy/local), which is no processor.
var processors = int64(runtime.GOMAXPROCS(0))

var (
	underWay atomic.Int64
	commands atomic.Int64 // those of underWay that may commit
	crowdAt  atomic.Int64 // when there was last a crowd, in nanoseconds
	begun    = time.Now() // monotonic
)

// Person counts a request of somebody who waits for it, a command (which may
// commit) or not; call the function that it gives when it is answered.
func Person(command bool) (answered func()) {
	if underWay.Add(1) >= crowdPerCore*processors {
		crowdAt.Store(now() + 1)
	}
	if !command {
		return func() { underWay.Add(-1) }
	}
	commands.Add(1)
	return func() {
		commands.Add(-1)
		underWay.Add(-1)
	}
}

// Commands is how many of people's commands are under way.
func Commands() int { return int(commands.Load()) }

// Crowded tells whether people are waiting for the processors.
func Crowded() bool {
	if underWay.Load() >= crowdPerCore*processors {
		return true
	}
	at := crowdAt.Load()
	return at > 0 && now()-at < int64(lasting)
}

// restsFor is how many times as long as it worked background work rests while
// people wait: it gets a twentieth of one processor then.
const restsFor = 19

// lane is where background work goes one by one while people wait.
var (
	lane    = make(chan struct{}, 1)
	restEnd atomic.Int64 // when the rest after the last turn ends
)

// Turn waits for this work's turn while people wait, or promises that came due,
// at most so long and no longer than ctx; call the function that it gives when
// the work is done. While nobody waits it is everybody's turn at once. While
// people crowd, background work goes one at a time and rests in between: a commit
// that shares the disk with people's slows them down as much as one that takes
// their processors. No work that has its turn may wait for other work's.
func Turn(ctx context.Context, most time.Duration) (done func()) {
	return step(ctx, most, func() bool { return Crowded() || Pressed() })
}

// Before is Turn for what keeps promises, and what leads to it: it steps back
// behind people alone.
func Before(ctx context.Context, most time.Duration) (done func()) {
	return step(ctx, most, Crowded)
}

func step(ctx context.Context, most time.Duration, crowded func() bool) (done func()) {
	nothing := func() {}
	if !crowded() {
		return nothing
	}
	end := time.NewTimer(most)
	defer end.Stop()
	tick := time.NewTicker(look)
	defer tick.Stop()
	for crowded() {
		if now() >= restEnd.Load() {
			select {
			case lane <- struct{}{}:
				return turn()
			default:
			}
		}
		select {
		case <-end.C:
			return nothing
		case <-ctx.Done():
			return nothing
		case <-tick.C:
		}
	}
	return nothing
}

// turn begins a turn and gives what ends it, once.
func turn() func() {
	begin := now()
	return sync.OnceFunc(func() {
		end := now()
		restEnd.Store(end + restsFor*min(end-begin, int64(longestRest/restsFor)))
		<-lane
	})
}

// longestRest bounds the rest after a long turn.
const longestRest = time.Second

// now is the time since the process began, in nanoseconds.
func now() int64 { return int64(time.Since(begun)) }
