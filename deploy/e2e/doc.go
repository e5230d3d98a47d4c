// Package e2e proves the real all-in-one program: that a newcomer's commands
// work, that no acknowledged write and no promise is lost or kept twice when
// the program is killed again and again, and that an outage makes promises late
// but never void.
package e2e
