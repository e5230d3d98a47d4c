package keyaccounts

import (
	"context"
	"net/http"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/service"
	"liuke.dev/shared/store"
)

const (
	tag      = "Key accounts"
	spaceTag = "Co-creation"
	root     = "/v1/key-accounts"
)

// Part is key accounts as a part of the service.
type Part struct {
	*KeyAccounts
	Deps service.Deps
}

// Run takes what is known of where key accounts stand into their indicator tables,
// and fires what becomes due on their sheets, until ctx ends.
func (p Part) Run(ctx context.Context) error {
	return service.Together(ctx, p.observe, p.keep)
}

func (p Part) observe(ctx context.Context) error {
	return p.Deps.Consume(ctx, facts.ConsumerConfig{Group: "liuke.accounts.keyaccounts", Topics: []string{catalogue.TopicAccounts},
		Types: []string{(&catalogue.StandingAssessed{}).Kind().Type}, Handle: func(ctx context.Context, e facts.Event) error {
			d, err := facts.Decode[catalogue.StandingAssessed](e)
			if err != nil {
				return facts.Final(err)
			}
			return p.Observe(ctx, d.After)
		}})
}

// Register adds the operations.
func (k *KeyAccounts) Register(s *httpx.Server) {
	op := func(method, path, id, summary, description string) httpx.Op {
		return httpx.Op{Method: method, Path: root + path, ID: id, Summary: summary, Description: description, Tag: tag}
	}
	ok := func(o httpx.Op) httpx.Op { o.Status = http.StatusOK; return o }
	designate := op("PUT", "/{id}", "designate-key-account", "Make a customer a key account", "Names its manager and who answers for its growth in value (R-048, R-158).")
	designate.Creates = true
	httpx.Handle(s, designate, k.putAccount)
	httpx.Handle(s, op("GET", "", "list-key-accounts", "List key accounts", "All, or those of a manager, the newest first (R-048)."), k.listAccounts)
	httpx.Handle(s, op("GET", "/{id}", "get-key-account", "Read a key account's sheet", "Gaps, indicators and plans (R-153, R-154, R-157)."), k.getAccount)
	httpx.Handle(s, ok(op("POST", "/{id}/ending", "end-key-account", "End a key account", "")), k.postEnd)
	httpx.Handle(s, op("PUT", "/{id}/gaps/{part}", "check-key-account-gap", "Record the check of a gap", "Closed with evidence, or open with owner and due time (R-153)."), k.putGap)
	httpx.Handle(s, op("POST", "/{id}/plans", "plan-value", "Plan what adds value", "Industry insight, custom report and the like (R-157)."), k.postPlan)
	httpx.Handle(s, ok(op("POST", "/{id}/plans/{part}/outcome", "end-value-plan", "Deliver or drop a plan", "With its outcome (R-157).")), k.postOutcome)
	httpx.Handle(s, op("POST", "/{id}/notes", "note-key-account", "Note industry news or a change of need", "R-048."), k.postNote)
	httpx.Handle(s, op("GET", "/{id}/notes", "list-key-account-notes", "Notes of a key account", "The newest first (R-048)."), k.getNotes)
	k.registerSpace(s)
	k.registerLinks(s)
}

// KeyAccountSheet is a key account as HTTP shows it.
type KeyAccountSheet struct {
	catalogue.KeyAccount
	Version int64 `json:"version"`
}

func item(s Seen, err error) (*httpx.Item[KeyAccountSheet], error) {
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(KeyAccountSheet{s.KeyAccount, s.At}, s.At), nil
}

type accountInput struct {
	ID string `path:"id" maxLength:"200" doc:"Of the customer"`
	httpx.IfMatch
}

type appointInput struct {
	ID string `path:"id" maxLength:"200" doc:"Of the customer"`
	httpx.IfMatch
	Body Appointment
}

func (k *KeyAccounts) putAccount(ctx context.Context, in *appointInput) (*httpx.Item[KeyAccountSheet], error) {
	s, created, err := k.Designate(ctx, auth.From(ctx), in.ID, Change{httpx.Command(ctx), in.Check}, in.Body)
	out, err := item(s, err)
	if err == nil && created {
		out.Status = http.StatusCreated
	}
	return out, err
}

func (k *KeyAccounts) getAccount(ctx context.Context, in *accountInput) (*httpx.Item[KeyAccountSheet], error) {
	d, err := k.permitted(ctx, auth.From(ctx), access.KeyAccountRead, in.ID)
	if err != nil {
		return nil, err
	}
	return item(Seen{d.Body.Account, d.Version}, nil)
}

type accountsInput struct {
	httpx.PageParams
	Manager string `query:"manager" maxLength:"200"`
}

