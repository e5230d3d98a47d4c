// Package host is the one durable workflow that every kind of journey shares.
//
// It waits for facts or for the earliest due time, asks for a decision in a
// local activity, carries effects out (the first try as a local activity, what
// that does not settle as an activity of its own), and continues as new before
// its history grows. It knows no rule and no policy: those run outside of
// replayed code and can change on any day.
//
// Only this package and host/activity's signatures must be replayable: a change
// of the order of commands raises Version, keeps the old order for runs that
// began with an older one, and adds recordings (deploy/record-histories).
package host

// Version numbers the order of commands of the workflow.
//
//	1: first version.
//	2: a journey that cannot decide tries again at once when it is asked to reconsider.
//	3: effects are tried within the workflow task first.
const Version = 3
