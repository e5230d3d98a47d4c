package service

import (
	"net/http"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"liuke.dev/shared/facts"
)

// Version of Liuke.
const Version = "0.1.0"

// serveItself adds what every process answers about itself.
func (h *Host) serveItself() {
	h.Gin.GET("/healthz", h.healthz)
	h.Gin.GET("/readyz", h.readyz)
	h.Gin.GET("/metrics", h.metrics())
	for _, s := range h.servers {
		h.Gin.GET(DescriptionPath(s.Name()), h.describe(s))
	}
	h.Gin.GET("/openapi.json", h.openapi)
	h.Gin.GET("/asyncapi.json", func(c *gin.Context) { c.Data(http.StatusOK, "application/json", facts.AsyncAPI(h.Config.Kafka[0])) })
}

func (h *Host) metrics() gin.HandlerFunc {
	return gin.WrapH(promhttp.HandlerFor(h.Metrics, promhttp.HandlerOpts{}))
}