func (k *KeyAccounts) listAccounts(ctx context.Context, in *accountsInput) (*httpx.List[KeyAccountSheet], error) {
	p := auth.From(ctx)
	if err := k.Guard.MayAtAll(p, access.KeyAccountRead); err != nil {
		return nil, err
	}
	q := store.Query{Index: newest, Desc: true, Limit: in.Limit, After: in.After}
	if in.Manager != "" {
		q.Index, q.Equal = byManager, []any{in.Manager}
	}
	page, err := k.docs.Page(ctx, q)
	if err != nil {
		return nil, err
	}
	out := []KeyAccountSheet{}
	for _, d := range page.Docs {
		o := d.Body.Account
		o.Customer = d.Body.Customer
		if !k.Guard.Everywhere(p, access.KeyAccountRead) && !k.keeps(p, access.KeyAccountRead, o) {
			if _, _, err := k.Files.Permitted(ctx, p, access.KeyAccountRead, o.Customer); err != nil {
				continue
			}
		}
		out = append(out, KeyAccountSheet{o, d.Version})
	}
	return httpx.NewList(out, page.Next), nil
}

// KeyAccountEnd says why a key account ends.
type KeyAccountEnd struct {
	Reason string `json:"reason" minLength:"1" maxLength:"2000"`
}

type endInput struct {
	ID string `path:"id" maxLength:"200"`
	httpx.IfMatch
	Body KeyAccountEnd
}

func (k *KeyAccounts) postEnd(ctx context.Context, in *endInput) (*httpx.Item[KeyAccountSheet], error) {
	return item(k.End(ctx, auth.From(ctx), in.ID, Change{httpx.Command(ctx), in.Check}, in.Body.Reason))
}

type gapInput struct {
	ID   string `path:"id" maxLength:"200"`
	Part string `path:"part" maxLength:"60"`
	httpx.IfMatch
	Body Check
}

func (k *KeyAccounts) putGap(ctx context.Context, in *gapInput) (*httpx.Item[KeyAccountSheet], error) {
	return item(k.Gap(ctx, auth.From(ctx), in.ID, in.Part, Change{httpx.Command(ctx), in.IfMatch.Check}, in.Body))
}

type planInput struct {
	ID string `path:"id" maxLength:"200"`
	httpx.IfMatch
	Body Plan
}

func (k *KeyAccounts) postPlan(ctx context.Context, in *planInput) (*httpx.Item[KeyAccountSheet], error) {
	out, err := item(k.Plan(ctx, auth.From(ctx), in.ID, httpx.NewID(ctx), Change{httpx.Command(ctx), in.Check}, in.Body))
	if err == nil {
		out.Status = http.StatusCreated
	}
	return out, err
}

// PlanOutcome ends a plan.
type PlanOutcome struct {
	State   string `json:"state" enum:"delivered,dropped"`
	Outcome string `json:"outcome" minLength:"1" maxLength:"4000"`
}

type outcomeInput struct {
	ID   string `path:"id" maxLength:"200"`
	Part string `path:"part" maxLength:"200"`
	httpx.IfMatch
	Body PlanOutcome
}

func (k *KeyAccounts) postOutcome(ctx context.Context, in *outcomeInput) (*httpx.Item[KeyAccountSheet], error) {
	return item(k.Deliver(ctx, auth.From(ctx), in.ID, in.Part, Change{httpx.Command(ctx), in.Check}, in.Body.State, in.Body.Outcome))
}

type noteInput struct {
	ID   string `path:"id" maxLength:"200"`
	Body Learnt
}

type noteOutput struct{ Body catalogue.KeyAccountNote }

func (k *KeyAccounts) postNote(ctx context.Context, in *noteInput) (*noteOutput, error) {
	n, err := k.Note(ctx, auth.From(ctx), in.ID, httpx.NewID(ctx), in.Body)
	return &noteOutput{n}, err
}

type listInput struct {
	ID string `path:"id" maxLength:"200"`
	httpx.PageParams
}

func (k *KeyAccounts) getNotes(ctx context.Context, in *listInput) (*httpx.List[catalogue.KeyAccountNote], error) {
	d, err := k.permitted(ctx, auth.From(ctx), access.KeyAccountRead, in.ID)
	if err != nil {
		return nil, err
	}
	page, err := k.notes.Page(ctx, store.Query{Index: holdings.Index, Equal: []any{d.Body.Customer}, Desc: true, Limit: in.Limit, After: in.After})
	if err != nil {
		return nil, err
	}
	out := make([]catalogue.KeyAccountNote, 0, len(page.Docs))
	for _, n := range page.Docs {
		n.Body.Note.Customer = n.Body.Customer
		out = append(out, n.Body.Note)
	}
	return httpx.NewList(out, page.Next), nil
}
