package app

import (
	"context"
	"errors"

	"liuke.dev/services/organization/internal/storage"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// reserve takes an e-mail address for a person. An address that was reserved by
// a command which never got further, or given up since, is taken over.
func (a *App) reserve(ctx context.Context, email, person string) error {
	if email == "" {
		return nil
	}
	d, err := a.Docs.Logins.Get(ctx, email)
	switch {
	case errors.Is(err, store.ErrNotFound):
		d = store.New(email, storage.Login{Person: person})
	case err != nil:
		return err
	case d.Body.Person == person:
		return nil
	default:
		holder, err := a.Docs.People.Get(ctx, d.Body.Person)
		if err == nil && holder.Body.Email == email {
			return problem.InvalidFields(problem.FieldError("email", "unique", "该邮箱已有人使用", "somebody else has this e-mail address"))
		}
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		d.Body.Person = person
	}
	return a.Docs.Logins.Commit(ctx, d, "")
}

// ByEmail gives the id of the person with an address.
func (a *App) ByEmail(ctx context.Context, email string) (string, bool, error) {
	if email == "" || len(email) > store.MaxID {
		return "", false, nil
	}
	d, err := a.Docs.Logins.Get(ctx, email)
	if errors.Is(err, store.ErrNotFound) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	p, err := a.Docs.People.Get(ctx, d.Body.Person)
	if errors.Is(err, store.ErrNotFound) {
		return "", false, nil
	}
	if err != nil {
		return "", false, err
	}
	return p.ID, p.Body.Email == email, nil
}
