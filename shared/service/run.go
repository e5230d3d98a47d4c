package service

import (
	"context"
	"errors"
	"net"
	"net/http"
	"time"

	"liuke.dev/shared/httpx"
)

// finishWithin bounds how long requests under way may take at the end.
const finishWithin = 5 * time.Second

// Run runs everything until ctx ends or a part fails. With Drain, requests end
// first: /readyz says no, what still comes is answered for that long, then the
// interface closes and the services end. Without, the services end first and the
// interface last, so that effects under way still find it.
func (h *Host) Run(ctx context.Context, l net.Listener) error {
	return h.RunFrom(ctx, l, func(context.Context) error { return nil })
}

// RunFrom answers /healthz and /readyz at once, opens the services, and runs them.
func (h *Host) RunFrom(ctx context.Context, l net.Listener, open func(context.Context) error) error {
	working, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	streams, endStreams := context.WithCancel(context.Background())
	defer endStreams()
	server := &http.Server{Handler: h.front(), ReadHeaderTimeout: 10 * time.Second, IdleTimeout: 2 * time.Minute, MaxHeaderBytes: 64 << 10,
		BaseContext: func(net.Listener) context.Context { return httpx.WithStreams(context.WithoutCancel(ctx), streams) }}
	served, worked := make(chan error, 1), make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	go func() { worked <- h.work(ctx, working, open) }()
	finish := func() error { endStreams(); return shutDown(server) }
	select {
	case err := <-served:
		stopWork()
		return errors.Join(err, <-worked)
	case err := <-worked:
		h.stage.drain()
		return errors.Join(err, finish())
	case <-ctx.Done():
	}
	h.stage.drain()
	if h.Drain == 0 {
		stopWork()
		return errors.Join(<-worked, finish())
	}
	h.linger(worked)
	err := finish()
	stopWork()
	return errors.Join(<-worked, err)
}

// linger goes on answering while the proxy takes this process out.
func (h *Host) linger(worked chan error) {
	if opened, _, _ := h.stage.now(); !opened {
		return // nobody was sent here yet
	}
	h.Log.Info("ending: requests are still answered, new ones should go elsewhere", "for", h.Drain)
	select {
	case <-time.After(h.Drain):
	case err := <-worked:
		worked <- err
	}
}

// work opens the services and runs them until ctx ends. An end that is asked
// for while the start still waits is no error.
func (h *Host) work(asked, ctx context.Context, open func(context.Context) error) error {
	opening, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(asked, cancel)()
	if err := open(opening); err != nil {
		if asked.Err() != nil {
			return nil
		}
		return err
	}
	endTraces, err := h.trace(ctx)
	if err != nil {
		return err
	}
	defer endTraces()
	h.serveItself()
	h.stage.open()
	parts := []func(context.Context) error{h.followPeople, h.followPolicy, h.awaitKnown, h.purgeAnswers, h.present}
	for i, s := range h.services {
		if h.servers[i].Name() == "organization" { // who publishes people and policy cannot wait for them
			parts = append(parts, s.Run)
			continue
		}
		parts = append(parts, func(ctx context.Context) error { return h.onceKnown(ctx, s.Run) })
	}
	return Together(ctx, parts...)
}

// onceKnown keeps a service's background work until people and policy are known:
// before, it would act by an old directory or an old policy.
func (h *Host) onceKnown(ctx context.Context, run func(context.Context) error) error {
	select {
	case <-h.known:
		return run(ctx)
	case <-ctx.Done():
		return nil
	}
}

// shutDown lets requests under way finish.
func shutDown(server *http.Server) error {
	end, cancel := context.WithTimeout(context.Background(), finishWithin)
	defer cancel()
	if err := server.Shutdown(end); err != nil {
		return server.Close()
	}
	return nil
}
