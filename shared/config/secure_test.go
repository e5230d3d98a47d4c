package config

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestSecuredLinksTakeTheirFiles(t *testing.T) {
	cert, key := pair(t)
	c := Default()
	c.KafkaTLS, c.KafkaCA, c.KafkaCert, c.KafkaKey = true, cert, cert, key
	c.TemporalTLS, c.TemporalServerName = true, "journeys.example.com"
	k, err := c.KafkaTLSConfig()
	if err != nil || k.RootCAs == nil || len(k.Certificates) != 1 {
		t.Errorf("%+v %v", k, err)
	}
	s, err := c.TemporalTLSConfig()
	if err != nil || s.ServerName != "journeys.example.com" || s.RootCAs != nil {
		t.Errorf("%+v %v", s, err)
	}
	plain := Default()
	if k, err := plain.KafkaTLSConfig(); k != nil || err != nil {
		t.Errorf("a plain link is secured: %v %v", k, err)
	}
}

func TestSecurityThatCannotBeIsRefused(t *testing.T) {
	cert, key := pair(t)
	for name, one := range map[string]struct {
		set  map[string]any
		want string
	}{
		"password of nobody":         {map[string]any{"kafka_password": "p"}, "kafka_password: is set, but kafka_user is not"},
		"user without password":      {map[string]any{"kafka_user": "u"}, "kafka_user: is set, but kafka_password is not"},
		"unknown mechanism":          {map[string]any{"kafka_mechanism": "GSSAPI"}, `kafka_mechanism: "GSSAPI" is not one of`},
		"authority without tls":      {map[string]any{"kafka_ca": cert}, "kafka_ca: has no effect without kafka_tls"},
		"authority that is none":     {map[string]any{"kafka_tls": true, "kafka_ca": key}, "kafka_ca: " + key + " holds no certificate"},
		"authority not there":        {map[string]any{"kafka_tls": true, "kafka_ca": "/no/such"}, "kafka_ca: open /no/such"},
		"certificate without key":    {map[string]any{"kafka_tls": true, "kafka_cert": cert}, "kafka_cert: needs kafka_key"},
		"key without certificate":    {map[string]any{"temporal_tls": true, "temporal_key": key}, "temporal_key: needs temporal_cert"},
		"certificate as its own key": {map[string]any{"temporal_tls": true, "temporal_key": cert, "temporal_cert": cert}, "temporal_cert, temporal_key:"},
		"api key in the clear":       {map[string]any{"temporal_api_key": "k"}, "temporal_api_key: would be sent in the clear"},
		"name without tls":           {map[string]any{"temporal_server_name": "x"}, "temporal_server_name: has no effect without temporal_tls"},
		"internal origin":            {map[string]any{"internal_origin": "nowhere"}, "internal_origin:"},
	} {
		if _, err := Load(Default(), "", one.set); err == nil || !strings.Contains(err.Error(), one.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// pair writes a certificate that signs itself, and its key.
func pair(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotAfter: time.Now().Add(time.Hour), IsCA: true, BasicConstraintsValid: true}
	der, err := x509.CreateCertificate(rand.Reader, template, template, private.Public(), private)
	if err != nil {
		t.Fatal(err)
	}
	secret, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: secret}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}
