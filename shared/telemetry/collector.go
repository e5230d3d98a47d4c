package telemetry

import (
	"fmt"
	"net/url"
	"strings"
)

// None is the address that means: no traces.
const None = "none"

// Collector gives the URL that spans are posted to from the configured address
// of an OTLP collector over HTTP; empty where no traces are wanted.
func Collector(address string) (string, error) {
	if address == "" || address == None {
		return "", nil
	}
	u, err := url.Parse(address)
	if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
		return "", fmt.Errorf("traces: %q is neither %s nor the URL of an OTLP collector over HTTP", address, None)
	}
	if strings.Trim(u.Path, "/") == "" {
		u.Path = "/v1/traces"
	}
	return u.String(), nil
}
