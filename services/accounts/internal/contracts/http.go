package contracts

import (
	"context"
	"net/http"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/contracts/contract"
	"liuke.dev/services/accounts/internal/prices"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/money"
)

const tag = "Contracts"

// Register adds the operations.
func (c *Contracts) Register(s *httpx.Server) {
	op := func(method, path, id, summary, description string) httpx.Op {
		return httpx.Op{Method: method, Path: "/v1/contracts" + path, ID: id, Summary: summary, Description: description, Tag: tag}
	}
	ok := func(o httpx.Op) httpx.Op { o.Status = http.StatusOK; return o }
	httpx.Handle(s, op("POST", "", "draft-contract", "Draft a contract", "From a standard template, at the customer's prices unless others are agreed (R-131, R-134)."), c.postDraft)
	httpx.Handle(s, op("GET", "", "list-contracts", "List contracts", "Of a customer, of a state in order of expiry, or with overdue payments (R-130, R-136)."), c.list)
	httpx.Handle(s, op("GET", "/{id}", "get-contract", "Read a contract", ""), c.getOne)
	httpx.Handle(s, op("PUT", "/{id}", "edit-contract", "Replace a draft's terms", "Only while it is a draft."), c.put)
	httpx.Handle(s, ok(op("POST", "/{id}/submission", "submit-contract", "Submit for approval", "The policy says which steps it needs; without any it is approved at once (R-131, R-161).")), c.submission)
	httpx.Handle(s, ok(op("POST", "/{id}/decisions", "decide-contract-step", "Approve or reject the step that waits", "With a reason; a rejection makes it a draft again (R-131, R-161).")), c.decision)
	httpx.Handle(s, ok(op("POST", "/{id}/withdrawal", "withdraw-contract", "Take back to a draft", "Before it is signed; the link that was sent is good no more.")), c.withdrawal)
	httpx.Handle(s, ok(op("POST", "/{id}/sending", "send-contract", "Send for signing", "Sent again, only the newest link is good (R-132).")), c.sending)
	httpx.Handle(s, ok(op("POST", "/{id}/renewal-intent", "record-renewal-intent", "Record what the customer says about renewing", "R-130.")), c.intent)
	httpx.Handle(s, op("POST", "/{id}/renewals", "renew-contract", "Draft the contract that renews it", "At the prices of today (R-130)."), c.renewal)
	httpx.Handle(s, op("POST", "/{id}/upsells", "upsell-contract", "Add products in one step", "Drafted, submitted and, if nobody has to approve it, sent (R-133)."), c.upsell)
	httpx.Handle(s, ok(op("POST", "/{id}/payments", "pay-contract", "Record a payment", "Idempotent by source and the source's id; payment cycle and time from signing to payment follow (R-136).")), c.payment)
	httpx.Handle(s, ok(op("POST", "/{id}/termination", "terminate-contract", "End a contract before its time", "")), c.termination)
	httpx.Handle(s, ok(op("POST", "/{id}/advances", "advance-contract", "Begin or end a contract's term", "For journeys (R-130).")), c.advance)
	httpx.Handle(s, ok(op("POST", "/{id}/signing-reminders", "urge-signing", "Remind the customer to sign", "For journeys (R-132).")), c.urge)
	httpx.Handle(s, ok(op("POST", "/{id}/offers", "push-offers", "Push the offers that the customer is eligible for", "For journeys (R-134).")), c.offers)
	httpx.Handle(s, op("PUT", "/{id}/marks/{mark}", "mark-contract", "Mark a contract", "For journeys: renewal_at_risk, payment_overdue (R-096, R-136)."), c.mark)
	c.registerDocument(s)
	c.registerLinks(s)
	c.registerOutside(s)
}

// ContractView is a contract as HTTP shows it.
type ContractView struct {
	catalogue.Contract
	Version     int64  `json:"version"`
	SigningLink string `json:"signing_link,omitempty" doc:"While it is open for signing"`
	// Handover is how the newest sending stands with the signing service.
	Handover *Handover `json:"handover,omitempty" doc:"How it stands with the signing service, where there is one (R-132)"`
}

func (c *Contracts) show(ctx context.Context, s Seen, links bool) ContractView {
	v := ContractView{Contract: s.Contract, Version: s.At}
	if links && s.Status == catalogue.ContractSent {
		v.SigningLink, _ = c.SigningAddress(ctx, s.Contract) // without an address there is none to show
	}
	if links {
		v.Handover, _ = c.Handover(ctx, s.Contract) // as the link
	}
	return v
}

