// Package journey is the kernel of every journey: what an obligation is, how
// facts change a journey's state, and how a decision is made.
//
// A journey knows no clock, no network and no Temporal. What it decides is a
// function of its input alone: state, facts, instant, policy. The same input
// gives the same bytes.
//
// Words: a *fact* is what happened, told by a service. A *rule* holds
// obligations against nobody acting. An *obligation* is what will happen, and
// when, if nobody acts; it fires once per (rule, episode). An *episode* is the
// version of the aggregate that armed the rule (or a count that the rule
// keeps), so it only ever grows. An *effect* is what a fired obligation asks a
// service to do.
package journey
