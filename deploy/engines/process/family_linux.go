package process

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

func attributes(c Command) *syscall.SysProcAttr {
	a := &syscall.SysProcAttr{Setpgid: true} // an interrupt at the terminal is for this process, which then stops its engines in order
	if c.User != nil {
		a.Credential = &syscall.Credential{Uid: c.User.UID, Gid: c.User.GID}
	}
	return a
}

// stat gives the fields of /proc/PID/stat behind the name: state, parent …
func stat(pid string) []string {
	text, err := os.ReadFile("/proc/" + pid + "/stat")
	if err != nil {
		return nil
	}
	end := strings.LastIndexByte(string(text), ')') // the name may hold anything
	return strings.Fields(string(text)[end+1:])
}

// startOf is when the process began, in ticks since the machine did.
func startOf(pid int) string {
	if fields := stat(strconv.Itoa(pid)); len(fields) > 19 {
		return fields[19]
	}
	return ""
}

func alive(id ID) bool {
	fields := stat(strconv.Itoa(id.PID))
	return len(fields) > 19 && fields[19] == id.Started && fields[0] != "Z"
}

// descendants of a process, parents first.
func descendants(of int) []int {
	entries, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil
	}
	children := map[string][]string{}
	for _, e := range entries {
		pid := filepath.Base(e)
		if fields := stat(pid); len(fields) > 1 {
			children[fields[1]] = append(children[fields[1]], pid)
		}
	}
	var all []int
	for queue := children[strconv.Itoa(of)]; len(queue) > 0; queue = queue[1:] {
		if pid, err := strconv.Atoi(queue[0]); err == nil {
			all = append(all, pid)
		}
		queue = append(queue, children[queue[0]]...)
	}
	return all
}

// memory of a process, with its share of what it has together with others; 0 if it is gone.
func memory(pid int) (bytes int64) {
	text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/smaps_rollup")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(text)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "Pss:" {
			kib, _ := strconv.ParseInt(f[1], 10, 64)
			return kib << 10
		}
	}
	return 0
}

// keepToOurselves closes, for children, the files that this process was started
// with: an engine that is left running would hold a lock of whoever called us.
func keepToOurselves() {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return
	}
	for _, e := range entries {
		if fd, err := strconv.Atoi(e.Name()); err == nil && fd > 2 {
			syscall.CloseOnExec(fd)
		}
	}
}
