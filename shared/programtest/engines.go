package programtest

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
)

// Where the engines are that separate programs run on. A user names their own.
const (
	StoreEnv    = "LIUKE_TEST_STORE"    // mongodb://…
	KafkaEnv    = "LIUKE_TEST_KAFKA"    // host:port,…
	TemporalEnv = "LIUKE_TEST_TEMPORAL" // host:port
)

// Engines are the three addresses of a store, a Kafka cluster and a Temporal cluster.
type Engines struct{ Store, Kafka, Temporal string }

// NamedEngines gives the engines that the environment names; false: it names
// none. Naming some is an error.
func NamedEngines() (e Engines, named bool, err error) {
	e = Engines{os.Getenv(StoreEnv), os.Getenv(KafkaEnv), os.Getenv(TemporalEnv)}
	if e == (Engines{}) {
		return e, false, nil
	}
	if e.Store == "" || e.Kafka == "" || e.Temporal == "" {
		return e, false, fmt.Errorf("programtest: name all of %s, %s and %s, or none", StoreEnv, KafkaEnv, TemporalEnv)
	}
	return e, true, nil
}

// share is what keeps one test's part of the engines apart from every other's.
type share struct {
	Engines
	databases, topics, namespace string
}

func (e Engines) share() share {
	name := fmt.Sprintf("t%08x", rand.Uint32())
	return share{e, name + "_", name + ".", "liuke-" + name}
}

// env is what a program needs to know of its engines.
func (s share) env() []string {
	return []string{"LIUKE_STORE=" + s.store(), "LIUKE_KAFKA=" + s.Kafka, "LIUKE_KAFKA_PREFIX=" + s.topics, "LIUKE_TEMPORAL=" + s.Temporal, "LIUKE_NAMESPACE=" + s.namespace}
}

// store gives the address with the beginning of the databases' names in its path.
func (s share) store() string {
	address, query, _ := strings.Cut(s.Engines.Store, "?")
	scheme, rest, _ := strings.Cut(address, "://")
	hosts, path, _ := strings.Cut(rest, "/")
	address = scheme + "://" + hosts + "/" + path + s.databases
	if query != "" {
		address += "?" + query
	}
	return address
}
