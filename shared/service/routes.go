package service

import (
	"fmt"
	"slices"
	"strings"

	"liuke.dev/shared/httpx"
)

// Route says which service answers a path and everything below it.
type Route struct {
	Path    string // from the root, without a slash at its end
	Service string // organization, leads, accounts, notifications, insights, journeys
}

// Services are all services, in the order in which operators read about them.
// The program of journeys is called worker.
var Services = []string{"organization", "leads", "accounts", "notifications", "insights", "journeys"}

// paths are the one table that says which service answers what: reverse proxies
// are made from it, and a service that registers anything else does not start.
var paths = map[string][]string{
	"organization": {"/v1/people", "/v1/teams", "/v1/policy", "/v1/calendars", "/oidc", "/setup", "/openapi.json", "/asyncapi.json"},
	"leads":        {"/v1/leads", "/v1/deals", "/v1/first-contacts", "/v1/ownerships", "/v1/pool", "/v1/transfers", "/v1/queue", "/v1/forms", "/v1/imports"},
	"accounts": {"/v1/customers", "/v1/timeline", "/v1/orders", "/v1/payments", "/v1/usages", "/v1/standings", "/v1/merges", "/v1/need-changes", "/v1/cases", "/v1/contracts",
		"/v1/surveys", "/v1/care", "/v1/interventions", "/v1/outreach", "/v1/churn-reviews", "/v1/experience", "/v1/key-accounts", "/v1/reviews", "/v1/links", "/v1/coupons"},
	"notifications": {"/v1/tasks", "/v1/reminders", "/v1/deliveries", "/v1/webhooks", "/v1/events"},
	"insights":      {"/v1/insights"},
	"journeys":      {"/v1/journeys"},
}

// DescriptionPath is where one service describes its own part of the interface.
func DescriptionPath(service string) string { return "/openapi/" + service + ".json" }

// Routes gives the table by which a reverse proxy joins the services at one
// origin, longest paths first. What is not in it (/healthz, /readyz, /metrics)
// is each process's own and not for the origin.
func Routes() []Route {
	var all []Route
	for _, s := range Services {
		for _, p := range append(paths[s], DescriptionPath(s)) {
			all = append(all, Route{p, s})
		}
	}
	slices.SortFunc(all, func(a, b Route) int {
		if d := len(b.Path) - len(a.Path); d != 0 {
			return d
		}
		return strings.Compare(a.Path, b.Path)
	})
	return all
}

// ServiceOf gives the service that answers a path; false: none does.
func ServiceOf(path string) (string, bool) {
	for _, r := range Routes() {
		if below, ok := strings.CutPrefix(path, r.Path); ok && (below == "" || below[0] == '/') {
			return r.Service, true
		}
	}
	return "", false
}

// routed refuses a service that answers paths which the table gives to another
// or to nobody: behind a proxy nobody would reach them.
func routed(name string, r *httpx.Server) error {
	if !slices.Contains(Services, name) {
		return nil // a test's own
	}
	for path := range r.API.OpenAPI().Paths {
		if s, _ := ServiceOf(path); s != name {
			return fmt.Errorf("%s answers %s, which the table of routes gives to %q", name, path, s)
		}
	}
	return nil
}
