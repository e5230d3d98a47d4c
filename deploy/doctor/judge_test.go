package doctor

import (
	"errors"
	"io/fs"
	"maps"
	"strings"
	"testing"
	"time"

	enumspb "go.temporal.io/api/enums/v1"

	"liuke.dev/deploy/local/datadir"
	"liuke.dev/shared/config"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/health"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/service"
	"liuke.dev/shared/store"
	"liuke.dev/workflows"
	"liuke.dev/workflows/host"
	"liuke.dev/workflows/rollout"
)

const noon = instant.Time(1_772_366_400_000)

var errAway = errors.New("connection refused")

// worst is the worst level of findings; findings that are no worse than a note are fine.
func worst(list []Finding) Level {
	out := Fine
	for _, f := range list {
		if ranks[f.Level] > ranks[out] {
			out = f.Level
		}
	}
	return out
}

// situation is what a check may meet: what it must think of it, and a word of
// what it must say.
type situation struct {
	found []Finding
	level Level
	says  string
}

func sound() config.Config {
	c := config.Default()
	c.Origin, c.Store = "https://crm.example.com", "mongodb://h/x"
	c.SMTP.Host = "mail"
	return c
}

func changed(change func(*config.Config)) config.Config {
	c := sound()
	change(&c)
	return c
}

func TestConfigurationAndKey(t *testing.T) {
	examine(t, map[string]situation{
		"sound":                     {judgeConfig(sound(), false), Fine, ""},
		"on trial":                  {judgeConfig(changed(func(c *config.Config) { c.Trial = true }), false), Warning, "on purpose"},
		"sped up":                   {judgeConfig(changed(func(c *config.Config) { c.Speed = 100 }), false), Warning, "divided"},
		"held":                      {judgeConfig(changed(func(c *config.Config) { c.Journeys = config.JourneysHeld }), false), Warning, "held back"},
		"not encrypted":             {judgeConfig(changed(func(c *config.Config) { c.Origin = "http://crm.example.com" }), false), Warning, "not encrypted"},
		"not encrypted on loopback": {judgeConfig(changed(func(c *config.Config) { c.Origin = "http://127.0.0.1:8080" }), false), Fine, ""},
		"no store":                  {judgeConfig(changed(func(c *config.Config) { c.Store = "" }), false), Error, "no store"},
		"no mail":                   {judgeConfig(changed(func(c *config.Config) { c.SMTP.Host = "" }), false), Note, "mail"},
		"key":                       {judgeKey("/k", 0o600, nil, true), Fine, "owner"},
		"key that others read":      {judgeKey("/k", 0o640, nil, true), Error, "0640"},
		"bits that mean nothing":    {judgeKey("/k", 0o666, nil, false), Fine, "owner"},
		"key missing":               {judgeKey("/k", 0o600, fs.ErrNotExist, true), Error, "missing"},
		"key broken":                {judgeKey("/k", 0o600, errors.New("no PEM"), true), Error, "no PEM"},
		"no key named":              {judgeKey("", 0, nil, true), Error, "LIUKE_SERVICE_KEY"},
	})
}

func TestDirectory(t *testing.T) {
	at := func(free uint64, change func(*datadir.State)) []Finding {
		s := datadir.State{Path: "/data", Held: true, Holder: "7", Free: free, FreeKnown: true}
		change(&s)
		return judgeDirectory(s, nil)
	}
	same := func(*datadir.State) {}
	examine(t, map[string]situation{
		"sound":        {at(100<<30, same), Fine, "held by process 7"},
		"little room":  {at(1<<30, same), Warning, "1.0 GiB"},
		"no room":      {at(1<<20, same), Error, "refused"},
		"room unknown": {at(0, func(s *datadir.State) { s.FreeKnown = false }), Fine, ""},
		"stopped":      {at(100<<30, func(s *datadir.State) { s.Held = false }), Note, "not running"},
		"missing":      {at(0, func(s *datadir.State) { s.Missing = true }), Error, "no data directory"},
		"newer":        {at(0, func(s *datadir.State) { s.Fault = datadir.ErrNewer }), Error, "newer"},
		"unreadable":   {judgeDirectory(datadir.State{}, fs.ErrPermission), Error, "permission"},
	})
}

