package process

import (
	"errors"

	"liuke.dev/shared/programtest"
)

// Weight is what a process takes of the machine, in bytes.
type Weight struct {
	// Memory of it and of those that it started; what several share is counted once.
	Memory int64
	// Disk is the size of the files with its data.
	Disk int64
}

// Weigh gives what the process takes now; one that does not run takes no memory.
func (p *Process) Weigh() (w Weight, err error) {
	if p.Running() {
		pid := p.ID().PID
		for _, id := range append([]int{pid}, descendants(pid)...) {
			w.Memory += memory(id)
		}
	}
	for _, place := range p.command.Data {
		size, sizeErr := programtest.DiskUse(place)
		w.Disk, err = w.Disk+size, errors.Join(err, sizeErr)
	}
	return w, err
}
