package keyaccounts

import (
	"context"
	"net/http"
	"reflect"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
)

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
		k.stream(c, err, customerID, nil)
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