func TestStores(t *testing.T) {
	lite := func(change func(*store.Inspection)) []Finding {
		i := store.Inspection{Engine: "sqlite", Version: "3.50.0", Settings: map[string]string{"journal_mode": "wal"}}
		change(&i)
		return judgeStore("leads", i, nil, noon)
	}
	mongo := func(change func(*store.Inspection)) []Finding {
		i := store.Inspection{Engine: "mongodb", Version: "8.0.1", Topology: "replica set", Settings: map[string]string{"members": "3"}, Clock: noon}
		change(&i)
		return judgeStore("leads", i, nil, noon)
	}
	broken := store.Report{Facts: 9, Broken: &store.Break{Fact: "lead/1/2/0", Fault: "the content is not what was recorded"}}
	examine(t, map[string]situation{
		"file":               {lite(func(*store.Inspection) {}), Fine, ""},
		"damaged":            {lite(func(i *store.Inspection) { i.Faults = []string{"page 7 is torn"} }), Error, "page 7"},
		"newer":              {lite(func(i *store.Inspection) { i.Newer = true }), Error, "newer"},
		"older":              {lite(func(i *store.Inspection) { i.Older = true }), Note, "older"},
		"not checked whole":  {lite(func(i *store.Inspection) { i.Unchecked = "the file is large" }), Note, "large"},
		"not WAL":            {lite(func(i *store.Inspection) { i.Settings["journal_mode"] = "delete" }), Warning, "delete"},
		"long log":           {lite(func(i *store.Inspection) { i.Settings["wal_bytes"] = "999999999" }), Warning, "953 MiB"},
		"missing":            {judgeStore("leads", store.Inspection{}, fs.ErrNotExist, noon), Error, "missing"},
		"away":               {judgeStore("leads", store.Inspection{}, errAway, noon), Error, "refused"},
		"replica set":        {mongo(func(*store.Inspection) {}), Fine, ""},
		"standalone":         {mongo(func(i *store.Inspection) { i.Topology, i.Settings = "standalone", nil }), Warning, "single server"},
		"two members":        {mongo(func(i *store.Inspection) { i.Settings["members"] = "2" }), Warning, "2 members"},
		"a member down":      {mongo(func(i *store.Inspection) { i.Faults = []string{"member b is DOWN"} }), Error, "DOWN"},
		"old server":         {mongo(func(i *store.Inspection) { i.Version = "5.0.2" }), Error, "too old"},
		"another clock":      {mongo(func(i *store.Inspection) { i.Clock = noon.Add(-5 * time.Second) }), Warning, "-5s"},
		"outbox empty":       {judgeBacklog("leads", 0, 0, noon, true, nil), Fine, ""},
		"outbox moving":      {judgeBacklog("leads", 9, noon.Add(-5*time.Second), noon, true, nil), Fine, ""},
		"outbox slow":        {judgeBacklog("leads", 9, noon.Add(-5*time.Minute), noon, true, nil), Warning, "9 facts"},
		"outbox stuck":       {judgeBacklog("leads", 9, noon.Add(-time.Hour), noon, true, nil), Error, "1h0m0s"},
		"outbox at rest":     {judgeBacklog("leads", 9, noon.Add(-time.Hour), noon, false, nil), Note, "when the program starts"},
		"outbox unreadable":  {judgeBacklog("leads", 0, 0, noon, true, errAway), Error, "refused"},
		"chain holds":        {judgeChain("leads", store.Report{Facts: 9}, nil), Fine, ""},
		"chain broken":       {judgeChain("leads", broken, nil), Error, "lead/1/2/0"},
		"chain not readable": {judgeChain("leads", store.Report{}, errAway), Error, "refused"},
	})
}

