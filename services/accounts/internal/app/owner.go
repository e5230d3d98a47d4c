package app

import "context"

// Owner gives who is responsible for a customer as facts of leads told; empty in
// the public pool. Errors: store.ErrNotFound where nobody ever was.
func (a *Accounts) Owner(ctx context.Context, customer string) (string, error) {
	d, err := a.docs.Owners.Get(ctx, customer)
	if err != nil {
		return "", err
	}
	return d.Body.Owner, nil
}
