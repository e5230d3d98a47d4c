package keyaccounts

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

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

// Run takes what is known of where key accounts stand into their indicator tables, until ctx ends.
func (p Part) Run(ctx context.Context) error {
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

var textType = reflect.TypeFor[string]()

func describe(s *httpx.Server, id, path, param, summary string) {
	httpx.Describe(s, &huma.Operation{Method: http.MethodGet, Path: path, OperationID: id, Tags: []string{spaceTag}, Summary: summary,
		Parameters: []*huma.Param{{Name: param, In: "path", Required: true, Schema: huma.SchemaFromType(s.API.OpenAPI().Components.Schemas, textType)}},
		Responses:  map[string]*huma.Response{"200": {Description: "OK", Content: map[string]*huma.MediaType{"text/event-stream": {}}}}})
}

// registerSpace adds the co-creation space for the team.
func (k *KeyAccounts) registerSpace(s *httpx.Server) {
	op := func(method, path, id, summary string) httpx.Op {
		return httpx.Op{Method: method, Path: root + "/{id}/cocreation" + path, ID: id, Summary: summary, Description: "R-155, R-156.", Tag: spaceTag}
	}
	httpx.Handle(s, op("GET", "/items", "list-cocreation-items", "Items of a co-creation space"), k.getItems)
	httpx.Handle(s, op("POST", "/items", "open-cocreation-item", "Open an item"), k.postItem)
	httpx.Handle(s, op("POST", "/items/{item}/comments", "comment-cocreation-item", "Comment an item"), k.postComment)
	httpx.Handle(s, op("PUT", "/items/{item}/state", "move-cocreation-item", "Move an item on"), k.putState)
	httpx.Handle(s, op("POST", "/guests", "invite-cocreation-guest", "Invite somebody of the customer"), k.postGuest)
	httpx.Handle(s, op("DELETE", "/guests/{guest}", "revoke-cocreation-guest", "Take an invitation back"), k.deleteGuest)
	describe(s, "follow-cocreation", root+"/{id}/cocreation/events", "id", "Items as they change, as server-sent events (R-156)")
	s.Routes.GET(root+"/:id/cocreation/events", func(c *gin.Context) {
		p, err := httpx.Require(c.Request.Context())
		customerID := ""
		if err == nil {
			customerID, _, err = k.member(c.Request.Context(), p, access.KeyAccountRead, c.Param("id"))
		}
		k.stream(c, err, customerID, func() bool { return true })
	})
}

func (k *KeyAccounts) getItems(ctx context.Context, in *listInput) (*httpx.List[catalogue.CocreationItem], error) {
	customerID, _, err := k.member(ctx, auth.From(ctx), access.KeyAccountRead, in.ID)
	if err != nil {
		return nil, err
	}
	list, next, err := k.space(ctx, customerID, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	return httpx.NewList(list, next), nil
}

type ideaInput struct {
	ID   string `path:"id" maxLength:"200"`
	Body Idea
}

type itemOutput struct{ Body catalogue.CocreationItem }

func (k *KeyAccounts) postItem(ctx context.Context, in *ideaInput) (*itemOutput, error) {
	customerID, who, err := k.member(ctx, auth.From(ctx), access.CocreationJoin, in.ID)
	if err != nil {
		return nil, err
	}
	it, err := k.open(ctx, customerID, httpx.NewID(ctx), who, in.Body)
	return &itemOutput{it}, err
}

// CocreationWords are what somebody says about an item.
type CocreationWords struct {
	Text string `json:"text" minLength:"1" maxLength:"4000"`
}

type commentInput struct {
	ID   string `path:"id" maxLength:"200"`
	Item string `path:"item" maxLength:"200"`
	Body CocreationWords
}

func (k *KeyAccounts) postComment(ctx context.Context, in *commentInput) (*itemOutput, error) {
	customerID, who, err := k.member(ctx, auth.From(ctx), access.CocreationJoin, in.ID)
	if err != nil {
		return nil, err
	}
	it, err := k.comment(ctx, customerID, in.Item, httpx.NewID(ctx), who, in.Body.Text)
	return &itemOutput{it}, err
}

// CocreationState is where an item is to stand.
type CocreationState struct {
	State string `json:"state" enum:"proposed,considered,planned,in_progress,done,declined"`
}

type stateInput struct {
	ID   string `path:"id" maxLength:"200"`
	Item string `path:"item" maxLength:"200"`
	httpx.IfMatch
	Body CocreationState
}

func (k *KeyAccounts) putState(ctx context.Context, in *stateInput) (*httpx.Item[catalogue.CocreationItem], error) {
	it, version, err := k.Move(ctx, auth.From(ctx), in.ID, in.Item, Change{httpx.Command(ctx), in.Check}, in.Body.State)
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(it, version), nil
}

type guestInput struct {
	ID   string `path:"id" maxLength:"200"`
	Body Invitation
}

// Invited is an invitation with its link.
type Invited struct {
	ID string `json:"id"`
	Invitation
	Link string `json:"link"`
}

type invitedOutput struct{ Body Invited }

func (k *KeyAccounts) postGuest(ctx context.Context, in *guestInput) (*invitedOutput, error) {
	id := httpx.NewID(ctx)
	g, link, err := k.Invite(ctx, auth.From(ctx), in.ID, id, in.Body)
	return &invitedOutput{Invited{id, Invitation{g.Name, g.Contact, g.Expires}, link}}, err
}

type revokeInput struct {
	ID    string `path:"id" maxLength:"200"`
	Guest string `path:"guest" maxLength:"200"`
}

func (k *KeyAccounts) deleteGuest(ctx context.Context, in *revokeInput) (*httpx.None, error) {
	return httpx.NoContent(), k.Revoke(ctx, auth.From(ctx), in.ID, in.Guest)
}
