package workflows

import (
	"log/slog"
	"testing"

	"go.temporal.io/sdk/client"

	"liuke.dev/shared/config"
)

// What stays on the machine is not compressed; what crosses a network is.
func TestOnlyWhatCrossesANetworkIsCompressed(t *testing.T) {
	for address, plain := range map[string]bool{"127.0.0.1:7233": true, "localhost:7233": true, "[::1]:7233": true, "temporal:7233": false, "10.0.0.7:7233": false, "dns:///temporal": false} {
		o, err := DialOptions(config.Config{Temporal: address, Namespace: "liuke"}, slog.New(slog.DiscardHandler))
		if err != nil {
			t.Fatal(err)
		}
		if _, none := o.ConnectionOptions.GrpcCompression.(*client.GrpcCompressionNone); none != plain {
			t.Errorf("%s: not compressed: %v", address, none)
		}
	}
}
