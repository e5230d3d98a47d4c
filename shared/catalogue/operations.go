package catalogue

import "liuke.dev/shared/instant"

// Why a program was not at work.
const (
	CauseStopped   = "stopped"   // it was ended in order and started again later
	CauseCrashed   = "crashed"   // it ended without saying so: killed, or its machine failed
	CauseSuspended = "suspended" // its machine slept, with it in memory: a closed lid
	CauseStalled   = "stalled"   // it was in memory and awake but did not run: stopped by a signal, or starved
	CauseAway      = "away"      // it ran, and something that it depends on did not answer
)

// Interrupted tells that a program was not at work for a while. The program
// itself records it when it is back.
type Interrupted struct {
	Head
	Program    string       `json:"program" doc:"The service, or liuke for all of them in one program"`
	Cause      string       `json:"cause" enum:"stopped,crashed,suspended,stalled,away"`
	Dependency string       `json:"dependency,omitempty" doc:"With away: what did not answer, such as kafka, temporal or store"`
	From       instant.Time `json:"from" doc:"When it was last known to be at work"`
	Until      instant.Time `json:"until" doc:"When it was at work again"`
}

func (*Interrupted) Kind() Kind {
	return Kind{"liuke.operations.interrupted.v1", TopicOperations, "A program is at work again after it was not: ended, asleep, or without something that it depends on."}
}

func operations() []Data { return []Data{&Interrupted{}} }
