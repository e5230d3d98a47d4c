package contracts

import (
	"context"
	"errors"
	"strings"

	"liuke.dev/services/accounts/internal/leftovers"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/store"
)

// A contract's document is kept before the contract names it; one that is taken back to
// a draft, or rejected, names its document no more. Notes tell of both, so that what no
// contract names is found and removed.

// unnamed are the notes about documents that were printed or let go.
const unnamed = "contract_paper_pending"

// paperOf is the id of the note about a contract's document.
func paperOf(id, hash string) string { return id + ":" + hash }

func ofPaper(note string) (id, hash string) {
	at := strings.LastIndexByte(note, ':') // ids may hold one, hashes do not
	return note[:at], note[at+1:]
}

// sweeps makes what looks for documents that no contract names.
func (c *Contracts) sweeps(ctx context.Context) (err error) {
	c.papers, err = leftovers.New(ctx, leftovers.Config{Collection: unnamed, Engine: c.Engine, Objects: c.Objects, Policy: c.Policy, Clock: c.Clock, Log: c.Log, Named: c.named,
		Key: func(note string) string { return key(ofPaper(note)) }})
	return err
}

// Sweep removes documents that no contract has named for longer than the policy
// allows; it tells how many.
func (c *Contracts) Sweep(ctx context.Context) (int, error) { return c.papers.Sweep(ctx) }

func (c *Contracts) named(ctx context.Context, note string) (bool, error) {
	id, hash := ofPaper(note)
	d, err := c.docs.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return false, nil
	}
	return err == nil && (d.Body.Contract.Hash == hash || d.Body.Contract.Signature != nil && d.Body.Contract.Signature.Hash == hash), err
}

// letGo notes that a contract is about to name its document no more.
func (c *Contracts) letGo(ctx context.Context, hash string, now catalogue.Contract) error {
	if hash == "" || now.Hash == hash {
		return nil
	}
	_, err := c.papers.Begin(ctx, paperOf(now.ID, hash))
	return err
}
