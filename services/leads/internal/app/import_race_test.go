//go:build realdata && race

package app_test

// realRows bounds the real rows: under the race detector the pure-Go SQLite is
// some sixty times slower, and races show in fewer.
const realRows = 1000
