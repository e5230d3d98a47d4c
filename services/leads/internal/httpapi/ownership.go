package httpapi

import (
	"context"
	"net/http"
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"

	"liuke.dev/services/leads/internal/app"
)

const (
	tagOwners = "ownership"
	tagPool   = "pool"
)

type owners struct{ app *app.App }

func registerOwnerships(s *httpx.Server, a *app.App) {
	o := owners{a}
	httpx.Handle(s, op(http.MethodGet, "/v1/ownerships/{customer}", "get-ownership", tagOwners, "Who is responsible for a customer (R-043, R-044)", ""), o.get)
	httpx.Handle(s, op(http.MethodPatch, "/v1/ownerships/{customer}", "change-ownership", tagOwners, "Name the window, who decides and who follows (R-044)",
		"The owner changes by a transfer alone (R-046)."), o.change)
	httpx.Handle(s, op(http.MethodGet, "/v1/ownerships/{customer}/undo", "preview-undo-owner", tagOwners, "What undoing the last change of owner would do",
		"A transfer, recycling, claim or reassignment, as long as the policy's undo.owner_within."), o.previewUndo)
	httpx.Handle(s, op(http.MethodPost, "/v1/ownerships/{customer}/undo", "undo-owner", tagOwners, "Undo the last change of owner",
		"The customer goes back with its leads, deals and tasks, and clocks go on where they stood."), o.undo)
	httpx.Handle(s, op(http.MethodGet, "/v1/ownerships/holdings/{person}", "get-holdings", tagOwners, "What a person holds (R-010)",
		"Counts of customers, open leads, open deals and transfers in progress, with some of each by id."), o.holdings)
}

func registerPool(s *httpx.Server, a *app.App) {
	o := owners{a}
	httpx.Handle(s, op(http.MethodGet, "/v1/pool", "list-pool", tagPool, "The public pool (公共资源), longest there first",
		"Customers, and leads that have no customer yet."), o.pool)
	httpx.Handle(s, op(http.MethodPost, "/v1/pool/{id}/claim", "claim", tagPool, "Take a customer or lead from the pool (R-047)",
		"Of several who try at once exactly one gets it; limited per person and day, and by how many one may hold."), o.claim)
}

// ownershipView is an ownership as the interface shows it.
type ownershipView struct {
	catalogue.Ownership
	Company string `json:"company,omitempty"`
	Version int64  `json:"version"`
	// TransferURL is the journey of the transfer in progress.
	TransferURL string `json:"transfer_url,omitempty" doc:"Journey of the transfer in progress in the Temporal UI"`

	CustomerStanding *app.CustomerStanding `json:"customer_standing,omitempty" doc:"How the customer stands (R-102)"`
}

func (h owners) answer(d *app.OwnershipDoc, err error) (*httpx.Item[ownershipView], error) {
	if err != nil {
		return nil, err
	}
	v := ownershipView{Ownership: d.Body.Ownership, Company: d.Body.Company, Version: d.Version, CustomerStanding: h.app.StandingOf(d.ID)}
	if v.Transfer != "" {
		v.TransferURL = h.app.Journey(catalogue.KindTransfer, v.Transfer)
	}
	return httpx.NewItem(v, d.Version), nil
}

// CustomerPath names a customer.
type CustomerPath struct {
	Customer string `path:"customer" maxLength:"80"`
}

func (h owners) get(ctx context.Context, in *CustomerPath) (*httpx.Item[ownershipView], error) {
	return h.answer(h.app.Ownership(ctx, in.Customer))
}

func (h owners) change(ctx context.Context, in *struct {
	CustomerPath
	httpx.IfMatch
	Body struct {
		Window   *string `json:"window,omitempty" maxLength:"80" doc:"Who the customer turns to (对外窗口)"`
		Decider  *string `json:"decider,omitempty" maxLength:"80" doc:"Who decides (谁能拍板)"`
		Follower *string `json:"follower,omitempty" maxLength:"80" doc:"Who follows continuously (谁持续跟)"`
	}
}) (*httpx.Item[ownershipView], error) {
	e := app.OwnershipEdit{Window: in.Body.Window, Decider: in.Body.Decider, Follower: in.Body.Follower}
	return h.answer(h.app.ChangeOwnership(ctx, in.Customer, e, in.IfMatch))
}

func (h owners) previewUndo(ctx context.Context, in *CustomerPath) (*struct{ Body app.Undoing }, error) {
	out, err := h.app.PreviewUndo(ctx, in.Customer)
	return &struct{ Body app.Undoing }{out}, err
}

func (h owners) undo(ctx context.Context, in *struct {
	CustomerPath
	Body struct {
		Change string `json:"change,omitempty" maxLength:"200" doc:"Id of the change that was seen; refused if there is a newer one"`
		Reason string `json:"reason" minLength:"1" maxLength:"1000" doc:"Why"`
	}
}) (*httpx.Item[ownershipView], error) {
	return h.answer(h.app.UndoOwner(ctx, in.Customer, in.Body.Change, in.Body.Reason))
}

func (h owners) holdings(ctx context.Context, in *struct {
	Person string `path:"person" maxLength:"80"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Ids of each kind"`
}) (*struct{ Body app.Holdings }, error) {
	out, err := h.app.HoldingsOf(ctx, in.Person, in.Limit)
	return &struct{ Body app.Holdings }{out}, err
}

// leadsPart begins the cursors of the second part of the pool's list.
const leadsPart = "leads."

func (h owners) pool(ctx context.Context, in *httpx.PageParams) (*httpx.List[app.Pooled], error) {
	after, inLeads := strings.CutPrefix(in.After, leadsPart)
	if !inLeads {
		items, next, err := h.app.PoolCustomers(ctx, in.Limit, after)
		if err != nil || next != "" || len(items) == in.Limit {
			if next == "" {
				next = leadsPart
			}
			return httpx.NewList(items, next), err
		}
		more, next, err := h.app.PoolLeads(ctx, in.Limit-len(items), "")
		return httpx.NewList(append(items, more...), leadsNext(next)), err
	}
	items, next, err := h.app.PoolLeads(ctx, in.Limit, after)
	return httpx.NewList(items, leadsNext(next)), err
}

func leadsNext(next string) string {
	if next == "" {
		return ""
	}
	return leadsPart + next
}

// claimed answers a claim.
type claimed struct {
	Claimed app.Pooled `json:"claimed"`
	Owner   string     `json:"owner"`
}

func (h owners) claim(ctx context.Context, in *LeadPath) (*struct{ Body claimed }, error) {
	got, err := h.app.Claim(ctx, in.ID)
	return &struct{ Body claimed }{claimed{got, app.CallerID(ctx)}}, err
}
