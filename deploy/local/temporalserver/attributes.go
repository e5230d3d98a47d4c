package temporalserver

import (
	"context"
	"errors"
	"fmt"
	"time"

	"go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
)

// ensureAttributes adds the search attributes that a namespace made by an older
// program lacks. An attribute that exists with another type is an error: what
// was stored under it cannot be read as the other.
func (s *Server) ensureAttributes(ctx context.Context) error {
	c, err := client.DialContext(ctx, client.Options{HostPort: s.cfg.Address, Namespace: s.cfg.Namespace, Logger: sdklog.NewStructuredLogger(s.cfg.Log)})
	if err != nil {
		return fmt.Errorf("temporal: the server is up but does not answer: %w", err)
	}
	defer c.Close()
	missing, err := s.missingAttributes(ctx, c)
	if err != nil || len(missing) == 0 {
		return err
	}
	s.tuned.rereads.Store(true)
	request := &operatorservice.AddSearchAttributesRequest{Namespace: s.cfg.Namespace, SearchAttributes: missing}
	if _, err := c.OperatorService().AddSearchAttributes(ctx, request); err != nil {
		return fmt.Errorf("temporal: search attributes cannot be added: %w", err)
	}
	return s.awaitAttributes(ctx, c)
}

// awaitAttributes returns when the server knows what was added: its caches follow after a moment.
func (s *Server) awaitAttributes(ctx context.Context, c client.Client) error {
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for {
		missing, err := s.missingAttributes(ctx, c)
		if err != nil || len(missing) == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("temporal: search attributes were added but are not known yet: %w", ctx.Err())
		case <-tick.C:
		}
	}
}

func (s *Server) missingAttributes(ctx context.Context, c client.Client) (map[string]enums.IndexedValueType, error) {
	have, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: s.cfg.Namespace})
	if err != nil {
		return nil, fmt.Errorf("temporal: search attributes cannot be listed: %w", err)
	}
	missing := map[string]enums.IndexedValueType{}
	var wrong []error
	for name, want := range s.cfg.SearchAttributes {
		switch is, there := have.GetCustomAttributes()[name]; {
		case !there:
			missing[name] = want
		case is != want:
			wrong = append(wrong, fmt.Errorf("temporal: search attribute %s is a %s in this data directory and a %s in this program", name, is, want))
		}
	}
	return missing, errors.Join(wrong...)
}
