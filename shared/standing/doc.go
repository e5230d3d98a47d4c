// Package standing holds the rules by which it is known where a customer stands:
// life cycle, health, early signs of churn, risk groups (R-076, R-078, R-082 to
// R-110, C-05 to C-09, C-14). It is pure: no clock, no I/O.
//
// A History takes a customer's timeline in, in any order and any number of times
// over, and keeps a bounded part of it. Assess judges a History by the settings
// of a policy book as of any instant: what lies after that instant is not seen,
// so that recorded facts can be judged again as of the past.
//
// Windows move on at the beginning of a week or a month, as a rule's check says,
// and new facts are judged at once. So what a customer's standing is changes by
// time alone only at few instants, and Assess gives the next one.
package standing
