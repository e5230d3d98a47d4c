package workflows

import (
	"log/slog"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/log"

	"liuke.dev/shared/config"
)

// DialOptions says where Temporal is and how one signs in to it, as the
// configuration does. Every Temporal client of Liuke's is made from it.
func DialOptions(c config.Config, l *slog.Logger) (client.Options, error) {
	o := client.Options{HostPort: c.Temporal, Namespace: c.Namespace, Logger: log.NewStructuredLogger(l)}
	secured, err := c.TemporalTLSConfig()
	if err != nil {
		return o, err
	}
	o.ConnectionOptions.TLS = secured
	if config.Loopback(c.Temporal) {
		o.ConnectionOptions.GrpcCompression = &client.GrpcCompressionNone{} // it costs more than the bytes it saves
	}
	if c.TemporalAPIKey != "" {
		o.Credentials = client.NewAPIKeyStaticCredentials(c.TemporalAPIKey)
	}
	return o, nil
}
