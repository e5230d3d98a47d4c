package config

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"slices"
)

// What KafkaMechanism may be.
const (
	MechanismSCRAM512 = "SCRAM-SHA-512"
	MechanismSCRAM256 = "SCRAM-SHA-256"
	MechanismPlain    = "PLAIN"
)

// KafkaTLSConfig gives what connections to the brokers are secured with, nil
// where they are not. Errors name the key.
func (c *Config) KafkaTLSConfig() (*tls.Config, error) {
	return link{"kafka", c.KafkaTLS, c.KafkaCA, c.KafkaCert, c.KafkaKey, ""}.config()
}

// TemporalTLSConfig does the same for Temporal.
func (c *Config) TemporalTLSConfig() (*tls.Config, error) {
	return link{"temporal", c.TemporalTLS, c.TemporalCA, c.TemporalCert, c.TemporalKey, c.TemporalServerName}.config()
}

func (c *Config) checkKafka() error {
	var errs []error
	switch {
	case c.KafkaUser == "" && c.KafkaPassword != "":
		errs = append(errs, errors.New("kafka_password: is set, but kafka_user is not"))
	case c.KafkaUser != "" && c.KafkaPassword == "":
		errs = append(errs, errors.New("kafka_user: is set, but kafka_password is not"))
	}
	if known := []string{MechanismSCRAM512, MechanismSCRAM256, MechanismPlain}; !slices.Contains(known, c.KafkaMechanism) {
		errs = append(errs, fmt.Errorf("kafka_mechanism: %q is not one of %v", c.KafkaMechanism, known))
	}
	_, err := c.KafkaTLSConfig()
	return errors.Join(append(errs, err)...)
}

func (c *Config) checkTemporal() error {
	var errs []error
	if c.TemporalAPIKey != "" && !c.TemporalTLS {
		errs = append(errs, errors.New("temporal_api_key: would be sent in the clear; set temporal_tls as well"))
	}
	_, err := c.TemporalTLSConfig()
	return errors.Join(append(errs, err)...)
}

// link is a secured way to another server; key begins the keys of its settings.
type link struct {
	key            string
	on             bool
	ca, cert, own  string
	nameOfTheOther string
}

func (l link) config() (*tls.Config, error) {
	if !l.on {
		return nil, l.unused()
	}
	out := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: l.nameOfTheOther}
	var errs []error
	if l.ca != "" {
		pool, err := authorities(l.ca)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s_ca: %w", l.key, err))
		}
		out.RootCAs = pool
	}
	switch {
	case l.cert != "" && l.own != "":
		pair, err := tls.LoadX509KeyPair(l.cert, l.own)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s_cert, %s_key: %w", l.key, l.key, err))
		}
		out.Certificates = []tls.Certificate{pair}
	case l.cert != "":
		errs = append(errs, fmt.Errorf("%s_cert: needs %s_key", l.key, l.key))
	case l.own != "":
		errs = append(errs, fmt.Errorf("%s_key: needs %s_cert", l.key, l.key))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return out, nil
}

// unused refuses settings that would have no effect: whoever made them believes
// that the connection is secured.
func (l link) unused() error {
	var errs []error
	for _, s := range []struct{ key, value string }{{"_ca", l.ca}, {"_cert", l.cert}, {"_key", l.own}, {"_server_name", l.nameOfTheOther}} {
		if s.value != "" {
			errs = append(errs, fmt.Errorf("%s%s: has no effect without %s_tls", l.key, s.key, l.key))
		}
	}
	return errors.Join(errs...)
}

func authorities(path string) (*x509.CertPool, error) {
	pem, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	pool := x509.NewCertPool()
	if !pool.AppendCertsFromPEM(pem) {
		return nil, fmt.Errorf("%s holds no certificate in PEM form", path)
	}
	return pool, nil
}
