package service

import (
	"net/http"
	"net/url"
	"time"
)

// inside calls what is named by its public URL where Liuke's own processes reach
// it: tokens name the issuer as people know it, but behind a proxy, or in a
// network of containers, its keys may have to be fetched elsewhere.
type inside struct {
	public, internal *url.URL
}

// throughInternal makes a client that calls internal for public. Both are URLs
// that the configuration has checked.
func throughInternal(public, internal string) *http.Client {
	client := &http.Client{Timeout: 10 * time.Second}
	if public == internal {
		return client
	}
	p, err1 := url.Parse(public)
	i, err2 := url.Parse(internal)
	if err1 == nil && err2 == nil {
		client.Transport = inside{p, i}
	}
	return client
}

func (t inside) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme == t.public.Scheme && r.URL.Host == t.public.Host {
		r = r.Clone(r.Context())
		r.URL.Scheme, r.URL.Host, r.Host = t.internal.Scheme, t.internal.Host, ""
	}
	return http.DefaultTransport.RoundTrip(r)
}
