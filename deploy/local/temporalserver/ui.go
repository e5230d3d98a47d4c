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

// UI is Temporal's own web front end.
type UI struct {
	server  *uiserver.Server
	address string
}

// StartUI starts the web UI on cfg.UIAddress for the server at cfg.Address,
// which need not run yet.
func StartUI(ctx context.Context, cfg Config) (*UI, error) {
	cfg = cfg.withDefaults()
	// Asked first, because the UI ends the process when it cannot listen.
	host, number, err := port.Split(cfg.UIAddress, "the Temporal UI", UIFlag)
	if err != nil {
		return nil, err
	}
	ui := &UI{
		address: net.JoinHostPort(reachable(host), strconv.Itoa(number)),
		server: uiserver.NewServer(uioptions.WithConfigProvider(&uiconfig.Config{
			Host: host, Port: number, TemporalGRPCAddress: cfg.Address, EnableUI: true, DefaultNamespace: cfg.Namespace,
			HideLogs: true, DisableNewsFetch: true, CORS: uiconfig.CORS{CookieInsecure: true}, // plain HTTP on loopback
		})),
	}
	go func() {
		if err := ui.server.Start(); err != nil { // blocks until Stop
			cfg.Log.Error("temporal: the web UI ended", "error", err)
		}
	}()
	return ui, ui.await(ctx)
}

func (u *UI) await(ctx context.Context) error {
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

// URL is where a browser finds it.
func (u *UI) URL() string { return "http://" + u.address }

// Stop ends it.
func (u *UI) Stop() {
	if u != nil {
		u.server.Stop()
	}
}
