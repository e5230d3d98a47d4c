package attachments

import (
	"context"
	"errors"
	"io"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/leftovers"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/objects"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// List gives a customer's attachments, newest first.
func (a *Attachments) List(ctx context.Context, p auth.Principal, customer string, limit int, after string) ([]catalogue.Attachment, string, error) {
	file, _, err := a.Files.Permitted(ctx, p, access.Read, customer)
	if err != nil {
		return nil, "", err
	}
	page, err := a.docs.Page(ctx, store.Query{Index: present, Equal: []any{file.ID, ""}, Desc: true, Limit: limit, After: after})
	if err != nil {
		return nil, "", err
	}
	out := make([]catalogue.Attachment, 0, len(page.Docs))
	for _, d := range page.Docs {
		out = append(out, d.Body.Shown())
	}
	return out, page.Next, nil
}

// Get gives an attachment of a customer that was not taken away, and who answers
// for the customer.
func (a *Attachments) Get(ctx context.Context, p auth.Principal, customer, id string) (*store.Doc[Document], access.Holder, error) {
	file, holder, err := a.Files.Permitted(ctx, p, access.Read, customer)
	if err != nil {
		return nil, holder, err
	}
	d, err := a.docs.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && (d.Body.Customer != file.ID || d.Body.File.RemovedAt != 0) {
		return nil, holder, problem.Missing("附件", "attachment", id)
	}
	return d, holder, err
}

// Open gives an attachment with its content, which the caller closes.
func (a *Attachments) Open(ctx context.Context, p auth.Principal, customer, id string) (*store.Doc[Document], io.ReadCloser, error) {
	d, _, err := a.Get(ctx, p, customer, id)
	if err != nil {
		return nil, nil, err
	}
	if a.Objects == nil {
		return nil, nil, nowhere()
	}
	content, _, err := a.Objects.Open(ctx, key(id))
	if errors.Is(err, objects.ErrUnavailable) || errors.Is(err, objects.ErrNotFound) { // it is listed, so it is somewhere
		err = problem.Away(err)
	}
	return d, content, err
}

// Remove takes an attachment away: by whoever attached it, or may take away those
// of others. That it was there, and who took it away, stays recorded.
func (a *Attachments) Remove(ctx context.Context, p auth.Principal, customer, id, command string, match func(int64) error) error {
	d, _, err := a.Get(ctx, p, customer, id)
	if err != nil {
		if was, e := a.docs.Get(ctx, id); e == nil && was.Did(command) {
			return nil
		}
		return err
	}
	action := access.Detach
	if d.Body.File.By == p.ID {
		action = access.Attach
	}
	if _, _, err := a.Files.Permitted(ctx, p, action, customer); err != nil {
		return err
	}
	if err := match(d.Version); err != nil {
		return err
	}
	before := d.Body.Shown()
	d.Body.File.RemovedAt, d.Body.File.RemovedBy = a.Clock(), p.ID
	version := d.Version
	var noted *store.Doc[leftovers.Note]
	if a.Objects != nil {
		if noted, err = a.left.Begin(ctx, id); err != nil {
			return err
		}
	}
	if err := a.commit(ctx, d, command, 0, &catalogue.AttachmentRemoved{Before: before, After: d.Body.Shown()}); err != nil {
		if errors.Is(err, store.ErrConflict) {
			return problem.StaleVersion(version + 1)
		}
		return err
	}
	if a.Objects == nil {
		return nil
	}
	if err := a.Objects.Remove(ctx, key(id)); err != nil {
		return err
	}
	a.left.Settle(ctx, noted)
	return nil
}
