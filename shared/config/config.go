// Package config reads what every program needs to know: from defaults, a YAML
// file, the environment (LIUKE_…), and what the command line sets, each over
// the one before.
package config

import (
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/knadh/koanf/parsers/yaml"
	"github.com/knadh/koanf/providers/confmap"
	"github.com/knadh/koanf/providers/env/v2"
	"github.com/knadh/koanf/providers/file"
	"github.com/knadh/koanf/providers/structs"
	"github.com/knadh/koanf/v2"

	"liuke.dev/shared/telemetry"
)

// prefix of everything in the environment that is Liuke's.
const prefix = "LIUKE_"

// Config of a program. The tag is the key in the file; the environment has the
// same in capitals with LIUKE_ before it: LIUKE_STORE, LIUKE_KAFKA …
type Config struct {
	Data           string   `koanf:"data"`            // data directory of the all-in-one program
	HTTP           string   `koanf:"http"`            // address to listen on
	Store          string   `koanf:"store"`           // sqlite:DIR or mongodb://…
	Objects        string   `koanf:"objects"`         // where files are kept: folder:DIR or s3:https://HOST/BUCKET; empty: beside the data, or beside an sqlite store
	Kafka          []string `koanf:"kafka"`           // broker addresses, comma separated
	Temporal       string   `koanf:"temporal"`        // address of the Temporal frontend
	TemporalUI     string   `koanf:"temporal_ui"`     // address (all-in-one) of the Temporal UI
	TemporalLink   string   `koanf:"temporal_link"`   // URL of the Temporal UI as people reach it
	Namespace      string   `koanf:"namespace"`       // Temporal namespace
	TrustedProxies []string `koanf:"trusted_proxies"` // addresses or networks whose X-Forwarded-For is believed
	Origin         string   `koanf:"origin"`          // URL at which all services answer, as people reach it
	InternalOrigin string   `koanf:"internal_origin"` // the same as Liuke's own processes reach it; empty: origin
	ServiceKey     string   `koanf:"service_key"`     // file with the key that signs tokens of Liuke's own processes
	Issuer         string   `koanf:"issuer"`          // URL of an external OIDC issuer; empty: the embedded one
	Audience       string   `koanf:"audience"`        // audience that tokens of the external issuer must have
	Speed          int64    `koanf:"speed"`           // divides every policy duration; 1 in earnest
	ReviewSpeed    int64    `koanf:"review_speed"`    // divides the periods of scheduled reviews; 1: they go by the calendar, at any speed
	Partitions     int      `koanf:"partitions"`      // of each topic
	Replication    int      `koanf:"replication"`     // of each topic
	LogLevel       string   `koanf:"log_level"`       // debug, info, warn, error
	LogFormat      string   `koanf:"log_format"`      // text, json
	Traces         string   `koanf:"traces"`          // URL of an OTLP collector over HTTP that traces are sent to, or none
	TracesRatio    float64  `koanf:"traces_ratio"`    // of requests whose trace is recorded, 0 to 1
	Journeys       string   `koanf:"journeys"`        // run, or held: facts wait in Kafka until they may go on
	JourneysKept   int      `koanf:"journeys_kept"`   // how many journeys a worker keeps in memory
	Build          string   `koanf:"build"`           // names the worker's build to Temporal; empty: version and commit
	Rollout        string   `koanf:"rollout"`         // auto: a new build of the worker takes the journeys over; manual: an operator says so
	Pprof          string   `koanf:"pprof"`           // address of the profiler, on loopback; empty: none

	At    string `koanf:"at"`    // moments at which the program dies, stands still or fails on purpose (shared/moment); refused without trial
	Trial bool   `koanf:"trial"` // this program is being tried, not used

	ObjectsRegion    string `koanf:"objects_region"`     // of the bucket; empty: us-east-1
	ObjectsAccessKey string `koanf:"objects_access_key"` // signs in to the bucket
	ObjectsSecretKey string `koanf:"objects_secret_key"` // of ObjectsAccessKey

	KafkaPrefix    string `koanf:"kafka_prefix"`    // before the names of topics and groups, where installations share a cluster
	KafkaUser      string `koanf:"kafka_user"`      // signs in to the brokers; empty: nobody does
	KafkaPassword  string `koanf:"kafka_password"`  // of KafkaUser
	KafkaMechanism string `koanf:"kafka_mechanism"` // SCRAM-SHA-512, SCRAM-SHA-256, PLAIN
	KafkaTLS       bool   `koanf:"kafka_tls"`       // connections to the brokers are encrypted
	KafkaCA        string `koanf:"kafka_ca"`        // PEM file with the authorities that brokers' certificates are checked with; empty: the system's
	KafkaCert      string `koanf:"kafka_cert"`      // PEM file with the client's certificate
	KafkaKey       string `koanf:"kafka_key"`       // PEM file with its key

	TemporalTLS        bool   `koanf:"temporal_tls"`         // connections to Temporal are encrypted
	TemporalCA         string `koanf:"temporal_ca"`          // as kafka_ca
	TemporalCert       string `koanf:"temporal_cert"`        // PEM file with the client's certificate
	TemporalKey        string `koanf:"temporal_key"`         // PEM file with its key
	TemporalServerName string `koanf:"temporal_server_name"` // name in the server's certificate; empty: the host of the address
	TemporalAPIKey     string `koanf:"temporal_api_key"`     // signs in to Temporal; empty: nobody does

	// Drain is how long a service that was asked to end still answers, so that the proxy has noticed.
	Drain time.Duration `koanf:"drain"`

	SMTP    SMTP    `koanf:"smtp"`
	Webhook Webhook `koanf:"webhook"`
	Signing Signing `koanf:"signing"`
}

