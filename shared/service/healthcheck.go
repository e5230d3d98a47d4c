package service

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"time"

	"liuke.dev/shared/config"
)

// healthcheckWithin bounds a health check, below the 5 s that docker-compose.yml gives it.
const healthcheckWithin = 4 * time.Second

// healthcheck asks the program that runs beside it, with the same configuration,
// whether it is ready: images without a shell have nothing else to ask with.
func healthcheck(ctx context.Context) error {
	c, err := config.Load(config.Default(), "", nil)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, healthcheckWithin)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+near(c.HTTP)+"/readyz", nil)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer func() { _ = answer.Body.Close() }()
	if answer.StatusCode == http.StatusOK {
		return nil
	}
	why, err := io.ReadAll(io.LimitReader(answer.Body, 4<<10))
	if err != nil {
		return err
	}
	return fmt.Errorf("not ready: %s", strings.TrimSpace(string(why)))
}

// near gives the address at which this machine reaches what listens at address.
func near(address string) string {
	host, port, err := net.SplitHostPort(address)
	if ip := net.ParseIP(host); err == nil && (host == "" || ip != nil && ip.IsUnspecified()) {
		return net.JoinHostPort("127.0.0.1", port)
	}
	return address
}
