// Package board is what whoever takes over a customer must know at a glance
// as one document per customer that is kept by facts:
// what is running, what was promised last, which objections are open, what comes
// next and why. It is pure: facts fold into it by one small function for each fact
// type, one file of them for each part of Liuke.
//
// Facts may come twice, and those of different things in any order: a fold sets
// what its fact tells, and takes no fact of a thing older than what it has seen.
package board

import (
	"cmp"
	"maps"
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"
)

// Bounds of what a board keeps.
const (
	maxQuestions = 10
	maxEnded     = 10
	maxSeen      = 400
	maxNext      = 3 // of one journey
	maxPapers    = 10
	maxPieces    = 200
)

// Board is the document of a customer.
type Board struct {
	Customer string `json:"customer"`
	// MergedInto is the customer whose board this one is part of; it is kept to be given back.
	MergedInto string `json:"merged_into,omitempty"`

	Owner     catalogue.Ownership `json:"owner,omitzero"`
	Running   map[string]Running  `json:"running,omitempty"` // by <kind>/<id>
	Next      map[string][]Next   `json:"next,omitempty"`    // by journey
	Promised  *Promised           `json:"promised,omitempty"`
	Questions []Question          `json:"questions,omitempty"`
	// Touches are the newest entries by kind and direction.
	Touches map[string]Touch `json:"touches,omitempty"`
	Won     []Ended          `json:"won,omitempty"`  // newest first
	Lost    []Ended          `json:"lost,omitempty"` // newest first

	Quotes      []Quoted   `json:"quotes,omitempty"`      // newest first
	Attachments []Attached `json:"attachments,omitempty"` // newest first
	Care        *Care      `json:"care,omitempty"`

	Deciders  []Decider               `json:"deciders,omitempty"`
	Withdrawn map[string]instant.Time `json:"withdrawn,omitempty"` // by kind of entry: consent withdrawn
	Standing  *Standing               `json:"standing,omitempty"`

	Findings []Finding       `json:"findings,omitempty"`
	CheckAt  instant.Time    `json:"check_at,omitempty"` // when time alone changes the findings
	Seen     map[string]Seen `json:"seen,omitempty"`
}

// Seen says how far the facts of a thing have been read.
type Seen struct {
	Version int64        `json:"v"`
	At      instant.Time `json:"at"`
}

// Running is something under way with a customer.
type Running struct {
	Subject   catalogue.Subject `json:"subject"`
	Title     string            `json:"title,omitempty"`
	Status    string            `json:"status,omitempty"`
	Stage     string            `json:"stage,omitempty"`
	StageType string            `json:"stage_type,omitempty"`
	Since     instant.Time      `json:"since,omitempty" doc:"Since when it is where it is"`
	Begun     instant.Time      `json:"begun,omitempty"`
	Owner     string            `json:"owner,omitempty"`
	Amount    *money.Amount     `json:"amount,omitempty"`
	Due       instant.Time      `json:"due,omitempty"`

	Need       string   `json:"need,omitempty"`
	Objections []string `json:"objections,omitempty"`
	Decides    string   `json:"decides,omitempty" doc:"Who decides at the customer's, as recorded with it"`
	Marks      []string `json:"marks,omitempty" doc:"Rules that marked it"`

	Promise     string       `json:"promise,omitempty" doc:"What was promised as the next step"`
	PromisedAt  instant.Time `json:"promised_at,omitempty"`
	PromisedBy  string       `json:"promised_by,omitempty"`
	PromiseDue  instant.Time `json:"promise_due,omitempty"`
	LastContact instant.Time `json:"last_contact_at,omitempty"`

	Says   lang.Text `json:"says,omitzero" doc:"Where its journey stands and what happens next, in words"`
	Origin string    `json:"origin,omitempty"` // the customer that it came from with a merge
}