// journeysKept take some 100 KB each, in all. A journey that is not kept is played
// again from its history with each step; those that come due in one instant come in
// the order in which they would have been dropped.
const journeysKept = 2_500

// What Journeys may be.
const (
	JourneysRun  = "run"
	JourneysHeld = "held"
)

// What Rollout may be.
const (
	RolloutAuto   = "auto"
	RolloutManual = "manual"
)

// SMTP is the mail server; without a host no mail is sent.
type SMTP struct {
	Host     string `koanf:"host"`
	Port     int    `koanf:"port"`
	User     string `koanf:"user"`
	Password string `koanf:"password"`
	From     string `koanf:"from"`
	TLS      string `koanf:"tls"` // starttls, tls, none
}

// Webhook is where reminders are posted; without a URL none are.
type Webhook struct {
	URL    string `koanf:"url"`
	Secret string `koanf:"secret"`
}

// Signing is the service by which contracts are signed; without a URL they are signed on Liuke's own page.
type Signing struct {
	URL    string `koanf:"url"`
	Secret string `koanf:"secret"` // that both sides sign with
}

// Default is what a laptop needs: everything on loopback.
func Default() Config {
	return Config{HTTP: "127.0.0.1:8080", Kafka: []string{"127.0.0.1:9092"}, Temporal: "127.0.0.1:7233", TemporalUI: "127.0.0.1:8233",
		Namespace: "liuke", Speed: 1, ReviewSpeed: 1, Partitions: 12, Replication: 1, KafkaMechanism: MechanismSCRAM512, LogLevel: "info", LogFormat: "text", Traces: telemetry.None, TracesRatio: 1, Journeys: JourneysRun, JourneysKept: journeysKept, Drain: 3 * time.Second, Rollout: RolloutAuto, SMTP: SMTP{Port: 587, TLS: "starttls"}}
}

// Load reads the configuration: base, then the YAML file (if named, or
// LIUKE_CONFIG), then the environment, then set (keys as in the file). Whatever
// the environment may say it may also keep in a file: LIUKE_STORE_FILE.
func Load(base Config, path string, set map[string]any) (Config, error) {
	k := koanf.New(".")
	if err := k.Load(structs.Provider(base, "koanf"), nil); err != nil {
		return base, err
	}
	if path == "" {
		path = os.Getenv("LIUKE_CONFIG")
	}
	if path != "" {
		if err := k.Load(file.Provider(path), yaml.Parser()); err != nil {
			return base, fmt.Errorf("config file %s: %w", path, err)
		}
	}
	environment, err := withFiles(os.Environ(), k.Keys())
	if err != nil {
		return base, err
	}
	if err := k.Load(env.Provider(".", env.Opt{Prefix: prefix, TransformFunc: fromEnvironment, EnvironFunc: func() []string { return environment }}), nil); err != nil {
		return base, err
	}
	if err := k.Load(confmap.Provider(set, "."), nil); err != nil {
		return base, err
	}
	var c Config
	if err := k.Unmarshal("", &c); err != nil {
		return base, fmt.Errorf("config: %w", err)
	}
	c.complete()
	return c, c.check()
}

