// Package offspring starts processes that do not outlive the one that started them,
// however it ends: programs under test, engines. Only Linux can be told so.
package offspring

import (
	"os/exec"
	"runtime"
	"sync"
)

var (
	lasting sync.Once
	starts  chan func()
)

// Start starts the command; it is killed when this process dies.
func Start(c *exec.Cmd) error {
	mortal(c)
	return onLastingThread(c.Start)
}

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