func TestKafka(t *testing.T) {
	wanted := facts.Topics(12, 3)
	at := func(brokers int, name string, change func(*kafka.TopicState)) []Finding {
		d := kafka.Description{Brokers: brokers, Topics: map[string]kafka.TopicState{}}
		for _, w := range wanted {
			s := kafka.TopicState{Partitions: w.Partitions, Replication: 3, Settings: map[string]string{"cleanup.policy": "delete", "retention.ms": "-1", "min.insync.replicas": "2"}}
			if w.Compacted {
				s.Settings["cleanup.policy"] = "compact"
			}
			if w.Name == name {
				change(&s)
			}
			if s.Partitions > 0 {
				d.Topics[w.Name] = s
			}
		}
		return judgeKafka(d, wanted, "", nil)
	}
	set := func(pairs ...string) func(*kafka.TopicState) {
		return func(s *kafka.TopicState) {
			for i := 0; i < len(pairs); i += 2 {
				s.Settings[pairs[i]] = pairs[i+1]
			}
		}
	}
	one := func(s *kafka.TopicState) { s.Replication, s.Settings["min.insync.replicas"] = 1, "1" }
	letter := facts.DeadLetter{Group: "liuke.insights", Error: "no such thing"}
	examine(t, map[string]situation{
		"as it must be":           {at(3, "", nil), Fine, "3 brokers"},
		"away":                    {judgeKafka(kafka.Description{}, wanted, "", errAway), Error, "refused"},
		"a topic missing":         {at(3, "liuke.leads", func(s *kafka.TopicState) { s.Partitions = 0 }), Error, "missing"},
		"policy is trimmed":       {at(3, "liuke.policy", set("cleanup.policy", "delete")), Error, "compact"},
		"directory is trimmed":    {at(3, "liuke.organization", set("retention.ms", "604800000")), Error, "trimmed"},
		"leads are trimmed":       {at(3, "liuke.leads", set("retention.bytes", "1000000")), Fine, ""},
		"order is lost":           {at(3, "liuke.organization", func(s *kafka.TopicState) { s.Partitions = 4 }), Error, "order"},
		"a partition is nobody's": {at(3, "liuke.leads", func(s *kafka.TopicState) { s.Leaderless = 2 }), Error, "no leader"},
		"replicas behind":         {at(3, "liuke.leads", func(s *kafka.TopicState) { s.Behind = 2 }), Warning, "behind"},
		"cannot be written":       {at(3, "liuke.leads", set("min.insync.replicas", "4")), Error, "nothing can be written"},
		"no broker may fail":      {at(3, "liuke.leads", set("min.insync.replicas", "3")), Warning, "any one broker"},
		"one copy acknowledged":   {at(3, "liuke.leads", set("min.insync.replicas", "1")), Warning, "one broker only"},
		"one copy of three":       {at(3, "liuke.leads", one), Warning, "one copy"},
		"one broker":              {at(1, "liuke.leads", one), Fine, ""},
		"groups keep up":          {judgeGroups([]kafka.GroupState{{Name: "g", Members: 1, Lag: map[string]int64{"t": 50}}, {Name: "idle", Lag: map[string]int64{"t": 0}}}), Fine, ""},
		"a group is behind":       {judgeGroups([]kafka.GroupState{{Name: "g", Members: 1, Lag: map[string]int64{"t": 6_000, "u": 6_000}}}), Warning, "12000"},
		"nobody reads":            {judgeGroups([]kafka.GroupState{{Name: "g", Lag: map[string]int64{"t": 1}}}), Error, "nobody reads"},
		"no dead letters":         {judgeLetters(facts.LetterPage{}, nil), Fine, ""},
		"dead letters":            {judgeLetters(facts.LetterPage{Total: 3, Letters: []facts.DeadLetter{letter}}, nil), Warning, "no such thing"},
		"letters not readable":    {judgeLetters(facts.LetterPage{}, errAway), Warning, "refused"},
	})
}

func TestTemporal(t *testing.T) {
	at := func(change func(*temporalState)) []Finding {
		s := temporalState{Version: "1.32.1", Retention: 720 * time.Hour, Attributes: maps.Clone(host.SearchAttributes),
			Rollout: rollout.Status{Current: "1", Versions: []rollout.Version{{Build: "1", State: rollout.Current, Workers: 2}}}}
		change(&s)
		return judgeTemporal(s, "liuke", nil)
	}
	build := func(name, state string, workers int) rollout.Version {
		return rollout.Version{Build: name, State: state, Workers: workers}
	}
	examine(t, map[string]situation{
		"as it must be":       {at(func(*temporalState) {}), Fine, ""},
		"away":                {judgeTemporal(temporalState{}, "liuke", errAway), Error, "refused"},
		"no namespace":        {at(func(s *temporalState) { s.NoSpace = true }), Error, "no namespace"},
		"short retention":     {at(func(s *temporalState) { s.Retention = 24 * time.Hour }), Warning, "24h"},
		"attribute missing":   {at(func(s *temporalState) { delete(s.Attributes, "Risk") }), Error, "Risk"},
		"attribute otherwise": {at(func(s *temporalState) { s.Attributes["Late"] = enumspb.INDEXED_VALUE_TYPE_KEYWORD }), Error, "Late"},
		"tasks keep failing":  {at(func(s *temporalState) { s.Failing = 4 }), Error, "4 journeys"},
		"no worker":           {at(func(s *temporalState) { s.Rollout.Versions[0].Workers = 0 }), Error, "no worker"},
		"nobody has them":     {at(func(s *temporalState) { s.Rollout.Current = "" }), Error, "stand still"},
		"workers of old":      {at(func(s *temporalState) { s.Rollout = rollout.Status{Unversioned: 1} }), Fine, ""},
		"current has nobody": {at(func(s *temporalState) {
			s.Rollout.Versions = []rollout.Version{build("1", rollout.Current, 0), build("2", rollout.Inactive, 1)}
		}), Error, "has no worker"},
		"two builds": {at(func(s *temporalState) {
			s.Rollout.Versions = append(s.Rollout.Versions, build("0", rollout.Draining, 1))
		}), Warning, "old workers"},
		"ramping": {at(func(s *temporalState) {
			s.Rollout.Ramping, s.Rollout.Percent = "2", 10
			s.Rollout.Versions = append(s.Rollout.Versions, build("2", rollout.Ramping, 1))
		}), Note, "10 %"},
	})
}

