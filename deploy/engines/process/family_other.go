//go:build !linux

package process

import "syscall"

// Elsewhere than on Linux only the process itself gets signals.
func attributes(c Command) *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func startOf(int) string { return "" }

func alive(id ID) bool { return syscall.Kill(id.PID, 0) == nil }

func descendants(int) []int { return nil }

// memory is not looked up elsewhere than on Linux.
func memory(int) int64 { return 0 }

func keepToOurselves() {}
