package accounts

import (
	"context"
	"strings"
	"time"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/app"
	"liuke.dev/services/accounts/internal/contracts"
	"liuke.dev/services/accounts/internal/contracts/signing"
	"liuke.dev/services/accounts/internal/keyaccounts"
	"liuke.dev/services/accounts/internal/links"
	"liuke.dev/services/accounts/internal/outreach"
	"liuke.dev/services/accounts/internal/prices"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/service"
)

// sender asks outreach in the name of contracts.
const sender = "contracts"

// commerce makes the parts about what customers buy: contracts, prices and key accounts.
func commerce(ctx context.Context, d service.Deps, a *app.Accounts, guard access.Guard, frame *links.Links, sends *outreach.Outreach) ([]part, error) {
	var made *contracts.Contracts
	priced, err := prices.New(ctx, prices.Config{Engine: d.Store, Files: a, Guard: guard, Policy: d.Policy, Clock: d.Clock, Log: d.Log,
		Since: func(ctx context.Context, customer string) (instant.Time, error) { return made.Since(ctx, customer) }})
	if err != nil {
		return nil, err
	}
	outside, err := signingService(d)
	if err != nil {
		return nil, err
	}
	made, err = contracts.New(ctx, contracts.Config{Outside: outside, Engine: d.Store, Files: a, Guard: guard, People: d.Directory, Policy: d.Policy, Prices: priced, Links: frame,
		Objects: d.Objects, Clock: d.Clock, Log: d.Log, Reach: func(ctx context.Context, id string, ask effects.ReachCustomer) error {
			_, err := sends.Reach(ctx, id, sender, ask)
			return err
		}})
	if err != nil {
		return nil, err
	}
	keys, err := keyaccounts.New(ctx, keyaccounts.Config{Engine: d.Store, Files: a, Guard: guard, People: d.Directory, Policy: d.Policy, Links: frame, Clock: d.Clock})
	if err != nil {
		return nil, err
	}
	return []part{contracts.Part{Contracts: made, Deps: d}, keyaccounts.Part{KeyAccounts: keys, Deps: d}}, nil
}

// signingTimeout bounds how long a signing service may think.
const signingTimeout = 20 * time.Second

// signingService is that of the configuration; nil: contracts are signed on Liuke's own page.
func signingService(d service.Deps) (contracts.Outside, error) {
	c := d.Config.Signing
	if c.URL == "" {
		return nil, nil
	}
	return signing.New(c.URL, c.Secret, strings.TrimSuffix(d.Config.Origin, "/")+contracts.CallbackPath, signingTimeout, d.Clock)
}
