package facts_test

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/twmb/franz-go/pkg/kfake"

	"liuke.dev/shared/config"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/service"
)

// From what an operator sets to a message sent and read: SASL by each mechanism,
// over TLS with certificates on both sides, the password from a file.
func TestConfigurationSignsInOverTLS(t *testing.T) {
	for _, mechanism := range []string{config.MechanismPlain, config.MechanismSCRAM256, config.MechanismSCRAM512} {
		t.Run(mechanism, func(t *testing.T) {
			a := newAuthority(t)
			broker := secured(t, a, mechanism)
			a.set(t, broker, mechanism, "right")
			c := configured(t)
			if err := c.EnsureTopics(t.Context(), []kafka.Topic{{Name: "t", Partitions: 1}}); err != nil {
				t.Fatal(err)
			}
			if err := c.Produce(t.Context(), []kafka.Message{{Topic: "t", Key: "k", Value: []byte("v")}}); err != nil {
				t.Fatal(err)
			}
			if m := first(t, c); m.Key != "k" {
				t.Errorf("read %+v", m)
			}
			member, err := c.Join(t.Context(), "g", []string{"t"})
			if err != nil {
				t.Fatal(err)
			}
			defer member.Close() //nolint:errcheck // only read
			if got, err := member.Fetch(t.Context(), 1); err != nil || string(got[0].Value) != "v" {
				t.Errorf("a member of a group reads %v %v", got, err)
			}
		})
	}
}

func TestTheBrokerRefusesWhoIsNotWhoTheySay(t *testing.T) {
	a := newAuthority(t)
	broker := secured(t, a, config.MechanismSCRAM512)
	for name, spoil := range map[string]func(){
		"wrong password":       func() { a.set(t, broker, config.MechanismSCRAM512, "wrong") },
		"another mechanism":    func() { t.Setenv("LIUKE_KAFKA_MECHANISM", config.MechanismPlain) },
		"no user":              func() { t.Setenv("LIUKE_KAFKA_USER", ""); t.Setenv("LIUKE_KAFKA_PASSWORD_FILE", "") },
		"unknown authority":    func() { t.Setenv("LIUKE_KAFKA_CA", newAuthority(t).file) },
		"no own certificate":   func() { t.Setenv("LIUKE_KAFKA_CERT", ""); t.Setenv("LIUKE_KAFKA_KEY", "") },
		"in the clear":         func() { clear(t) },
		"system's authorities": func() { t.Setenv("LIUKE_KAFKA_CA", "") },
	} {
		a.set(t, broker, config.MechanismSCRAM512, "right")
		if err := configured(t).Ping(t.Context()); err != nil {
			t.Fatalf("before: %v", err)
		}
		spoil()
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		if err := configured(t).Ping(ctx); err == nil {
			t.Errorf("%s: let in", name)
		}
		cancel()
	}
}

func clear(t *testing.T) {
	for _, name := range []string{"LIUKE_KAFKA_TLS", "LIUKE_KAFKA_CA", "LIUKE_KAFKA_CERT", "LIUKE_KAFKA_KEY"} {
		t.Setenv(name, "")
	}
	t.Setenv("LIUKE_KAFKA_TLS", "false")
}

// secured starts a broker that asks for a certificate and a password.
func secured(t *testing.T, a authority, mechanism string) string {
	t.Helper()
	c, err := kfake.NewCluster(kfake.NumBrokers(1), kfake.EnableSASL(), kfake.Superuser(mechanism, "liuke", "right"),
		kfake.TLS(&tls.Config{Certificates: []tls.Certificate{a.issue(t)}, ClientAuth: tls.RequireAndVerifyClientCert, ClientCAs: a.pool, MinVersion: tls.VersionTLS12}))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return c.ListenAddrs()[0]
}

// configured makes the client that the environment asks for.
func configured(t *testing.T) *kafka.Client {
	t.Helper()
	c, err := config.Load(config.Default(), "", nil)
	if err != nil {
		t.Fatal(err)
	}
	where, err := service.ClusterConfig(c, nil)
	if err != nil {
		t.Fatal(err)
	}
	client := kafka.New(where)
	t.Cleanup(func() { _ = client.Close() })
	return client
}

func first(t *testing.T, c *kafka.Client) (got kafka.Message) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	err := c.Follow(ctx, "t", func(m kafka.Message) { got = m; cancel() }, func() {})
	if got.Topic == "" && got.Key == "" {
		t.Fatalf("nothing is read: %v", err)
	}
	return got
}

// authority signs certificates for both sides.
type authority struct {
	file string
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	pool *x509.CertPool
	own  tls.Certificate // the client's
}

func newAuthority(t *testing.T) authority {
	t.Helper()
	a := authority{key: key(t), pool: x509.NewCertPool()}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "authority"}, NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign}
	der, err := x509.CreateCertificate(rand.Reader, template, template, a.key.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	if a.cert, err = x509.ParseCertificate(der); err != nil {
		t.Fatal(err)
	}
	a.pool.AddCert(a.cert)
	a.file = file(t, "CERTIFICATE", der)
	a.own = a.issue(t)
	return a
}

// issue gives a certificate of this machine.
func (a authority) issue(t *testing.T) tls.Certificate {
	t.Helper()
	private := key(t)
	template := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: "liuke"}, NotAfter: time.Now().Add(time.Hour), IPAddresses: []net.IP{net.IPv4(127, 0, 0, 1)},
		ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth, x509.ExtKeyUsageClientAuth}}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, private.Public(), a.key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: private}
}

// set sets what an operator would.
func (a authority) set(t *testing.T, broker, mechanism, password string) {
	t.Helper()
	secret := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(secret, []byte(password+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(a.own.PrivateKey)
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range map[string]string{"LIUKE_KAFKA": broker, "LIUKE_KAFKA_USER": "liuke", "LIUKE_KAFKA_PASSWORD_FILE": secret, "LIUKE_KAFKA_MECHANISM": mechanism,
		"LIUKE_KAFKA_TLS": "true", "LIUKE_KAFKA_CA": a.file, "LIUKE_KAFKA_CERT": file(t, "CERTIFICATE", a.own.Certificate[0]), "LIUKE_KAFKA_KEY": file(t, "PRIVATE KEY", der)} {
		t.Setenv(name, value)
	}
}

func key(t *testing.T) *ecdsa.PrivateKey {
	t.Helper()
	k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func file(t *testing.T, kind string, der []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "file.pem")
	if err := os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: kind, Bytes: der}), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