func fromEnvironment(key, value string) (string, any) {
	key = strings.ToLower(strings.TrimPrefix(key, prefix))
	for _, group := range []string{"smtp", "webhook", "signing"} {
		if rest, ok := strings.CutPrefix(key, group+"_"); ok {
			return group + "." + rest, value
		}
	}
	if key == "kafka" || key == "trusted_proxies" {
		return key, strings.Split(value, ",")
	}
	return key, value
}

func (c *Config) complete() {
	if c.Origin == "" {
		c.Origin = "http://" + c.HTTP
	}
	if c.InternalOrigin == "" {
		c.InternalOrigin = c.Origin
	}
	if c.TemporalLink == "" {
		c.TemporalLink = "http://" + c.TemporalUI
	}
	if c.Objects == "" {
		c.Objects = c.folder()
	}
}

// folder is where files are kept unless the configuration says so: in the data
// directory, or beside the documents of a store that is a directory itself.
func (c *Config) folder() string {
	if c.Data != "" {
		return "folder:" + filepath.Join(c.Data, "objects")
	}
	if dir, ok := strings.CutPrefix(c.Store, "sqlite:"); ok && dir != "" {
		return "folder:" + filepath.Join(strings.TrimPrefix(dir, "//"), "objects")
	}
	return ""
}

func (c *Config) check() error {
	var errs []error
	if len(c.Kafka) == 0 || slices.Contains(c.Kafka, "") {
		errs = append(errs, errors.New("kafka: no broker address"))
	}
	for key, address := range map[string]string{"http": c.HTTP, "temporal": c.Temporal} {
		if _, _, err := net.SplitHostPort(address); err != nil {
			errs = append(errs, fmt.Errorf("%s: %q is not HOST:PORT", key, address))
		}
	}
	for key, address := range map[string]string{"origin": c.Origin, "internal_origin": c.InternalOrigin} {
		if u, err := url.Parse(address); err != nil || u.Host == "" {
			errs = append(errs, fmt.Errorf("%s: %q is not a URL", key, address))
		}
	}
	if c.Speed < 1 {
		errs = append(errs, fmt.Errorf("speed: %d is below 1", c.Speed))
	}
	if c.ReviewSpeed < 1 {
		errs = append(errs, fmt.Errorf("review_speed: %d is below 1", c.ReviewSpeed))
	}
	if c.Journeys != JourneysRun && c.Journeys != JourneysHeld {
		errs = append(errs, fmt.Errorf("journeys: %q is not %s or %s", c.Journeys, JourneysRun, JourneysHeld))
	}
	if c.JourneysKept < 2 {
		errs = append(errs, fmt.Errorf("journeys_kept: %d is below 2", c.JourneysKept))
	}
	if c.Rollout != RolloutAuto && c.Rollout != RolloutManual {
		errs = append(errs, fmt.Errorf("rollout: %q is not %s or %s", c.Rollout, RolloutAuto, RolloutManual))
	}
	if c.Pprof != "" && !Loopback(c.Pprof) {
		errs = append(errs, fmt.Errorf("pprof: %q is not a loopback HOST:PORT", c.Pprof))
	}
	if c.At != "" && !c.Trial {
		errs = append(errs, fmt.Errorf("at: %q makes the program fail on purpose; if that is meant, set trial (LIUKE_TRIAL=true) as well", c.At))
	}
	if _, err := telemetry.Collector(c.Traces); err != nil {
		errs = append(errs, err)
	}
	if c.TracesRatio < 0 || c.TracesRatio > 1 {
		errs = append(errs, fmt.Errorf("traces_ratio: %v is not between 0 and 1", c.TracesRatio))
	}
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.LogLevel)); err != nil {
		errs = append(errs, fmt.Errorf("log_level: %q is not debug, info, warn or error", c.LogLevel))
	}
	errs = append(errs, c.checkKafka(), c.checkTemporal())
	return errors.Join(errs...)
}

// Loopback tells whether only this machine can reach an address.
func Loopback(address string) bool {
	host, _, err := net.SplitHostPort(address)
	ip := net.ParseIP(host)
	return err == nil && (host == "localhost" || ip != nil && ip.IsLoopback())
}

// Logger makes the program's logger.
func (c *Config) Logger() *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel)) // checked by Load
	options := &slog.HandlerOptions{Level: level}
	if c.LogFormat == "json" {
		return slog.New(telemetry.LogHandler(slog.NewJSONHandler(os.Stderr, options)))
	}
	return slog.New(telemetry.LogHandler(slog.NewTextHandler(os.Stderr, options)))
}
