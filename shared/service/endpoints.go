package service

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"liuke.dev/shared/facts"
)

// Version of Liuke.
const Version = "0.1.0"

// checkWithin bounds one readiness check.
const checkWithin = 2 * time.Second

// serveItself adds what every process answers about itself.
func (h *Host) serveItself() {
	h.Gin.GET("/healthz", healthz)
	h.Gin.GET("/readyz", h.readyz)
	h.Gin.GET("/metrics", h.metrics())
	for _, s := range h.servers {
		h.Gin.GET(DescriptionPath(s.Name()), h.describe(s))
	}
	h.Gin.GET("/openapi.json", h.openapi)
	h.Gin.GET("/asyncapi.json", func(c *gin.Context) { c.Data(http.StatusOK, "application/json", facts.AsyncAPI(h.Config.Kafka[0])) })
}

func healthz(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"status": "ok", "version": Version}) }

func (h *Host) metrics() gin.HandlerFunc {
	return gin.WrapH(promhttp.HandlerFor(h.Metrics, promhttp.HandlerOpts{}))
}

// readyz answers 200 once every dependency answers, and which one does not.
func (h *Host) readyz(c *gin.Context) {
	state, status := gin.H{}, http.StatusOK
	opened, draining, waiting := h.stage.now()
	for name, why := range waiting {
		state[name], status = why, http.StatusServiceUnavailable
	}
	if draining {
		state["process"], status = "it ends; send requests elsewhere", http.StatusServiceUnavailable
	}
	select {
	case <-h.known:
		state["policy"] = "ok"
	default:
		state["policy"], status = "people and policy are not known yet", http.StatusServiceUnavailable
	}
	if opened {
		status = h.check(c.Request.Context(), state, status)
	}
	c.JSON(status, state)
}

// check asks every dependency.
func (h *Host) check(ctx context.Context, state gin.H, status int) int {
	for _, one := range h.checks {
		ctx, cancel := context.WithTimeout(ctx, checkWithin)
		err := one.ping(ctx)
		cancel()
		state[one.name] = "ok"
		if err != nil {
			state[one.name], status = err.Error(), http.StatusServiceUnavailable
		}
	}
	return status
}
