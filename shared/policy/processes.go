package policy

import "liuke.dev/shared/lang"

// What begins a process.
const (
	OnWin          = "win"           // each won deal
	OnLifecycle    = "lifecycle"     // a life-cycle state is entered
	OnRed          = "red"           // the customer turns red
	OnSignal       = "signal"        // an early sign begins to hold
	OnGroup        = "group"         // the customer comes into a risk group
	OnCareDate     = "care_date"     // a day of the customer, of its contacts or a holiday
	OnContractEnds = "contract_ends" // a contract is about to end
	OnRhythm       = "rhythm"        // every so often
	OnHandOver     = "hand_over"     // a first win that changes who the customer turns to
	OnHand         = "hand"          // when somebody begins it
)

// What a step does.
const (
	DoTask         = "task"
	DoReach        = "reach_customer"
	DoSurvey       = "send_survey"
	DoCase         = "open_case"
	DoIntervention = "open_intervention"
	DoReview       = "open_churn_review"
	DoInform       = "inform"
)

// Relations say who takes a step by how they stand to the customer; else it is
// "role:" and a role, whose people take it in turn.
var Relations = []string{"owner", "success", "implementation", "owner_supervisor", "success_supervisor", "watcher"}

// Processes are the service processes: executable SOPs that a business changes
// by itself.
type Processes struct {
	Processes []Process `json:"processes" doc:"Service processes by what begins them (R-071 to R-077, R-080, R-130, R-150)"`
	Holidays  []Holiday `json:"holidays" doc:"Days on which every customer can be greeted (R-150)"`
	CareAt    string    `json:"care_at" doc:"Local time of the customer at which a care date or rhythm begins" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$"`
	Channel   string    `json:"channel" doc:"Channel of outreach.channels through which processes reach customers that prefer none" minLength:"1" maxLength:"40"`
	// CareUntil is how long after its day a care date is still worth anything.
	CareUntil Duration `json:"care_until" doc:"A care date that was missed by more than this is passed over"`
}

// Process of the book.
type Process struct {
	ID     string        `json:"id" pattern:"^[a-z][a-z0-9_]*$" maxLength:"40"`
	Name   lang.Text     `json:"name"`
	Starts Start         `json:"starts"`
	Only   Only          `json:"only,omitempty" doc:"Which customers it is for; empty: all (R-079)"`
	Again  string        `json:"again" enum:"once_ended,alongside,replaces" doc:"While one runs: wait for its end and pass this time over, run alongside, or take its place"`
	Steps  []ProcessStep `json:"steps" minItems:"1"`
	Off    bool          `json:"off,omitempty" doc:"Switched off; those under way go on"`
}

// Start says what begins a process.
type Start struct {
	On        string   `json:"on" enum:"win,hand_over,lifecycle,red,signal,group,care_date,contract_ends,rhythm,hand"`
	First     bool     `json:"first,omitempty" doc:"Of wins, the customer's first only"`
	Values    []string `json:"values,omitempty" doc:"Life-cycle states, signals, groups, or of care dates: birthday, anniversary, custom, or ids of holidays; empty: any"`
	Before    Duration `json:"before,omitempty" doc:"How long before the day or the contract's end"`
	Every     int      `json:"every,omitempty" minimum:"0" maximum:"1000"`
	Unit      string   `json:"unit,omitempty" enum:"day,week,month,quarter,year"`
	AsAgreed  bool     `json:"as_agreed,omitempty" doc:"The cadence that was agreed with the customer goes before every and unit (R-069)"`
	FirstLate Duration `json:"first_after,omitempty" doc:"Time from the beginning of maintenance after which the first one is counted"`
}

// Only says which customers a process is for; of each list one must fit.
type Only struct {
	Tiers     []string `json:"tiers,omitempty"`
	Types     []string `json:"types,omitempty"`
	Sectors   []string `json:"sectors,omitempty"`
	Kinds     []string `json:"kinds,omitempty" doc:"company, person"`
	Lifecycle []string `json:"lifecycle,omitempty" doc:"Life-cycle states in which it begins"`
	Except    []string `json:"except,omitempty" doc:"Tiers that it is not for"`
}

// ProcessStep is a step: who does what until when, and what proves it.
type ProcessStep struct {
	ID       string    `json:"id" pattern:"^[a-z][a-z0-9_]*$" maxLength:"40"`
	Name     lang.Text `json:"name"`
	Action   string    `json:"action" enum:"task,reach_customer,send_survey,open_case,open_intervention,open_churn_review,inform"`
	Who      string    `json:"who" doc:"owner, success, implementation, owner_supervisor, success_supervisor, watcher (whom standing.watch names), or role: and a role"`
	After    string    `json:"after,omitempty" doc:"Step that must have ended before; empty: at once"`
	Due      Duration  `json:"due" doc:"From when the step opens"`
	Evidence bool      `json:"evidence,omitempty" doc:"It cannot be done without evidence"`
	Subject  lang.Text `json:"subject,omitempty" doc:"Of what is sent; {customer} {contact} {owner} {success} {date} are filled in"`
	Text     lang.Text `json:"text,omitempty" doc:"What is sent, or what the task says"`
	Channel  string    `json:"channel,omitempty" doc:"Through which the customer is reached; empty: the preferred one" maxLength:"40"`
	Detail   string    `json:"detail,omitempty" doc:"Survey, kind of case or of intervention that is opened" maxLength:"80"`
}

// Holiday is a day on which customers can be greeted, by the solar or the lunar calendar.
type Holiday struct {
	ID       string    `json:"id" pattern:"^[a-z][a-z0-9_]*$" maxLength:"40"`
	Name     lang.Text `json:"name"`
	Calendar string    `json:"calendar" enum:"solar,lunar"`
	Month    int       `json:"month" minimum:"1" maximum:"12"`
	Day      int       `json:"day" minimum:"1" maximum:"31"`
}

// Process gives a process of the book, nil if it does not have it.
func (p *Processes) Process(id string) *Process {
	for i := range p.Processes {
		if p.Processes[i].ID == id {
			return &p.Processes[i]
		}
	}
	return nil
}