func (c *Contracts) item(ctx context.Context, s Seen, err error) (*httpx.Item[ContractView], error) {
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(c.show(ctx, s, true), s.At), nil
}

func (c *Contracts) created(ctx context.Context, s Seen, err error) (*httpx.Item[ContractView], error) {
	if err != nil {
		return nil, err
	}
	return httpx.NewCreated(c.show(ctx, s, true), s.At, httpx.Path("v1", "contracts", s.ID)), nil
}

// ContractDraft is what a contract is drafted from.
type ContractDraft struct {
	Customer string `json:"customer" minLength:"1" maxLength:"200"`
	contract.Terms
}

type draftInput struct {
	Body ContractDraft
}

func (c *Contracts) postDraft(ctx context.Context, in *draftInput) (*httpx.Item[ContractView], error) {
	s, err := c.Draft(ctx, auth.From(ctx), httpx.NewID(ctx), in.Body.Customer, in.Body.Terms)
	return c.created(ctx, s, err)
}

type putInput struct {
	ID string `path:"id" maxLength:"200"`
	httpx.IfMatch
	Body contract.Terms
}

func (c *Contracts) put(ctx context.Context, in *putInput) (*httpx.Item[ContractView], error) {
	s, err := c.Edit(ctx, auth.From(ctx), in.ID, Change{httpx.Command(ctx), in.Check}, in.Body)
	return c.item(ctx, s, err)
}

type plainInput struct {
	ID string `path:"id" maxLength:"200"`
	httpx.IfMatch
}

func (c *Contracts) getOne(ctx context.Context, in *plainInput) (*httpx.Item[ContractView], error) {
	d, err := c.permitted(ctx, auth.From(ctx), access.ContractRead, in.ID)
	if err != nil {
		return nil, err
	}
	return c.item(ctx, Seen{d.Body.Contract, d.Version}, nil)
}

func (c *Contracts) submission(ctx context.Context, in *plainInput) (*httpx.Item[ContractView], error) {
	s, err := c.Submit(ctx, auth.From(ctx), in.ID, Change{httpx.Command(ctx), in.Check})
	return c.item(ctx, s, err)
}

func (c *Contracts) sending(ctx context.Context, in *plainInput) (*httpx.Item[ContractView], error) {
	s, err := c.Send(ctx, auth.From(ctx), in.ID, Change{httpx.Command(ctx), in.Check})
	return c.item(ctx, s, err)
}

// ContractDecision decides a step of an approval.
type ContractDecision struct {
	Decision string `json:"decision" enum:"approve,reject"`
	Reason   string `json:"reason,omitempty" maxLength:"2000" doc:"Required for a rejection"`
}

type decisionInput struct {
	ID string `path:"id" maxLength:"200"`
	httpx.IfMatch
	Body ContractDecision
}

func (c *Contracts) decision(ctx context.Context, in *decisionInput) (*httpx.Item[ContractView], error) {
	s, err := c.Decide(ctx, auth.From(ctx), in.ID, Change{httpx.Command(ctx), in.Check}, in.Body.Decision == "approve", in.Body.Reason)
	return c.item(ctx, s, err)
}

// ContractReason says why.
type ContractReason struct {
	Reason string `json:"reason" minLength:"1" maxLength:"2000"`
}

type reasonInput struct {
	ID string `path:"id" maxLength:"200"`
	httpx.IfMatch
	Body ContractReason
}

func (c *Contracts) withdrawal(ctx context.Context, in *reasonInput) (*httpx.Item[ContractView], error) {
	s, err := c.Withdraw(ctx, auth.From(ctx), in.ID, Change{httpx.Command(ctx), in.Check}, in.Body.Reason)
	return c.item(ctx, s, err)
}

func (c *Contracts) termination(ctx context.Context, in *reasonInput) (*httpx.Item[ContractView], error) {
	s, err := c.Terminate(ctx, auth.From(ctx), in.ID, Change{httpx.Command(ctx), in.Check}, in.Body.Reason)
	return c.item(ctx, s, err)
}

// ContractIntent is what the customer says about renewing.
type ContractIntent struct {
	Intent string `json:"intent" enum:"renew,undecided,leave"`
	Note   string `json:"note,omitempty" maxLength:"2000"`
}

type intentInput struct {
	ID string `path:"id" maxLength:"200"`
	httpx.IfMatch
	Body ContractIntent
}

func (c *Contracts) intent(ctx context.Context, in *intentInput) (*httpx.Item[ContractView], error) {
	s, err := c.Intend(ctx, auth.From(ctx), in.ID, Change{httpx.Command(ctx), in.Check}, in.Body.Intent, in.Body.Note)
	return c.item(ctx, s, err)
}

