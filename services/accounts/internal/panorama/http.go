package panorama

import (
	"cmp"
	"context"
	"errors"
	"slices"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/panorama/board"
	"liuke.dev/services/accounts/internal/timeline"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store"
)

// Shown is a customer at a glance.
type Shown struct {
	Customer catalogue.Customer `json:"customer" doc:"Basics, tags, tier, needs, contacts with roles and whom they report to"`
	AsOf     instant.Time       `json:"as_of"`

	Owner    string `json:"owner,omitempty" doc:"First-responsible person (第一责任人); empty in the public pool"`
	Window   string `json:"window,omitempty" doc:"Whom the customer turns to (对外窗口)"`
	Decider  string `json:"decider,omitempty" doc:"Who of ours can decide (谁能拍板)"`
	Follower string `json:"follower,omitempty" doc:"Who follows continuously (谁持续跟)"`
	Previous string `json:"previous_owner,omitempty"`
	Pooled   bool   `json:"pooled,omitempty"`

	Needs       []Need                 `json:"needs" doc:"What the customer needs, by what it was said with"`
	Promise     *Promise               `json:"last_promise,omitempty" doc:"What was promised last, and by when"`
	Promises    []Promise              `json:"promises" doc:"All that is promised and not yet done, the earliest first"`
	Objections  []Objection            `json:"open_objections"`
	Questions   []board.Question       `json:"questions" doc:"What the customer asked last and was answered: not to be asked or answered otherwise (R-039)"`
	Decides     []Decides              `json:"who_decides" doc:"Contacts by role in the buying process, those who decide first"`
	Running     []board.Running        `json:"running" doc:"Deals, leads, cases, contracts, interventions, surveys under way"`
	Next        []board.Next           `json:"next" doc:"What happens next if nobody acts, and why"`
	LastIn      *board.Touch           `json:"last_inbound,omitempty" doc:"When the customer last turned to us"`
	LastOut     *board.Touch           `json:"last_outbound,omitempty" doc:"When we last turned to the customer"`
	Recent      map[string]board.Touch `json:"recent,omitempty" doc:"Newest entry of each kind and direction (R-094)"`
	Quotes      []board.Quoted         `json:"quotes" doc:"Quotes sent, newest first"`
	Attachments []board.Attached       `json:"attachments" doc:"Files kept with the customer, newest first"`
	Care        *board.Care            `json:"care,omitempty" doc:"Who looks after the customer since the win"`
	Won         []board.Ended          `json:"won,omitempty"`
	Lost        []board.Ended          `json:"lost,omitempty"`
	Standing    *board.Standing        `json:"standing,omitempty"`
	Findings    []board.Finding        `json:"findings" doc:"Where the system and the customer's behaviour contradict one another (R-042)"`
	Timeline    []timeline.Written     `json:"timeline" doc:"Newest entries"`
}

// Need is what a customer needs.
type Need struct {
	Need string            `json:"need"`
	From catalogue.Subject `json:"from"`
}

// Promise is the next step that somebody promised.
type Promise struct {
	What    string            `json:"what"`
	Due     instant.Time      `json:"due"`
	By      string            `json:"by,omitempty"`
	At      instant.Time      `json:"at,omitempty"`
	Subject catalogue.Subject `json:"subject"`
	Overdue bool              `json:"overdue"`
}

// Objection is an objection of something that still runs.
type Objection struct {
	Objection string            `json:"objection"`
	Subject   catalogue.Subject `json:"subject"`
	Title     string            `json:"title,omitempty"`
}

// Decides is a contact as the buying process sees them.
type Decides struct {
	Contact   string       `json:"contact,omitempty" doc:"Contact's id"`
	Name      string       `json:"name"`
	Role      string       `json:"role,omitempty"`
	Title     string       `json:"title,omitempty"`
	ReportsTo string       `json:"reports_to,omitempty"`
	Key       bool         `json:"key,omitempty"`
	LeftAt    instant.Time `json:"left_at,omitempty"`
	Successor string       `json:"successor,omitempty"`
}

const (
	recentEntries = 20
	upcoming      = 10
)

func (p *Panorama) register(s *httpx.Server) {
	httpx.Handle(s, httpx.Op{Method: "GET", Path: "/v1/customers/{id}/panorama", ID: "get-panorama", Summary: "A customer at a glance", Tag: "Panorama",
		Description: "Everything that whoever takes over has to know, in one call: needs, the last promise, open objections, who decides, what runs, what comes next and why (R-034, R-036, R-039)."}, p.get)
}

