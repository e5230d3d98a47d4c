package sqlite_test

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"liuke.dev/shared/store"
	"liuke.dev/shared/store/sqlite"
	"liuke.dev/shared/store/storetest"
)

// BenchmarkWrite gives, for each of the two ways that rates are measured with 8
// writers, what a commit takes of the processors and how many times it writes to
// the disk; both hardly depend on what else the machine does. Take -benchtime 1x.
func BenchmarkWrite(b *testing.B) {
	ways := map[string]func(store.Engine, int, time.Duration) (float64, error){"updates": storetest.CommitRate, "inserts": storetest.InsertRate}
	for name, way := range ways {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				e, err := sqlite.Open(b.Context(), filepath.Join(b.TempDir(), "rate.db"))
				if err != nil {
					b.Fatal(err)
				}
				const during = 3 * time.Second
				before := spent(b)
				rate, err := way(e, 8, during)
				if err != nil {
					b.Fatal(err)
				}
				after, commits := spent(b), rate*during.Seconds()
				b.ReportMetric(rate, "commits/s")
				b.ReportMetric((after.cpu-before.cpu)*1e6/commits, "µs-cpu/commit")
				b.ReportMetric((after.writes-before.writes)/commits, "writes/commit")
				b.ReportMetric((after.bytes-before.bytes)/commits, "written-B/commit")
				if err := e.Close(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

type spending struct{ cpu, writes, bytes float64 }

func spent(b *testing.B) (s spending) {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	s.cpu = float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
	text, err := os.ReadFile("/proc/self/io")
	if err != nil {
		b.Skip(err) // not Linux
	}
	for line := range strings.Lines(string(text)) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ": ")
		n, err := strconv.ParseFloat(value, 64)
		if err != nil {
			b.Fatal(err)
		}
		switch name {
		case "wchar":
			s.bytes = n
		case "syscw":
			s.writes = n
		}
	}
	return s
}
