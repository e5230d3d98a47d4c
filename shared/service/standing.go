package service

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/gin-gonic/gin"

	"liuke.dev/shared/health"
	"liuke.dev/shared/instant"
)

// Standing is what /readyz and /healthz answer.
type Standing struct {
	Status  string         `json:"status" enum:"ready,degraded,not_ready,ok,stuck"`
	Version string         `json:"version"`
	Checks  []health.State `json:"checks"`
}

// What a process may say of itself.
const (
	ready    = "ready"
	degraded = "degraded" // it serves, but a part of it stands still
	notReady = "not_ready"
	alive    = "ok"
	stuck    = "stuck" // only a new start mends it
)

// readyz answers 200 where requests can be served, and how each dependency stands.
func (h *Host) readyz(c *gin.Context) {
	s := h.Standing(c.Request.Context())
	status := http.StatusOK
	if s.Status == notReady {
		status = http.StatusServiceUnavailable
	}
	c.JSON(status, s)
}

// healthz answers 200 unless a part of the process stands still that only a new
// start mends: that a dependency is away is no reason to start again.
func (h *Host) healthz(c *gin.Context) {
	s, status := Standing{Status: alive, Version: Version}, http.StatusOK
	if opened, _, _ := h.stage.now(); opened {
		s.Checks = health.Stuck(h.health.States(c.Request.Context()), instant.Now())
	}
	if len(s.Checks) > 0 {
		s.Status, status = stuck, http.StatusServiceUnavailable
	}
	s.Checks = slices.Concat([]health.State{}, s.Checks)
	c.JSON(status, s)
}

// Standing tells how the process stands with all that it depends on.
func (h *Host) Standing(ctx context.Context) Standing {
	s := Standing{Status: ready, Version: Version, Checks: []health.State{}}
	opened, draining, waiting := h.stage.now()
	if opened {
		s.Checks = h.health.States(ctx)
	}
	for name, why := range waiting {
		s.Checks = append(s.Checks, failing("waits:"+name, why))
	}
	if draining {
		s.Checks = append(s.Checks, failing("process", "it ends; send requests elsewhere"))
	}
	select {
	case <-h.known:
	default:
		s.Checks = append(s.Checks, failing("policy", "people and policy are not known yet"))
	}
	slices.SortFunc(s.Checks, func(a, b health.State) int { return cmp.Compare(a.Name, b.Name) })
	switch {
	case !health.Ready(s.Checks):
		s.Status = notReady
	case slices.ContainsFunc(s.Checks, func(one health.State) bool { return one.State != health.OK }):
		s.Status = degraded
	}
	return s
}

func failing(name, why string) health.State {
	now := instant.Now()
	return health.State{Name: name, State: health.Failing, Kind: health.Needed, Needed: true, Error: why, Since: now, Checked: now}
}
