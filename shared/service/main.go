package service

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/signal"
	"syscall"

	"liuke.dev/shared/config"
)

// Main is the program of one service: it reads the configuration from the
// environment, runs the service, and ends in order on SIGINT or SIGTERM. With the
// argument healthcheck it asks the one that runs whether it is ready.
func Main[S Service](name string, open func(context.Context, Deps) (S, error)) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	if err := do(ctx, os.Args[1:], name, open); err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
		os.Exit(1)
	}
}

func do[S Service](ctx context.Context, args []string, name string, open func(context.Context, Deps) (S, error)) error {
	switch {
	case len(args) == 0:
		return run(ctx, name, open)
	case len(args) == 1 && args[0] == "healthcheck":
		return healthcheck(ctx)
	}
	return fmt.Errorf("takes no arguments but healthcheck, not %q; it is configured by the environment", args)
}

func run[S Service](ctx context.Context, name string, open func(context.Context, Deps) (S, error)) (err error) {
	c, err := config.Load(config.Default(), "", nil)
	if err != nil {
		return err
	}
	if c.Store == "" || c.ServiceKey == "" {
		return errors.New("LIUKE_STORE (sqlite:DIR or mongodb://…) and LIUKE_SERVICE_KEY (a file) must be set")
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", c.HTTP)
	if err != nil {
		return fmt.Errorf("cannot listen on %s (LIUKE_HTTP): %w", c.HTTP, err)
	}
	h, err := NewHost(c, c.Logger())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, h.Close()) }()
	h.Drain = c.Drain
	h.Log.Info("listening", "service", name, "http", l.Addr().String())
	return h.RunFrom(ctx, l, func(ctx context.Context) error { return openOne(ctx, h, name, open) })
}

// openOne opens the one service of a program, waiting for what it needs in any order.
func openOne[S Service](ctx context.Context, h *Host, name string, open func(context.Context, Deps) (S, error)) error {
	if err := h.trust(); err != nil {
		return err
	}
	if err := h.Await(ctx, "kafka", h.topics, brokerAway); err != nil {
		return err
	}
	var d Deps
	if err := h.Await(ctx, "store:"+name, func(ctx context.Context) (err error) { d, err = h.Deps(ctx, name); return err }, StoreAway); err != nil {
		return err
	}
	var s S
	if err := h.Await(ctx, name, func(ctx context.Context) (err error) { s, err = open(ctx, d); return err }, StoreAway); err != nil {
		return err
	}
	if err := h.Await(ctx, name, func(ctx context.Context) error { return h.Add(ctx, name, d, s) }, StoreAway); err != nil {
		return err
	}
	h.Log.Info("serving", "service", name)
	return nil
}
