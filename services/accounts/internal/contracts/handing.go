package contracts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"

	"liuke.dev/services/accounts/internal/contracts/signing"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/hooks"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/race"
	"liuke.dev/shared/store"
)

// Outside is a signing service of somebody else's.
type Outside interface {
	Name() string
	// Hand hands a document over, once per id; signing.ErrFinal where no repetition mends it.
	Hand(ctx context.Context, h signing.Handing, pdf []byte) (signing.Handed, error)
	// Believes tells whether a callback is the service's.
	Believes(signature string, body []byte) error
}

// Handover is the document of one sending to a signing service; its id is <contract>.<round>.
type Handover struct {
	Provider string       `json:"provider"`
	ID       string       `json:"id,omitempty" doc:"The service's own"`
	Address  string       `json:"address,omitempty" doc:"Where the customer signs; empty: it was not handed over"`
	Tries    int          `json:"tries"`
	HandedAt instant.Time `json:"handed_at,omitempty"`
	Error    string       `json:"error,omitempty" doc:"Why it could not be handed over"`
	Final    bool         `json:"final,omitempty" doc:"No repetition mends it: change the contract and send it again"`
}

var handovers = store.Spec{Name: "contract_handover"}

func handoverID(o catalogue.Contract) string { return fmt.Sprintf("%s.%d", o.ID, o.Round) }

// Handover gives how the newest sending of a contract stands with the signing service; nil: there is none.
func (c *Contracts) Handover(ctx context.Context, o catalogue.Contract) (*Handover, error) {
	if c.Outside == nil || o.Round == 0 {
		return nil, nil
	}
	d, err := c.handovers.Get(ctx, handoverID(o))
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return &d.Body, nil
}

// hand hands a sending over and gives where the customer signs. What was handed over
// is not posted again; what may pass is an error, so that whoever asks tries again
// and, when it stays down, keeps the sending as a dead letter.
func (c *Contracts) hand(ctx context.Context, o catalogue.Contract) (string, error) {
	d, err := c.handovers.Get(ctx, handoverID(o))
	if errors.Is(err, store.ErrNotFound) {
		d, err = store.New(handoverID(o), Handover{Provider: c.Outside.Name()}), nil
	}
	if err != nil || d.Body.Address != "" {
		return d.Body.Address, err
	}
	pdf, err := c.document(ctx, o)
	if err != nil {
		return "", err
	}
	got, failed := c.Outside.Hand(ctx, signing.Handing{ID: "contract:" + handoverID(o), Contract: o.ID, Round: o.Round, Number: o.Number, Title: o.Title, Hash: o.Hash, SignBy: o.SignBy,
		Signer: signing.Signer{Company: o.Buyer.Name, Contact: o.Buyer.Contact}}, pdf)
	h := &d.Body
	h.Tries++
	if failed != nil {
		h.Error, h.Final = failed.Error(), errors.Is(failed, signing.ErrFinal)
	} else {
		h.ID, h.Address, h.HandedAt, h.Error, h.Final = got.ID, got.Address, c.Clock(), "", false
	}
	err = c.handovers.Commit(ctx, d, "")
	if race.Lost(err) {
		return "", problem.Away(fmt.Errorf("another process hands %s over", d.ID)) // it asks again, and finds what that one got
	}
	if err == nil && h.Final {
		return "", facts.Final(failed)
	}
	return got.Address, errors.Join(failed, err)
}

// Told is what a signing service tells of a document.
type Told struct {
	Event    string `json:"event" minLength:"1" maxLength:"200" doc:"Id of this telling: told again, it changes nothing"`
	Contract string `json:"contract" minLength:"1" maxLength:"200"`
	Round    int    `json:"round" minimum:"1" doc:"As it was posted"`
	Status   string `json:"status" enum:"signed,declined"`
	Hash     string `json:"hash,omitempty" maxLength:"64" doc:"SHA-256 of the document that was signed: the one that was posted"`
	Name     string `json:"name,omitempty" maxLength:"200" doc:"Who signed"`
	Reason   string `json:"reason,omitempty" maxLength:"2000" doc:"Why it was declined"`
}

func (c *Contracts) registerOutside(s *httpx.Server) {
	if c.Outside == nil {
		return
	}
	httpx.Handle(s, httpx.Op{Method: http.MethodPost, Path: CallbackPath, ID: "signing-callback", Summary: "What became of a document, told by the signing service", Tag: tag, Public: true,
		Status: http.StatusOK, MaxBody: 64 << 10, Description: "Signed with the secret that both know, in the header Liuke-Signature; told again, it changes nothing (R-132)."}, c.callback)
}

// CallbackPath is where the signing service tells what became of a document.
const CallbackPath = "/v1/signing/callbacks"

type callbackInput struct {
	Signature string `header:"Liuke-Signature"`
	RawBody   []byte
	Body      Told
}

func (c *Contracts) callback(ctx context.Context, in *callbackInput) (*struct{ Body thanks }, error) {
	if err := c.Outside.Believes(in.Signature, in.RawBody); err != nil {
		rule := "signing.signature"
		if errors.Is(err, hooks.ErrTime) {
			rule = "signing.time"
		}
		return nil, problem.Forbid(rule, "回调签名无效或已过期", "The callback is not signed with the secret, or was signed too long ago")
	}
	ctx = facts.WithActor(ctx, catalogue.Actor{ID: "signing:" + c.Outside.Name(), Kind: catalogue.ActorProcess})
	err := race.Again(ctx, 20, func() error { return c.heard(ctx, in.Body) })
	return &struct{ Body thanks }{thanks{err == nil}}, err
}

type thanks struct {
	Received bool `json:"received"`
}

// heard takes what the service tells, once: of a document that is not the newest, nothing.
func (c *Contracts) heard(ctx context.Context, told Told) error {
	d, err := c.get(ctx, told.Contract)
	if err != nil {
		return err
	}
	sum := sha256.Sum256([]byte(told.Event))
	command := "signing:" + hex.EncodeToString(sum[:16])
	o := d.Body.Contract
	if s := o.Signature; d.Did(command) || s != nil && told.Status == "signed" && o.Round == told.Round && s.Hash == told.Hash {
		return nil // told again, under this id or another
	}
	if o.Round != told.Round || o.Hash == "" {
		return problem.Refuse("contract.changed", "合同已变更或重新发送", "The contract was changed or sent again since")
	}
	if told.Status == "declined" {
		_, err = c.Decline(ctx, link(o), command, told.Reason)
		return err
	}
	_, err = c.accept(ctx, d, command, catalogue.Signature{Provider: c.Outside.Name(), Name: told.Name, Hash: told.Hash}, told.Round)
	return err
}