// Next is what a journey will do, and why.
type Next struct {
	Journey string       `json:"journey"`
	Rule    string       `json:"rule"`
	Due     instant.Time `json:"due"`
	Does    lang.Text    `json:"does"`
	Because []string     `json:"because,omitempty" doc:"Ids of the facts that it rests on"`
	Policy  string       `json:"policy,omitempty" doc:"Setting that gives the due time"`
}

// Promised is what was promised last, whatever became of the thing that it was promised with.
type Promised struct {
	What    string            `json:"what"`
	Due     instant.Time      `json:"due"`
	By      string            `json:"by,omitempty"`
	At      instant.Time      `json:"at"`
	Subject catalogue.Subject `json:"subject"`
}

// Question is what a customer asked, with what was answered: nobody asks it back,
// nobody answers it otherwise.
type Question struct {
	Subject  catalogue.Subject `json:"subject"`
	Question string            `json:"question"`
	Answer   string            `json:"answer,omitempty"`
	By       string            `json:"by,omitempty"`
	At       instant.Time      `json:"at"`
}

// Touch is the newest entry of a kind and direction.
type Touch struct {
	Entry string       `json:"entry"`
	At    instant.Time `json:"at"`
	By    string       `json:"by,omitempty"`
	Says  lang.Text    `json:"says,omitzero"`
}

// Ended is a deal that is over.
type Ended struct {
	Deal   string        `json:"deal"`
	Title  string        `json:"title,omitempty"`
	At     instant.Time  `json:"at"`
	Opened instant.Time  `json:"opened,omitempty"`
	Amount *money.Amount `json:"amount,omitempty"`
	Reason string        `json:"reason,omitempty"`
	// Fulfilled is the order, payment or contract that came of it.
	Fulfilled string `json:"fulfilled,omitempty"`
}

// Quoted is a quote that the customer got.
type Quoted struct {
	Quote       string       `json:"quote"`
	Deal        string       `json:"deal"`
	Amount      money.Amount `json:"amount"`
	SentAt      instant.Time `json:"sent_at"`
	By          string       `json:"by,omitempty"`
	ConfirmedAt instant.Time `json:"confirmed_at,omitempty"`
}

// Attached is a file that is kept with the customer.
type Attached struct {
	Attachment string       `json:"attachment"`
	Name       string       `json:"name"`
	Purpose    string       `json:"purpose,omitempty"`
	At         instant.Time `json:"at"`
	By         string       `json:"by,omitempty"`
}

// Care says how the customer is looked after since the win.
type Care struct {
	Link           string `json:"link,omitempty" doc:"Post-sale link (L-4)"`
	Contact        string `json:"contact,omitempty" doc:"Follow-on contact (R-069)"`
	Success        string `json:"success,omitempty" doc:"Customer-success person"`
	Implementation string `json:"implementation,omitempty"`
	Manager        string `json:"manager,omitempty" doc:"Manager of the key account (R-048)"`
}

// Decider is a contact who decides.
type Decider struct {
	Contact   string       `json:"contact"`
	Name      string       `json:"name"`
	LeftAt    instant.Time `json:"left_at,omitempty"`
	Successor string       `json:"successor,omitempty"`
}

// Standing is where a customer stands, in brief.
type Standing struct {
	Lifecycle string       `json:"lifecycle"`
	Why       lang.Text    `json:"why,omitzero"`
	Health    int          `json:"health"`
	Version   string       `json:"health_version,omitempty"`
	Red       bool         `json:"red"`
	Groups    []string     `json:"groups,omitempty"`
	Signals   []Signal     `json:"signals,omitempty"`
	AsOf      instant.Time `json:"as_of"`
}

// Signal is an early sign, in brief.
type Signal struct {
	Rule     string    `json:"rule"`
	Severity string    `json:"severity"`
	Says     lang.Text `json:"says"`
}

