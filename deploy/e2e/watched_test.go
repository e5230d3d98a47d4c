package e2e

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"liuke.dev/deploy/observability"
	"liuke.dev/shared/programtest"
)

// watched checks that a program at work has every metric, with every label, that
// the dashboard and the alerts name.
func watched(ctx context.Context, t *testing.T, o *programtest.Office) {
	t.Helper()
	all := observability.Expressions()
	rules, err := observability.Alerts()
	if err != nil {
		t.Fatal(err)
	}
	for _, a := range rules {
		all["alert "+a.Alert] = []string{a.Expr}
	}
	var missing []string
	defer func() { report(t, "what the dashboard and the alerts name and no program shows", missing) }()
	until(ctx, t, "every metric that the dashboard and the alerts name is shown", func() bool {
		missing = unseen(t, o, all, exposed(ctx, t, o)) // a consumer has its metrics once it has joined its group
		return len(missing) == 0
	})
}

// unseen gives what expressions name that no program shows.
func unseen(t *testing.T, o *programtest.Office, all, shown map[string][]string) (missing []string) {
	t.Helper()
	for where, expressions := range all {
		for _, e := range expressions {
			uses, err := observability.Uses(e)
			if err != nil {
				t.Fatal(err)
			}
			for _, u := range uses {
				labels, known := shown[u.Metric]
				if !known && !elsewhere(o, u.Metric) {
					missing = append(missing, fmt.Sprintf("%s: no program has %s", where, u.Metric))
				}
				for _, l := range u.Labels {
					if known && !slices.Contains(added, l) && !slices.Contains(labels, l) {
						missing = append(missing, fmt.Sprintf("%s: %s has no label %s, only %v", where, u.Metric, l, labels))
					}
				}
			}
		}
	}
	return missing
}

// added are the labels that Prometheus adds.
var added = []string{"job", "instance"}

// elsewhere tells whether this installation cannot have a metric: the one that
// Prometheus makes, those of the other engine, and what is counted only once it
// happens to somebody.
func elsewhere(o *programtest.Office, metric string) bool {
	other := "liuke_mongo_"
	if o.Suite != nil {
		other = "liuke_sqlite_"
	}
	return metric == "up" || metric == "liuke_dead_letters_pending" || strings.HasPrefix(metric, other)
}

var sample = regexp.MustCompile(`^([a-z_0-9]+)(?:\{(.*)\})? `)
var ulid = regexp.MustCompile(`"[0-9A-Z]{26}`)
var label = regexp.MustCompile(`([a-z_]+)="`)

// exposed gives the labels of every metric that any process shows.
func exposed(ctx context.Context, t *testing.T, o *programtest.Office) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, origin := range processes(o) {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, origin+"/metrics", nil)
		if err != nil {
			t.Fatal(err)
		}
		answer, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			m := sample.FindStringSubmatch(lines.Text())
			if m == nil {
				continue
			}
			if _, known := out[m[1]]; !known {
				out[m[1]] = []string{}
			}
			for _, l := range label.FindAllStringSubmatch(m[2], -1) {
				if !slices.Contains(out[m[1]], l[1]) {
					out[m[1]] = append(out[m[1]], l[1])
				}
			}
		}
		_ = answer.Body.Close()
	}
	return out
}

// processes gives where each process answers.
func processes(o *programtest.Office) (all []string) {
	if o.Suite == nil {
		return []string{o.URL()}
	}
	for _, i := range o.Suite.Instances {
		all = append(all, i.URL())
	}
	return all
}

// No label is an id, or anything else that grows with the work.
func TestMetricsDoNotGrowWithTheWork(t *testing.T) {
	t.Parallel()
	ctx := bounded(t, 2*time.Minute)
	o := open(ctx, t, "LIUKE_SPEED=3600")
	series := func() int {
		n := 0
		for _, process := range processes(o) {
			samples, err := programtest.Metrics(ctx, process)
			if err != nil {
				t.Fatal(err)
			}
			for name := range samples {
				if strings.HasPrefix(name, "liuke_") {
					n++
				}
				if ulid.MatchString(name) {
					t.Errorf("%s has an id for a label", name)
				}
			}
		}
		return n
	}
	record := func(from, to int) {
		for n := from; n < to; n++ {
			if err := o.As(o.Sellers[n%len(o.Sellers)]).Post(ctx, "/v1/leads", map[string]any{"company": fmt.Sprint("公司", n), "contact": "王", "phone": fmt.Sprint(13800138000 + n), "source": "website", "need": "x"}, nil); err != nil {
				t.Fatal(err)
			}
		}
		rest(ctx, t, 6*time.Second) // whatever can fire has fired
		for before, now := -1, series(); before != now; before, now = now, series() {
			rest(ctx, t, 2*time.Second) // every consumer has joined its group, on a busy machine too
		}
	}
	record(0, 8)
	few := series()
	record(8, 80)
	if many := series(); many > few+few/4 {
		t.Errorf("%d series after 8 leads and %d after 80", few, many)
	}
}
