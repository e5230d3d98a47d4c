package temporalserver

import (
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strconv"
	"sync/atomic"
	"time"

	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/membership/static"
	sqliteplugin "go.temporal.io/server/common/persistence/sql/sqlplugin/sqlite" // registers the driver and the plugin
	"go.temporal.io/server/common/primitives"
	"liuke.dev/shared/freeport"
)

const (
	clusterName = "active"
	loopback    = "127.0.0.1"
)

// stores are where the server keeps what it knows.
type stores struct {
	main *config.SQL
	// visibility is where workflows are searched; nil: in main.
	visibility *config.SQL
	// shards of histories, fixed for the life of the database.
	shards int32
	// file is the SQLite database of main; empty on PostgreSQL.
	file string
}

func (s stores) persistence() config.Persistence {
	p := config.Persistence{DefaultStore: "main", VisibilityStore: "main", NumHistoryShards: s.shards,
		DataStores: map[string]config.DataStore{"main": {SQL: s.main}}}
	if s.visibility != nil {
		p.VisibilityStore = "visibility"
		p.DataStores["visibility"] = config.DataStore{SQL: s.visibility}
	}
	return p
}

// connection is how the server opens its file. Keys that are no SQLite URI
// parameters become pragmas; the number of connections stays at 1, because
// with more SQLite answers "busy" under load.
func connection(file string) *config.SQL {
	return &config.SQL{
		PluginName:   sqliteplugin.PluginName,
		DatabaseName: (&url.URL{Path: filepath.ToSlash(file)}).EscapedPath(), // a path may hold ? # % or 客
		ConnectAttributes: map[string]string{
			"mode":         "rwc",
			"journal_mode": "wal",
			"synchronous":  synchronous,
			"cache_size":   "-32768",
			"temp_store":   "memory",
			"mmap_size":    "268435456",
		},
	}
}

// services lays out the four services: the frontend on the given port, the
// others on free ports of loopback.
func services(in stores, host string, number int) (*config.Config, map[primitives.ServiceName]static.Hosts, error) {
	frontend := net.JoinHostPort(reachable(host), strconv.Itoa(number))
	bind, err := bindIP(host)
	if err != nil {
		return nil, nil, err
	}
	inner := []primitives.ServiceName{primitives.HistoryService, primitives.MatchingService, primitives.WorkerService}
	ports, err := freeport.Find(loopback, len(inner))
	if err != nil {
		return nil, nil, err
	}
	all := map[string]config.Service{string(primitives.FrontendService): {RPC: config.RPC{GRPCPort: number, BindOnIP: bind}}}
	hosts := map[primitives.ServiceName]static.Hosts{primitives.FrontendService: static.SingleLocalHost(frontend)}
	for i, name := range inner {
		all[string(name)] = config.Service{RPC: config.RPC{GRPCPort: ports[i], BindOnIP: loopback}}
		hosts[name] = static.SingleLocalHost(net.JoinHostPort(loopback, strconv.Itoa(ports[i])))
	}
	return &config.Config{
		Global:      config.Global{Membership: config.Membership{MaxJoinDuration: 30 * time.Second, BroadcastAddress: loopback}},
		Persistence: in.persistence(),
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10, MasterClusterName: clusterName, CurrentClusterName: clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: frontend}},
		},
		Services:     all,
		PublicClient: config.PublicClient{HostPort: frontend},
	}, hosts, nil
}

// bindIP is what the server wants instead of a host name.
func bindIP(host string) (string, error) {
	if host == "" {
		return "0.0.0.0", nil
	}
	addr, err := net.ResolveIPAddr("ip", host)
	if err != nil {
		return "", fmt.Errorf("temporal: %s (set with %s) is not a host: %w", host, Flag, err)
	}
	return addr.IP.String(), nil
}

// tuned is how the server is set. Whether it reads the search attributes of its
// namespace from the database whenever it meets one is decided while it runs.
type tuned struct {
	dynamicconfig.StaticClient
	rereads atomic.Bool
}

// GetValue gives what a setting is, nil for the server's default.
func (t *tuned) GetValue(key dynamicconfig.Key) []dynamicconfig.ConstrainedValue {
	if key == dynamicconfig.ForceSearchAttributesCacheRefreshOnRead.Key() {
		return []dynamicconfig.ConstrainedValue{{Value: t.rereads.Load()}}
	}
	return t.StaticClient.GetValue(key)
}

// tuning is where the server's defaults, meant for clusters, do harm on one machine.
func tuning(cfg Config) *tuned {
	c := dynamicconfig.StaticClient{
		// Four partitions forward tasks to each other at 40 a second; one hands out 250.
		dynamicconfig.MatchingNumTaskqueueReadPartitions.Key():  1,
		dynamicconfig.MatchingNumTaskqueueWritePartitions.Key(): 1,
		// With one shard, 20 polls a second are a floor of 50 ms under every step.
		dynamicconfig.TransferProcessorMaxPollRPS.Key():   500,
		dynamicconfig.TimerProcessorMaxPollRPS.Key():      500,
		dynamicconfig.VisibilityProcessorMaxPollRPS.Key(): 500,
		// A queue looks at every task since its last acknowledgement whenever a new one
		// comes, which is many times a second: with 30 s between acknowledgements an eighth
		// of the whole program's processor time went there under load.
		dynamicconfig.TransferProcessorUpdateAckInterval.Key():   time.Second,
		dynamicconfig.TimerProcessorUpdateAckInterval.Key():      time.Second,
		dynamicconfig.VisibilityProcessorUpdateAckInterval.Key(): time.Second,
		// A timer of a millisecond otherwise takes a second.
		dynamicconfig.TimerProcessorMaxTimeShift.Key(): 10 * time.Millisecond,
		// Ten visibility queries a second are less than one person clicking in the UI beside a program.
		dynamicconfig.FrontendMaxNamespaceVisibilityRPSPerInstance.Key(): 100,
		// The default is sized for a server machine: 1 GB after 6,200 journeys.
		dynamicconfig.HistoryCacheHostLevelMaxSize.Key(): 2500,
		dynamicconfig.WorkflowTimeSkippingEnabled.Key():  cfg.TimeSkipping,
	}
	if cfg.TimeSkipping {
		// A run that continues as new within a second of its beginning would wait, and the
		// skipping server takes the moment that it waits for to lie years ahead: what was
		// skipped before is added to it twice.
		c[dynamicconfig.WorkflowIdReuseMinimalInterval.Key()] = time.Duration(0)
	}
	t := &tuned{StaticClient: c}
	t.rereads.Store(cfg.Postgres != "") // another process may add some
	return t
}
