package doctor

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"liuke.dev/shared/auth"
	"liuke.dev/shared/health"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/service"
)

// processState is what a process says of itself.
type processState struct {
	URL      string
	Standing service.Standing
	Ahead    time.Duration // its clock before this machine's; HTTP tells it to the second
	Err      error
}

// origin is where processes, and so this command, reach the services.
func (x *examination) origin() string {
	return strings.TrimRight(cmp.Or(x.Config.InternalOrigin, x.Config.Origin), "/")
}

func (x *examination) processes(ctx context.Context) []Finding {
	urls := x.Processes
	if len(urls) == 0 { // else each is asked by itself: the origin has nothing of its own to say
		urls = []string{x.origin()}
	}
	var all []processState
	for _, url := range urls {
		all = append(all, x.ask(ctx, strings.TrimRight(url, "/")))
	}
	return orFine(judgeProcesses(all, service.Version), fmt.Sprintf("%d 个进程就绪，版本 %s", len(all), service.Version), fmt.Sprintf("%d processes are ready, all of version %s", len(all), service.Version))
}

func (x *examination) ask(ctx context.Context, url string) (p processState) {
	p.URL = url
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+"/readyz", nil)
	if err != nil {
		p.Err = err
		return p
	}
	begin := time.Now()
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		p.Err = err
		return p
	}
	defer answer.Body.Close() //nolint:errcheck // it is read
	p.Err = json.NewDecoder(io.LimitReader(answer.Body, 1<<20)).Decode(&p.Standing)
	if said, err := http.ParseTime(answer.Header.Get("Date")); err == nil {
		p.Ahead = ahead(said, begin, time.Now())
	}
	return p
}

// ahead is how far a clock that says whole seconds is at least before or behind
// the span in which it was asked.
func ahead(said, begin, end time.Time) time.Duration {
	switch {
	case said.After(end):
		return said.Sub(end)
	case said.Add(time.Second).Before(begin):
		return said.Add(time.Second).Sub(begin)
	}
	return 0
}

func judgeProcesses(all []processState, own string) (out []Finding) {
	var versions []string
	for _, p := range all {
		if p.Err != nil {
			out = append(out, bad("进程 "+p.URL+" 没有应答："+p.Err.Error(), "the process at "+p.URL+" does not answer: "+p.Err.Error()).do("检查它是否在运行，看它的日志", "see whether it runs, and read its log", "curl -s "+p.URL+"/readyz"))
			continue
		}
		if v := p.Standing.Version; !slices.Contains(versions, v) {
			versions = append(versions, v)
		}
		out = append(out, judgeStanding(p)...)
		if p.Ahead > wide || p.Ahead < -wide {
			out = append(out, warn(fmt.Sprintf("进程 %s 的时钟与本机相差 %s", p.URL, p.Ahead.Round(time.Second)), fmt.Sprintf("the clock of the process at %s differs from this machine's by %s", p.URL, p.Ahead.Round(time.Second))).
				do("用 NTP 校准所有机器的时钟", "let NTP set the clocks of all machines", "timedatectl status"))
		}
	}
	slices.Sort(versions)
	switch {
	case len(versions) > 1:
		out = append(out, warn("进程的版本不一："+strings.Join(versions, "、"), "processes of several versions run: "+strings.Join(versions, ", ")).do("升级完其余进程", "upgrade the others", ""))
	case len(versions) == 1 && versions[0] != own:
		out = append(out, note("进程的版本是 "+versions[0]+"，本命令是 "+own, "the processes are of version "+versions[0]+", this command of "+own))
	}
	return out
}

func judgeStanding(p processState) (out []Finding) {
	for _, c := range p.Standing.Checks {
		if c.State == health.OK {
			continue
		}
		level := Warning
		if c.Needed {
			level = Error
		}
		out = append(out, Finding{Level: level, Says: lang.T("进程 "+p.URL+"："+c.Name+" 异常："+c.Error, "the process at "+p.URL+": "+c.Name+" fails: "+c.Error)}.
			do("见上面关于它的检查与进程的日志", "see what is said of it here, and the process's log", "curl -s "+p.URL+"/readyz"))
	}
	return out
}

// operator is who asks.
const operator = "operator"

// call asks the running program as one of its own processes, by the service key.
func (x *examination) call(ctx context.Context, path string, into any) error {
	key, err := auth.LoadKey(x.Config.ServiceKey)
	if err != nil {
		return err
	}
	token, err := key.Process(operator).Token()
	if err != nil {
		return err
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, x.origin()+path, nil)
	if err != nil {
		return err
	}
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		return err
	}
	defer answer.Body.Close() //nolint:errcheck // it is read
	text, err := io.ReadAll(io.LimitReader(answer.Body, 4<<20))
	if err == nil && answer.StatusCode != http.StatusOK {
		err = fmt.Errorf("GET %s: %d %.200s", path, answer.StatusCode, text)
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(text, into)
}
