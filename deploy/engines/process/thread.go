package process

import (
	"runtime"
	"sync"
)

var (
	lasting sync.Once
	starts  chan func()
)

// onLastingThread runs f on an operating system thread that lives as long as
// this process: what a child is told about the death of its parent, Linux
// decides by the thread that started it.
func onLastingThread(f func() error) error {
	lasting.Do(func() {
		starts = make(chan func())
		go func() {
			runtime.LockOSThread()
			for start := range starts {
				start()
			}
		}()
	})
	done := make(chan error)
	starts <- func() { done <- f() }
	return <-done
}