// Finding is a data-trust finding that holds.
type Finding struct {
	Rule     string             `json:"rule"`
	Subject  *catalogue.Subject `json:"subject,omitempty"`
	Says     lang.Text          `json:"says"`
	Evidence []string           `json:"evidence,omitempty"`
	Since    instant.Time       `json:"since"`
}

// Key names a finding within its customer.
func (f Finding) Key() string {
	if f.Subject == nil {
		return f.Rule
	}
	return f.Rule + ":" + f.Subject.Kind + "/" + f.Subject.ID
}

// Fold takes in one fact.
type Fold func(b *Board, e facts.Event) error

// folds are the functions of all parts, by fact type.
var folds = join(winFolds, fileFolds, boughtFolds, careFolds, journeyFolds)

// Types are the facts that a board is made of.
var Types = slices.Sorted(maps.Keys(folds))

// Apply takes a fact in, unless something newer of the same thing was read.
func (b *Board) Apply(e facts.Event) error {
	fold := folds[e.Type]
	if fold == nil || b.Seen[e.Aggregate].Version > e.Version {
		return nil
	}
	if err := fold(b, e); err != nil {
		return facts.Final(err)
	}
	if !single[e.Type] {
		b.see(e)
	}
	return nil
}

// single are facts of things that have no second one: nothing newer can come.
var single = map[string]bool{typeOf(&catalogue.TimelineRecorded{}): true, typeOf(&catalogue.OrderRecorded{}): true, typeOf(&catalogue.PaymentRecorded{}): true}

func (b *Board) see(e facts.Event) {
	if b.Seen == nil {
		b.Seen = map[string]Seen{}
	}
	b.Seen[e.Aggregate] = Seen{e.Version, e.Time}
	if len(b.Seen) <= maxSeen {
		return
	}
	oldest := slices.MinFunc(slices.Collect(maps.Keys(b.Seen)), func(x, y string) int {
		_, runs := b.Running[x]
		_, also := b.Running[y]
		if runs != also { // what runs is kept
			return map[bool]int{true: 1, false: -1}[runs]
		}
		return cmp.Or(cmp.Compare(b.Seen[x].At, b.Seen[y].At), cmp.Compare(x, y))
	})
	delete(b.Seen, oldest)
}

// on makes a Fold of a function over the data of one fact type.
func on[D any](fold func(*Board, D, facts.Event)) Fold {
	return func(b *Board, e facts.Event) error {
		d, err := facts.Decode[D](e)
		if err == nil {
			fold(b, d, e)
		}
		return err
	}
}

func join(parts ...map[string]Fold) map[string]Fold {
	all := map[string]Fold{}
	for _, p := range parts {
		for kind, f := range p {
			if all[kind] != nil {
				panic("board: two folds of " + kind)
			}
			all[kind] = f
		}
	}
	return all
}

func typeOf(d catalogue.Data) string { return d.Kind().Type }

// Key names a thing on the board.
func Key(s catalogue.Subject) string { return s.Kind + "/" + s.ID }

// at changes what is known of a thing that runs. What has ended stays ended.
func (b *Board) at(s catalogue.Subject, change func(*Running)) {
	r, known := b.Running[Key(s)]
	if _, seen := b.Seen[Key(s)]; !known && seen {
		return
	}
	b.put(s, r, change)
}

// begin puts a thing on the board, also one that had ended.
func (b *Board) begin(s catalogue.Subject, change func(*Running)) {
	b.put(s, b.Running[Key(s)], change)
}

func (b *Board) put(s catalogue.Subject, r Running, change func(*Running)) {
	if b.Running == nil {
		b.Running = map[string]Running{}
	}
	r.Subject = s
	change(&r)
	b.Running[Key(s)] = r
}

// end takes a thing off the board; its journey promises nothing any more.
func (b *Board) end(s catalogue.Subject) {
	delete(b.Running, Key(s))
	delete(b.Next, Key(s))
}

func subject(kind, id string) catalogue.Subject { return catalogue.Subject{Kind: kind, ID: id} }
