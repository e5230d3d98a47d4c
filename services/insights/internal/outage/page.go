package outage

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// listed is how many late promises the page lists.
const listed = 20

// Page is the receipt on one page, in both languages; local writes an instant as
// people read it.
func (r Receipt) Page(local func(instant.Time) string) lang.Text {
	var zh, en strings.Builder
	say := func(z, e string) {
		zh.WriteString(z + "\n")
		en.WriteString(e + "\n")
	}
	lasted := r.Until.Sub(r.From)
	say(fmt.Sprintf("停机回执　%s 至 %s，历时 %s", local(r.From), local(r.Until), lastedZh(lasted)),
		fmt.Sprintf("Outage receipt: down %s to %s, %s", local(r.From), local(r.Until), lasted.Round(time.Second)))
	for _, i := range r.Interruptions {
		t := i.says()
		say(fmt.Sprintf("  %s 至 %s　%s", local(i.From), local(i.Until), t.Zh), fmt.Sprintf("  %s to %s  %s", local(i.From), local(i.Until), t.En))
	}
	say("", "")
	say(fmt.Sprintf("其间到期 %d 项：已执行 %d 项，其中 %d 项超过时限；因其他事实或先执行的一项已无需执行 %d 项；尚未执行 %d 项；重复执行 %d 项", r.Due, r.Fired, r.Late, r.Settled, r.Open, r.Doubled),
		fmt.Sprintf("%d obligations came due meanwhile: %d fired, %d of them late beyond target; %d needed not fire: a fact, or what fired before, had settled them; %d are open; %d fired twice", r.Due, r.Fired, r.Late, r.Settled, r.Open, r.Doubled))
	v := r.Verdict()
	say(v.Zh, v.En)
	if r.LastFired != 0 {
		say("最后一项执行于 "+local(r.LastFired), "The last one fired at "+local(r.LastFired))
	}
	r.list(say, local)
	state := map[bool]lang.Text{true: lang.T("最终", "final"), false: lang.T("仍在核对", "still being counted")}[r.Final]
	say("", "")
	say(fmt.Sprintf("核对于 %s（%s），依据已记录的决定", local(r.DrawnAt), state.Zh), fmt.Sprintf("Counted at %s (%s) from the recorded decisions", local(r.DrawnAt), state.En))
	return lang.T(zh.String(), en.String())
}

// Verdict says in a sentence whether every promise was kept once.
func (r Receipt) Verdict() lang.Text {
	switch {
	case r.Doubled > 0:
		return lang.T("有承诺执行了不止一次：请联系维护者", "Some promises fired more than once: this is a defect, report it")
	case r.Open > 0:
		return lang.T("仍有承诺尚未执行：运行 liuke doctor 查看原因", "Some promises have not fired yet: liuke doctor says why")
	case r.Due == 0:
		return lang.T("其间没有承诺到期", "No promise came due meanwhile")
	}
	return lang.T("无一遗漏，每项只执行一次", "None was lost, and each fired once")
}

func (r Receipt) list(say func(zh, en string), local func(instant.Time) string) {
	for _, l := range []struct {
		title lang.Text
		all   []Promise
		total int64
	}{
		{lang.T("超过时限的", "Late beyond target"), r.LateOnes, r.Late}, {lang.T("尚未执行的", "Open"), r.OpenOnes, r.Open}, {lang.T("重复执行的", "Fired twice"), r.DoubledOnes, r.Doubled},
	} {
		if l.total == 0 {
			continue
		}
		say("", "")
		say(fmt.Sprintf("%s（%d）", l.title.Zh, l.total), fmt.Sprintf("%s (%d)", l.title.En, l.total))
		for _, p := range l.all[:min(listed, len(l.all))] {
			late := time.Duration(p.LateMS) * time.Millisecond
			say(fmt.Sprintf("  应于 %s　迟 %s　%s　%s", local(p.Due), lastedZh(late), p.Journey, p.Does.Zh), fmt.Sprintf("  due %s  late %s  %s  %s", local(p.Due), late.Round(time.Second), p.Journey, p.Does.En))
		}
		if rest := l.total - int64(min(listed, len(l.all))); rest > 0 {
			say(fmt.Sprintf("  …… 另有 %d 项", rest), fmt.Sprintf("  … and %d more", rest))
		}
	}
}

var causes = map[string]lang.Text{
	catalogue.CauseStopped:   lang.T("正常停止", "was stopped in order"),
	catalogue.CauseCrashed:   lang.T("意外终止（崩溃、被强制结束或断电）", "ended without a word (crash, kill, power)"),
	catalogue.CauseSuspended: lang.T("所在机器休眠", "slept with its machine"),
	catalogue.CauseStalled:   lang.T("被暂停或得不到处理器", "was held up: stopped by a signal, or starved"),
}

func (i Interruption) says() lang.Text {
	if i.Cause == catalogue.CauseAway {
		return lang.T(i.Program+"：无法访问 "+i.Dependency, i.Program+": "+i.Dependency+" did not answer")
	}
	c := causes[i.Cause]
	return lang.T(i.Program+"："+c.Zh, i.Program+" "+c.En)
}

// lastedZh writes a duration in Chinese: 3小时30分.
func lastedZh(d time.Duration) string {
	d = d.Round(time.Second)
	var out []string
	for _, u := range []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "天"}, {time.Hour, "小时"}, {time.Minute, "分"}, {time.Second, "秒"}} {
		if n := d / u.size; n > 0 {
			out = append(out, fmt.Sprintf("%d%s", n, u.name))
			d -= n * u.size
		}
	}
	if len(out) == 0 {
		return "不到1秒"
	}
	return strings.Join(slices.Clip(out), "")
}
