package main

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"liuke.dev/shared/store/engines"
	"liuke.dev/shared/store/storetest"
)

// measureStore gives the store's own commit rate, without anything around it.
// Rounds alternate between the numbers of writers, so that a slow moment of the
// machine does not hit one of them alone.
func measureStore(ctx context.Context, b *bench) error {
	const rounds = 3
	writers := []int{1, 8, 64}
	sums := map[int]float64{}
	for round := range rounds {
		for _, n := range writers {
			e, err := engines.Open(ctx, "sqlite:"+filepath.Join(b.dir, fmt.Sprintf("store-%d-%d", round, n)), "rate")
			if err != nil {
				return err
			}
			r, err := storetest.CommitRate(e, n, b.during(2*time.Second))
			if err = errors.Join(err, e.Close()); err != nil {
				return err
			}
			sums[n] += r / rounds
		}
	}
	inserted, err := insertRate(ctx, b)
	if err != nil {
		return err
	}
	b.store8, b.inserts8 = sums[8], inserted
	b.report.state("store: new documents of ten lists, as a lead is one, with 8 writers", rate(inserted))
	b.report.state("store: commits with 1 writer (1 KB, two facts, two indexes)", rate(sums[1]))
	b.report.judge(sums[8] >= 1.8*sums[1], "≥ 1.8 × 1 writer", "store: commits with 8 writers", fmt.Sprintf("%s = %.2f ×", rate(sums[8]), sums[8]/sums[1]))
	b.report.judge(sums[64] >= 3.5*sums[1], "≥ 3.5 × 1 writer", "store: commits with 64 writers", fmt.Sprintf("%s = %.2f ×", rate(sums[64]), sums[64]/sums[1]))
	return nil
}

// insertRate gives how fast the store takes what recording a lead writes.
func insertRate(ctx context.Context, b *bench) (float64, error) {
	e, err := engines.Open(ctx, "sqlite:"+filepath.Join(b.dir, "inserts"), "rate")
	if err != nil {
		return 0, err
	}
	r, err := storetest.InsertRate(e, clients, b.during(6*time.Second))
	return r, errors.Join(err, e.Close())
}
