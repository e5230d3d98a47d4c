package service

import (
	"context"
	"time"

	"liuke.dev/shared/presence"
)

// programAll names a program that hosts more than one service.
const programAll = "liuke"

// program names what runs here.
func (h *Host) program() string {
	if len(h.servers) == 1 {
		return h.servers[0].Name()
	}
	return programAll
}

// present keeps the record that the program is at work, in its first store.
func (h *Host) present(ctx context.Context) error {
	for len(h.stores) > 0 {
		p, err := presence.New(ctx, h.program(), h.stores[0], h.health, h.Log)
		if err == nil {
			return p.Run(ctx)
		}
		h.Log.Warn("presence is not recorded yet", "error", err)
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(time.Second):
		}
	}
	return nil
}
