package programtest

import (
	"bufio"
	"context"
	"fmt"
	"net/http"
	"strconv"
	"strings"
)

// Samples are metrics by their name with labels, as /metrics writes them.
type Samples map[string]float64

// Metrics reads the program's metrics.
func Metrics(ctx context.Context, origin string) (Samples, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, origin+"/metrics", nil)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer answer.Body.Close() //nolint:errcheck // it is read
	if answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("GET /metrics: %d", answer.StatusCode)
	}
	out := Samples{}
	for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
		line := lines.Text()
		at := strings.LastIndexByte(line, ' ')
		if at < 0 || strings.HasPrefix(line, "#") {
			continue
		}
		if v, err := strconv.ParseFloat(line[at+1:], 64); err == nil {
			out[line[:at]] = v
		}
	}
	return out, nil
}

// of marks each sample as that of one process.
func (s Samples) of(instance string) Samples {
	out := Samples{}
	for name, v := range s {
		if labelled, ok := strings.CutSuffix(name, "}"); ok {
			out[labelled+`,instance="`+instance+`"}`] = v
		} else {
			out[name+`{instance="`+instance+`"}`] = v
		}
	}
	return out
}

// Sum adds the samples of a metric over all labels.
func (s Samples) Sum(metric string) float64 {
	total := 0.0
	for name, v := range s {
		if name == metric || strings.HasPrefix(name, metric+"{") {
			total += v
		}
	}
	return total
}

// Above gives the samples of a metric that are above a bound.
func (s Samples) Above(metric string, bound float64) Samples {
	out := Samples{}
	for name, v := range s {
		if (name == metric || strings.HasPrefix(name, metric+"{")) && v > bound {
			out[name] = v
		}
	}
	return out
}
