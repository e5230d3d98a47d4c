//go:build realdata && !race

package app_test

// realRows: all of them.
const realRows = 0
