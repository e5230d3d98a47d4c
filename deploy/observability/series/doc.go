// Package series tries the alerts of ../alerts.yml on series, by the engine that
// evaluates them in Prometheus: each has to hold where it should wake somebody, and
// not where it should not.
package series
