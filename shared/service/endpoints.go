package service

import (
	"context"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
)

// Version of Liuke.
const Version = "0.1.0"

// checkWithin bounds one readiness check.
const checkWithin = 2 * time.Second

// serveItself adds what every process answers about itself.
func (h *Host) serveItself() {
	h.Metrics.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	h.Gin.GET("/healthz", func(c *gin.Context) { c.JSON(http.StatusOK, gin.H{"status": "ok", "version": Version}) })
	h.Gin.GET("/readyz", h.readyz)
	h.Gin.GET("/metrics", gin.WrapH(promhttp.HandlerFor(h.Metrics, promhttp.HandlerOpts{})))
	h.Gin.GET("/openapi.json", func(c *gin.Context) {
		document, err := httpx.OpenAPI("Liuke", Version, h.servers...)
		if err != nil {
			httpx.Abort(c, err)
			return
		}
		c.Data(http.StatusOK, "application/json", document)
	})
	h.Gin.GET("/asyncapi.json", func(c *gin.Context) { c.Data(http.StatusOK, "application/json", facts.AsyncAPI(h.Config.Kafka[0])) })
}

// readyz answers 200 once every dependency answers, and which one does not.
func (h *Host) readyz(c *gin.Context) {
	state, status := gin.H{}, http.StatusOK
	select {
	case <-h.known:
		state["policy"] = "ok"
	default:
		state["policy"], status = "people and policy are not known yet", http.StatusServiceUnavailable
	}
	for _, one := range h.checks {
		ctx, cancel := context.WithTimeout(c.Request.Context(), checkWithin)
		err := one.ping(ctx)
		cancel()
		state[one.name] = "ok"
		if err != nil {
			state[one.name], status = err.Error(), http.StatusServiceUnavailable
		}
	}
	c.JSON(status, state)
}
