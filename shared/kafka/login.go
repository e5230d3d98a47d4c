package kafka

import (
	"cmp"
	"fmt"

	"github.com/segmentio/kafka-go/sasl"
	"github.com/segmentio/kafka-go/sasl/plain"
	"github.com/segmentio/kafka-go/sasl/scram"
)

// login gives the SASL mechanism that the configuration asks for, nil for none.
func (c Config) login() (sasl.Mechanism, error) {
	if c.User == "" {
		return nil, nil
	}
	switch cmp.Or(c.Mechanism, scram.SHA512.Name()) {
	case scram.SHA512.Name():
		return scram.Mechanism(scram.SHA512, c.User, c.Password)
	case scram.SHA256.Name():
		return scram.Mechanism(scram.SHA256, c.User, c.Password)
	case plain.Mechanism{}.Name():
		return plain.Mechanism{Username: c.User, Password: c.Password}, nil
	}
	return nil, fmt.Errorf("kafka: %q is not SCRAM-SHA-512, SCRAM-SHA-256 or PLAIN", c.Mechanism)
}
