// Package imports reads files of other systems: which columns mean what, how
// values and dates are written, what becomes of each row, and the report of
// every row that was refused or adjusted. It is pure but for reading the file;
// storing rows, committing what they become and resuming is the app's.
package imports

import (
	"maps"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"
)

// Kinds of imports.
const (
	Leads = "leads"
	Deals = "deals"
)

// States of an import.
const (
	Uploaded = "uploaded" // waits for its mapping to be confirmed and run
	Running  = "running"
	Done     = "done"
)

// Import is a file on its way into the system.
type Import struct {
	ID        string       `json:"id"`
	Kind      string       `json:"kind" enum:"leads,deals"`
	Name      string       `json:"name,omitempty" doc:"Name of the file"`
	Status    string       `json:"status" enum:"uploaded,running,done"`
	Encoding  string       `json:"encoding" enum:"utf-8,utf-16,gb18030"`
	Delimiter string       `json:"delimiter"`
	Bytes     int64        `json:"bytes"`
	SHA256    string       `json:"sha256"`
	CreatedBy string       `json:"created_by"`
	CreatedAt instant.Time `json:"created_at"`
	StartedAt instant.Time `json:"started_at,omitempty" doc:"The instant of import: clocks of what comes in run from here"`
	EndedAt   instant.Time `json:"ended_at,omitempty"`
	Columns   []Column     `json:"columns"`
	Mapping   Mapping      `json:"mapping"`
	Options   Options      `json:"options"`
	Rows      int          `json:"rows"`
	Chunks    int          `json:"chunks"`
	NextChunk int          `json:"next_chunk" doc:"Rows before this chunk are finished"`
	Counts    Counts       `json:"counts"`
	Holder    string       `json:"holder,omitempty" doc:"Process that carries it out"`
	HeldUntil instant.Time `json:"held_until,omitempty"`
	Trouble   string       `json:"trouble,omitempty" doc:"What stopped the last try; it is tried again"`
}

// Counts is how far an import is.
type Counts struct {
	Done       int                     `json:"done" doc:"Rows finished"`
	Created    int                     `json:"created"`
	Unchanged  int                     `json:"unchanged" doc:"Rows that an earlier import brought in"`
	Refused    int                     `json:"refused"`
	Adjusted   int                     `json:"adjusted" doc:"Rows that came in with a value corrected or missing"`
	ByStage    map[string]int          `json:"by_stage,omitempty" doc:"Deals in the system from this file by stage"`
	WonAmounts map[string]money.Amount `json:"won_amounts,omitempty" doc:"Sum of won deals in the system from this file by currency"`
}

// Clone gives counts that can be added to without changing these.
func (c Counts) Clone() Counts {
	stages, sums := map[string]int{}, map[string]money.Amount{}
	maps.Copy(stages, c.ByStage)
	maps.Copy(sums, c.WonAmounts)
	c.ByStage, c.WonAmounts = stages, sums
	return c
}

// Column of the file with what stands in it.
type Column struct {
	Header   string   `json:"header"`
	Filled   int      `json:"filled" doc:"Rows with a value"`
	Values   []string `json:"values" doc:"The first different values"`
	Distinct int      `json:"distinct" doc:"How many different values, counted up to a bound"`
}

// Mapping says what the columns mean.
type Mapping struct {
	// Fields gives the header that each field is read from.
	Fields map[string]string `json:"fields"`
	// Stages gives the stage that each value of the stage column means.
	Stages map[string]string `json:"stages,omitempty" doc:"Value of the stage column to stage; won and lost end a deal"`
	// DateOrder is the order of day and month in dates such as 01-02-17.
	DateOrder string `json:"date_order" enum:"dmy,mdy,ymd"`
	// Guesses say in words what was guessed and why.
	Guesses []lang.Text `json:"guesses,omitempty"`
}

// Options are what the caller knows about the file.
type Options struct {
	Source       string            `json:"source,omitempty" maxLength:"80" doc:"System the file comes from: rows are the same again by source and external id"`
	Currency     string            `json:"currency,omitempty" pattern:"^[A-Z]{3}$" doc:"Of amounts without one; default CNY"`
	Zone         string            `json:"zone,omitempty" maxLength:"60" doc:"IANA zone of dates; default Asia/Shanghai"`
	Pipeline     string            `json:"pipeline,omitempty" maxLength:"40" doc:"Of deals; empty: the default pipeline"`
	DefaultOwner string            `json:"default_owner,omitempty" maxLength:"80" doc:"Owns rows whose owner is unknown; empty: such rows are refused"`
	LeadSource   string            `json:"lead_source,omitempty" maxLength:"40" doc:"Source of leads whose row names none; default import"`
	LostReason   string            `json:"lost_reason,omitempty" maxLength:"40" doc:"Reason of lost deals whose row names none; default not_recorded"`
	People       map[string]string `json:"people,omitempty" doc:"Name in the file to person id"`
	NewPeople    []string          `json:"new_people,omitempty" maxItems:"5000" doc:"Names of people who are added before the import is run: its preview takes them as known"`
	Customers    map[string]string `json:"customers,omitempty" doc:"Name in the file to customer id"`
	Products     []string          `json:"products,omitempty" maxItems:"5000" doc:"Known products: a name that differs only by spaces, case or signs is corrected and reported"`
}

// WithDefaults fills in what was left open.
func (o Options) WithDefaults() Options {
	set := func(s *string, v string) {
		if *s == "" {
			*s = v
		}
	}
	set(&o.Source, "csv")
	set(&o.Currency, "CNY")
	set(&o.Zone, "Asia/Shanghai")
	set(&o.LeadSource, "import")
	set(&o.LostReason, "not_recorded")
	return o
}

// Chunk is a piece of the file as rows, below the size of a document.
type Chunk struct {
	Import string `json:"import"`
	N      int    `json:"n"`
	Rows   []Row  `json:"rows"`
}

// Row of the file.
type Row struct {
	Line  int      `json:"line"`
	Cells []string `json:"cells,omitempty"`
	// Broken says why the row could not be read at all.
	Broken string `json:"broken,omitempty"`
}

// Outcomes of an entry.
const (
	Refused  = "refused"
	Adjusted = "adjusted"
)

// Entry of the report: what was refused or adjusted in a row, and by which rule.
type Entry struct {
	Line    int       `json:"line"`
	Outcome string    `json:"outcome" enum:"refused,adjusted"`
	Field   string    `json:"field"`
	Rule    string    `json:"rule"`
	Value   string    `json:"value,omitempty" doc:"What stood in the file"`
	Became  string    `json:"became,omitempty" doc:"What it became"`
	Text    lang.Text `json:"text"`
}

// Report holds entries of one chunk, in pieces below the size of a document.
type Report struct {
	Import  string  `json:"import"`
	Place   int     `json:"place"` // orders the pieces of a file
	Entries []Entry `json:"entries"`
}

// reportEntries bounds the entries of one document.
const reportEntries = 500

// Reports cuts the entries of a chunk into documents.
func Reports(id string, chunk int, entries []Entry) []Report {
	var out []Report
	for part := 0; len(entries) > 0; part++ {
		n := min(len(entries), reportEntries)
		out = append(out, Report{Import: id, Place: chunk*1000 + part, Entries: entries[:n]})
		entries = entries[n:]
	}
	return out
}
