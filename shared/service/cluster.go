package service

import (
	"log/slog"

	"liuke.dev/shared/config"
	"liuke.dev/shared/kafka"
)

// ClusterConfig says where the Kafka cluster is and how one signs in to it, as
// the configuration does. Every client of Liuke's is made from it.
func ClusterConfig(c config.Config, log *slog.Logger) (kafka.Config, error) {
	secured, err := c.KafkaTLSConfig()
	if err != nil {
		return kafka.Config{}, err
	}
	return kafka.Config{Brokers: c.Kafka, Prefix: c.KafkaPrefix, User: c.KafkaUser, Password: c.KafkaPassword, Mechanism: c.KafkaMechanism, TLS: secured, Log: log}, nil
}