// ContractRenewal is what a renewal has of its own.
type ContractRenewal struct {
	Items []contract.Line `json:"items,omitempty" maxItems:"200" doc:"Absent: as before"`
	From  instant.Time    `json:"from,omitempty" doc:"Absent: when the old one ends"`
	Until instant.Time    `json:"until,omitempty"`
	Extra string          `json:"extra,omitempty" maxLength:"20000"`
}

type renewalInput struct {
	ID   string `path:"id" maxLength:"200"`
	Body ContractRenewal
}

func (c *Contracts) renewal(ctx context.Context, in *renewalInput) (*httpx.Item[ContractView], error) {
	b := in.Body
	s, err := c.Renew(ctx, auth.From(ctx), httpx.NewID(ctx), in.ID, contract.Terms{Items: b.Items, From: b.From, Until: b.Until, Extra: b.Extra})
	return c.created(ctx, s, err)
}

// ContractUpsell is what is added to a contract.
type ContractUpsell struct {
	Items []prices.Ask `json:"items" minItems:"1" maxItems:"50"`
}

type upsellInput struct {
	ID   string `path:"id" maxLength:"200"`
	Body ContractUpsell
}

func (c *Contracts) upsell(ctx context.Context, in *upsellInput) (*httpx.Item[ContractView], error) {
	s, err := c.Upsell(ctx, auth.From(ctx), httpx.NewID(ctx), in.ID, in.Body.Items)
	return c.created(ctx, s, err)
}

// ContractPaymentTold is a payment as it is told.
type ContractPaymentTold struct {
	Source   string       `json:"source" minLength:"1" maxLength:"60" doc:"System that tells of it"`
	SourceID string       `json:"source_id" minLength:"1" maxLength:"200"`
	Amount   money.Amount `json:"amount"`
	PaidAt   instant.Time `json:"paid_at"`
}

type paymentInput struct {
	ID string `path:"id" maxLength:"200"`
	httpx.IfMatch
	Body ContractPaymentTold
}

func (c *Contracts) payment(ctx context.Context, in *paymentInput) (*httpx.Item[ContractView], error) {
	b := in.Body
	s, err := c.Pay(ctx, auth.From(ctx), in.ID, Change{httpx.Command(ctx), in.Check}, catalogue.ContractPayment{ID: b.Source + ":" + b.SourceID, Amount: b.Amount, PaidAt: b.PaidAt})
	return c.item(ctx, s, err)
}

type advanceInput struct {
	ID   string `path:"id" maxLength:"200"`
	Body effects.AdvanceContract
}

func (c *Contracts) advance(ctx context.Context, in *advanceInput) (*httpx.Item[ContractView], error) {
	s, err := c.Advance(ctx, auth.From(ctx), in.ID, Change{Command: httpx.Command(ctx)}, in.Body)
	return c.item(ctx, s, err)
}

type urgeInput struct {
	ID   string `path:"id" maxLength:"200"`
	Body effects.UrgeSigning
}

func (c *Contracts) urge(ctx context.Context, in *urgeInput) (*httpx.Item[ContractView], error) {
	s, err := c.Urge(ctx, auth.From(ctx), in.ID, Change{Command: httpx.Command(ctx)}, in.Body)
	return c.item(ctx, s, err)
}

type markInput struct {
	ID   string `path:"id" maxLength:"200"`
	Mark string `path:"mark" maxLength:"60"`
	Body effects.SetMark
}

func (c *Contracts) mark(ctx context.Context, in *markInput) (*httpx.Item[ContractView], error) {
	s, err := c.Mark(ctx, auth.From(ctx), in.ID, Change{Command: httpx.Command(ctx)}, in.Mark, in.Body.Evidence)
	return c.item(ctx, s, err)
}

type offersInput struct {
	ID   string `path:"id" maxLength:"200"`
	Body effects.PushOffers
}

// Pushed answers a push of offers.
type Pushed struct {
	Offers []string `json:"offers"`
}

type pushedOutput struct{ Body Pushed }

func (c *Contracts) offers(ctx context.Context, in *offersInput) (*pushedOutput, error) {
	d, err := c.permitted(ctx, auth.From(ctx), access.ContractOperate, in.ID)
	if err != nil {
		return nil, err
	}
	ids, err := c.Prices.Push(ctx, d.Body.Customer)
	return &pushedOutput{Pushed{ids}}, err
}