func TestProgram(t *testing.T) {
	process := func(version string, checks ...health.State) processState {
		return processState{URL: "http://a", Standing: service.Standing{Version: version, Checks: checks}}
	}
	of := func(all ...processState) []Finding { return judgeProcesses(all, "1") }
	kafkaDown := health.State{Name: "kafka", State: health.Failing, Needed: true, Error: "refused"}
	count := func(change func(*workflows.KindCounts)) []Finding {
		k := workflows.KindCounts{Kind: "deal", Running: 9}
		change(&k)
		return judgeJourneys(workflows.Counts{Policy: 1, Kinds: []workflows.KindCounts{k}}, nil)
	}
	begin := time.Date(2026, 3, 1, 12, 0, 0, 500, time.UTC)
	slow := processState{URL: "http://a", Standing: service.Standing{Version: "1"}, Ahead: ahead(begin.Truncate(time.Second).Add(-4*time.Second), begin, begin)}
	near := processState{URL: "http://a", Standing: service.Standing{Version: "1"}, Ahead: ahead(begin.Truncate(time.Second), begin, begin.Add(50*time.Millisecond))}
	examine(t, map[string]situation{
		"ready":                {of(process("1"), process("1", health.State{Name: "kafka", State: health.OK, Needed: true})), Fine, ""},
		"not answering":        {of(processState{URL: "http://a", Err: errAway}), Error, "refused"},
		"not ready":            {of(process("1", kafkaDown)), Error, "kafka fails"},
		"a part stands still":  {of(process("1", health.State{Name: "relay", State: health.Failing})), Warning, "relay"},
		"mixed versions":       {of(process("1"), process("2")), Warning, "1, 2"},
		"another version":      {of(process("2")), Note, "version 2"},
		"a clock behind":       {of(slow), Warning, "-3s"},
		"clocks agree":         {of(near), Fine, ""},
		"journeys run":         {count(func(*workflows.KindCounts) {}), Fine, ""},
		"troubled":             {count(func(k *workflows.KindCounts) { k.Troubled = 2 }), Warning, "2 deal"},
		"overdue":              {count(func(k *workflows.KindCounts) { k.Overdue = 2 }), Error, "overslept"},
		"behind":               {count(func(k *workflows.KindCounts) { k.Behind = 2 }), Note, "newest policy"},
		"no policy":            {judgeJourneys(workflows.Counts{}, nil), Error, "no policy"},
		"journeys unknown":     {judgeJourneys(workflows.Counts{}, errAway), Error, "refused"},
		"outages settled":      {judgeOutages([]receipt{{ID: "x", Final: true}}, nil), Fine, ""},
		"outage catching up":   {judgeOutages([]receipt{{ID: "x", Open: 2}}, nil), Warning, "catching up"},
		"outage never settled": {judgeOutages([]receipt{{ID: "x", Open: 2, Final: true}}, nil), Error, "never fired"},
		"outage fired twice":   {judgeOutages([]receipt{{ID: "x", Doubled: 1}}, nil), Error, "twice"},
		"outages unknown":      {judgeOutages(nil, errAway), Warning, "refused"},
	})
}

func examine(t *testing.T, all map[string]situation) {
	t.Helper()
	for name, s := range all {
		t.Run(name, func(t *testing.T) {
			if got := worst(s.found); got != s.level {
				t.Errorf("%s, want %s: %+v", got, s.level, s.found)
			}
			text := Text(Report{Findings: s.found}, "en")
			if !strings.Contains(text, s.says) {
				t.Errorf("does not say %q:\n%s", s.says, text)
			}
			for _, f := range s.found {
				if f.Says.Zh == "" || f.Says.En == "" || f.Do.Zh == "" != (f.Do.En == "") {
					t.Errorf("not in both languages: %+v", f)
				}
				if ranks[f.Level] >= ranks[Warning] && f.Level != Fine && f.Do.IsZero() && !strings.Contains(f.Says.En, "cannot be") {
					t.Errorf("nothing to do about it: %+v", f)
				}
			}
		})
	}
}
