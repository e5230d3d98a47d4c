// Package recordhistories records histories of journeys on the real Temporal
// server for the corpus in workflows/host/testdata/history, and counts there
// what a fact costs.
//
// Record with LIUKE_RECORD=1 after raising host.Version:
//
//	LIUKE_RECORD=1 go test ./deploy/record-histories
//
// The corpus is append-only: a recording is never overwritten.
package recordhistories
