package temporalserver

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"time"

	uiserver "github.com/temporalio/ui-server/v2/server"
	uiconfig "github.com/temporalio/ui-server/v2/server/config"
	uioptions "github.com/temporalio/ui-server/v2/server/server_options"
	"liuke.dev/deploy/local/port"
)

// webUI is Temporal's own web front end.
type webUI struct {
	server  *uiserver.Server
	address string
}

func startUI(ctx context.Context, cfg Config) (*webUI, error) {
	// Asked first, because the UI ends the process when it cannot listen.
	host, number, err := port.Split(cfg.UIAddress, "the Temporal UI", UIFlag)
	if err != nil {
		return nil, err
	}
	ui := &webUI{
		address: net.JoinHostPort(reachable(host), strconv.Itoa(number)),
		server: uiserver.NewServer(uioptions.WithConfigProvider(&uiconfig.Config{
			Host: host, Port: number, TemporalGRPCAddress: cfg.Address, EnableUI: true, DefaultNamespace: cfg.Namespace,
			HideLogs: true, DisableNewsFetch: true, CORS: uiconfig.CORS{CookieInsecure: true}, // plain HTTP on loopback
		})),
	}
	go func() {
		if err := ui.server.Start(); err != nil { // blocks until stop
			cfg.Log.Error("temporal: the web UI ended", "error", err)
		}
	}()
	return ui, ui.await(ctx)
}

func (u *webUI) await(ctx context.Context) error {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+u.address+"/healthz", nil)
		if err != nil {
			return fmt.Errorf("temporal: web UI: %w", err)
		}
		if answer, err := http.DefaultClient.Do(request); err == nil {
			return answer.Body.Close()
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("temporal: the web UI on %s does not answer: %w", u.address, ctx.Err())
		case <-tick.C:
		}
	}
}

func (u *webUI) stop() {
	if u != nil {
		u.server.Stop()
	}
}
