package programtest

import (
	"bytes"
	"context"
	"errors"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"sync/atomic"
	"time"

	"liuke.dev/shared/service"
)

// Origin is the reverse proxy in front of the suite, as an operator would set
// one up: it sends each path to its service (service.Routes), takes turns between
// instances, leaves out those that say by /readyz that they are not ready, and
// tries another where nobody took the connection.
type Origin struct {
	address   string
	backends  map[string][]*backend
	transport *http.Transport
	server    *http.Server
	stop      context.CancelFunc
	turn      atomic.Uint64
}

type backend struct {
	address string
	in      atomic.Bool
}

const (
	// lookEvery is how often the origin asks each instance whether it is ready:
	// well within the time for which one that ends still answers.
	lookEvery  = time.Second
	lookWithin = 2 * time.Second
	// maxBuffered bounds bodies that are kept so that another instance can get them.
	maxBuffered = 32 << 20
)

func openOrigin(address string, instances []*Instance) (*Origin, error) {
	l, err := net.Listen("tcp", address)
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	o := &Origin{address: address, backends: map[string][]*backend{}, stop: stop, transport: &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute,
		DialContext: (&net.Dialer{Timeout: time.Second}).DialContext, DisableCompression: true}}
	for _, i := range instances {
		b := &backend{address: i.launch.HTTP}
		o.backends[i.Service] = append(o.backends[i.Service], b)
		go o.look(ctx, b)
	}
	proxy := &httputil.ReverseProxy{Transport: o, ErrorLog: log.New(io.Discard, "", 0),
		Rewrite:      func(r *httputil.ProxyRequest) { r.Out.URL.Scheme = "http"; r.Out.Host = r.In.Host; r.SetXForwarded() },
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) }}
	o.server = &http.Server{Handler: proxy, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
	go func() { _ = o.server.Serve(l) }() // ends with Close
	return o, nil
}

// Close ends the origin.
func (o *Origin) Close() {
	o.stop()
	_ = o.server.Close() // whatever is still under way ends here
	o.transport.CloseIdleConnections()
}

// look keeps an instance in or out by what it says itself.
func (o *Origin) look(ctx context.Context, b *backend) {
	for {
		b.in.Store(o.ready(ctx, b))
		select {
		case <-ctx.Done():
			return
		case <-time.After(lookEvery):
		}
	}
}

func (o *Origin) ready(ctx context.Context, b *backend) bool {
	ctx, cancel := context.WithTimeout(ctx, lookWithin)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+b.address+"/readyz", nil)
	if err != nil {
		return false
	}
	answer, err := o.transport.RoundTrip(r)
	if err != nil {
		return false
	}
	_, _ = io.Copy(io.Discard, answer.Body)
	_ = answer.Body.Close()
	return answer.StatusCode == http.StatusOK
}

// await waits until an instance gets requests.
func (o *Origin) await(ctx context.Context, i *Instance) error {
	for _, b := range o.backends[i.Service] {
		for b.address == i.launch.HTTP && !b.in.Load() {
			select {
			case <-ctx.Done():
				return errors.New("the origin leaves it out")
			case <-time.After(10 * time.Millisecond):
			}
		}
	}
	return nil
}

// RoundTrip sends a request to an instance of the service that answers its path.
func (o *Origin) RoundTrip(r *http.Request) (*http.Response, error) {
	switch r.URL.Path {
	case "/healthz", "/readyz", "/metrics": // each process's own
		return plain(r, http.StatusNotFound), nil
	}
	name, ok := service.ServiceOf(r.URL.Path)
	if !ok {
		name = "organization" // which answers that there is nothing
	}
	if r.Body != nil {
		body, err := io.ReadAll(io.LimitReader(r.Body, maxBuffered))
		if err != nil {
			return nil, err
		}
		r.GetBody = func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(body)), nil }
	}
	err := error(nil)
	for _, b := range o.candidates(name) {
		attempt := r.Clone(r.Context())
		attempt.URL.Host = b.address
		if r.GetBody != nil {
			attempt.Body, _ = r.GetBody() // of bytes in memory
		}
		var answer *http.Response
		if answer, err = o.transport.RoundTrip(attempt); err == nil {
			return answer, nil
		}
		if r.Context().Err() != nil {
			return nil, err
		}
		var dial *net.OpError
		refused := errors.As(err, &dial) && dial.Op == "dial"
		if refused {
			b.in.Store(false)
		}
		if !refused && r.Method != http.MethodGet && r.Method != http.MethodHead {
			return nil, err // it may have been carried out: the client knows whether it may be repeated
		}
	}
	if err == nil {
		return plain(r, http.StatusServiceUnavailable), nil
	}
	return nil, err
}

// candidates gives the instances that are in, the next in turn first.
func (o *Origin) candidates(name string) []*backend {
	all := o.backends[name]
	if len(all) == 0 {
		return nil
	}
	first := int(o.turn.Add(1) % uint64(len(all))) //nolint:gosec // below the number of instances
	var in []*backend
	for n := range all {
		if b := all[(first+n)%len(all)]; b.in.Load() {
			in = append(in, b)
		}
	}
	return in
}

func plain(r *http.Request, status int) *http.Response {
	h := http.Header{}
	if status == http.StatusServiceUnavailable {
		h.Set("Retry-After", "1")
	}
	return &http.Response{StatusCode: status, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1, Header: h, Body: http.NoBody, Request: r}
}
