package catalogue

import (
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// FactRef names a fact that a decision read.
type FactRef struct {
	ID   string       `json:"id"`
	Type string       `json:"type"`
	Time instant.Time `json:"time"`
}

// Obligation is what will happen, and when, if nobody acts.
type Obligation struct {
	ID      string       `json:"id" doc:"<journey kind>:<journey id>:<rule>:<episode>"`
	Rule    string       `json:"rule"`
	Episode string       `json:"episode" doc:"An obligation fires once per rule and episode"`
	Due     instant.Time `json:"due"`
	Does    lang.Text    `json:"does" doc:"What happens then, in words"`
	Because []string     `json:"because" doc:"Ids of the facts that it rests on"`
	// Policy names the setting that gives the due time, such as pipelines.p7.quoted.idle[0].
	Policy string `json:"policy,omitempty"`
}

// Fired tells that an obligation was carried out.
type Fired struct {
	Obligation Obligation   `json:"obligation"`
	At         instant.Time `json:"at"`
	Late       bool         `json:"late,omitempty" doc:"More than the target later than due"`
	Effects    []EffectRef  `json:"effects,omitempty"`
}

// EffectRef names an effect of a fired obligation.
type EffectRef struct {
	ID   string `json:"id" doc:"Obligation id, a colon and the number of the effect"`
	Verb string `json:"verb"`
	On   string `json:"on,omitempty"`
}

// Decided is recorded with every decision of a journey, numbered without gaps.
type Decided struct {
	Head
	Journey string       `json:"journey" doc:"Workflow id, <kind>/<id>"`
	Process string       `json:"process" doc:"Kind of journey: lead, deal, transfer"`
	Number  int64        `json:"number"`
	At      instant.Time `json:"at"`
	Policy  int64        `json:"policy"`
	Read    []FactRef    `json:"read,omitempty"`
	Fired   []Fired      `json:"fired,omitempty"`
	Pending []Obligation `json:"pending,omitempty"`
	Stage   string       `json:"stage,omitempty"`
	Owner   string       `json:"owner,omitempty"`
	Risk    string       `json:"risk,omitempty"`
	Says    lang.Text    `json:"says" doc:"Where the journey stands and what happens next, in words"`
	Ended   bool         `json:"ended,omitempty"`
}

func (*Decided) Kind() Kind {
	return Kind{"liuke.journeys.decided.v1", TopicJourneys, "A journey read facts or a clock and decided."}
}

func journeys() []Data { return []Data{&Decided{}} }
