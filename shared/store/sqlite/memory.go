package sqlite

import (
	"sync"

	"modernc.org/libc"
	"modernc.org/libc/sys/types"
)

// The driver's allocator takes memory from the system in spans of 64 KB, each
// for blocks of one size, and gives a span back as soon as none of its blocks is
// in use. SQLite frees most of what a statement took when the statement ends, so
// that a statement with many cursors, as that of a document in ten lists has,
// would map and unmap several spans each time: a quarter of what a commit takes
// of the processor. One block in use keeps a span.
const (
	smallestKept = 16
	largestKept  = 16 << 10
	span         = 64 << 10
	spansKept    = 4 // of each size, some 3 MB in all for the process
)

// keepSpans makes the allocator keep some spans of every size, once in the process.
var keepSpans = sync.OnceFunc(func() {
	tls := libc.NewTLS() // never closed: the blocks are its
	for size := smallestKept; size <= largestKept; size *= 2 {
		keepSpansOf(tls, size)
	}
})

// keepSpansOf fills some spans with blocks of one size and frees all but those
// that begin one.
func keepSpansOf(tls *libc.TLS, size int) {
	kept := map[uintptr]bool{}
	var free []uintptr
	for range spansKept * span / size {
		block := libc.Xmalloc(tls, types.Size_t(size)) //nolint:gosec // it is positive
		switch at := block / span; {
		case block == 0: // no memory: then this is no time to keep any
		case kept[at]:
			free = append(free, block)
		default:
			kept[at] = true
		}
	}
	for _, block := range free {
		libc.Xfree(tls, block)
	}
}