type getInput struct {
	ID string `path:"id" maxLength:"200"`
}

type output struct{ Body Shown }

func (p *Panorama) get(ctx context.Context, in *getInput) (*output, error) {
	s, err := p.Show(ctx, auth.From(ctx), in.ID)
	if err != nil {
		return nil, err
	}
	return &output{s}, nil
}

// Show gives the panorama to whoever may read the customer: the file, who answers
// for it, the board and one page of the timeline.
func (p *Panorama) Show(ctx context.Context, who auth.Principal, id string) (Shown, error) {
	file, holder, err := p.Files.Permitted(ctx, who, access.Read, id)
	if err != nil {
		return Shown{}, err
	}
	d, err := p.views.Get(ctx, file.ID)
	if errors.Is(err, store.ErrNotFound) {
		d, err = store.New(file.ID, view{}), nil
	}
	if err != nil {
		return Shown{}, err
	}
	entries, err := p.Timeline.Latest(ctx, file.ID, recentEntries)
	if err != nil {
		return Shown{}, err
	}
	b := d.Body.Board
	out := Shown{Customer: file.Customer, AsOf: p.Clock(), Owner: holder.Owner, Pooled: holder.Pooled, Window: b.Owner.Window, Decider: b.Owner.Decider, Follower: b.Owner.Follower,
		Previous: b.Owner.Previous, Running: orEmpty(b.Items()), Next: orEmpty(b.Upcoming(upcoming)), Questions: orEmpty(b.Questions), Findings: orEmpty(b.Findings),
		Recent: b.Touches, Quotes: orEmpty(b.Quotes), Attachments: orEmpty(b.Attachments), Care: b.Care, Won: b.Won, Lost: b.Lost, Standing: b.Standing, Timeline: entries, Needs: make([]Need, 0, len(b.Running)), Promises: make([]Promise, 0, len(b.Running)), Objections: []Objection{}, Decides: decides(file.Contacts)}
	out.of(b)
	return out, nil
}

// view is a board as it is shown: how far facts were read is much, and shown to nobody.
type view struct {
	board.Board
	Seen unread `json:"seen,omitzero"`
}

// unread is passed over.
type unread struct{}

// UnmarshalJSON takes nothing in.
func (unread) UnmarshalJSON([]byte) error { return nil }

// of fills in what the board says of what runs.
func (s *Shown) of(b board.Board) {
	for _, r := range s.Running {
		if r.Need != "" {
			s.Needs = append(s.Needs, Need{r.Need, r.Subject})
		}
		for _, o := range r.Objections {
			s.Objections = append(s.Objections, Objection{o, r.Subject, r.Title})
		}
		if r.PromiseDue != 0 {
			s.Promises = append(s.Promises, Promise{What: r.Promise, Due: r.PromiseDue, By: r.PromisedBy, At: r.PromisedAt, Subject: r.Subject, Overdue: r.PromiseDue < s.AsOf})
		}
	}
	slices.SortStableFunc(s.Promises, func(x, y Promise) int { return cmp.Compare(x.Due, y.Due) })
	if t, ok := b.Latest(catalogue.Inbound, board.Spoken); ok {
		s.LastIn = &t
	}
	if t, ok := b.Latest(catalogue.Outbound, board.Spoken); ok {
		s.LastOut = &t
	}
	if p := b.Promised; p != nil { // it stands until somebody was in touch again
		kept := s.LastOut != nil && s.LastOut.At >= p.Due
		s.Promise = &Promise{What: p.What, Due: p.Due, By: p.By, At: p.At, Subject: p.Subject, Overdue: p.Due < s.AsOf && !kept}
	}
}

// decides lists contacts by their role, those who decide first, those who left last.
func decides(contacts []catalogue.Contact) []Decides {
	order := []string{catalogue.RoleDecisionMaker, catalogue.RoleInfluencer, catalogue.RoleProcurement, catalogue.RoleGatekeeper, catalogue.RoleUser, ""}
	out := []Decides{}
	for _, c := range contacts {
		out = append(out, Decides{Contact: c.ID, Name: c.Name, Role: c.Role, Title: c.Title, ReportsTo: c.ReportsTo, Key: c.Key, LeftAt: c.LeftAt, Successor: c.Successor})
	}
	slices.SortStableFunc(out, func(x, y Decides) int {
		if left := (x.LeftAt != 0) != (y.LeftAt != 0); left {
			return map[bool]int{true: 1, false: -1}[x.LeftAt != 0]
		}
		return slices.Index(order, x.Role) - slices.Index(order, y.Role)
	})
	return out
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}
