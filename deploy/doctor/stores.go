package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
	"time"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/store"
	"liuke.dev/shared/store/engines"
)

func (x *examination) databases(ctx context.Context) (out []Finding) {
	for _, name := range x.stores {
		i, err := engines.Inspect(ctx, x.Config.Store, name, x.Deep)
		out = append(out, judgeStore(name, i, err, x.now)...)
	}
	if len(x.stores) == 0 {
		return nil
	}
	return orFine(out, fmt.Sprintf("%d 个存储可用且完好", len(x.stores)), fmt.Sprintf("%d stores answer and are sound", len(x.stores)))
}

const (
	// wide is how far clocks may differ.
	wide = 2 * time.Second
	// longWAL is a write-ahead log that no checkpoint gets through to the end of.
	longWAL = 512 << 20
	// oldestMongo is the oldest major version that is known to work.
	oldestMongo = 6
)

// judgeStore judges one service's database.
func judgeStore(name string, i store.Inspection, err error, now instant.Time) (out []Finding) {
	both := func(zh, en string) (string, string) {
		return "存储 " + name + "：" + zh, "store " + name + ": " + en
	}
	says := func(level Level, zh, en string) Finding {
		zh, en = both(zh, en)
		return Finding{Level: level, Says: lang.T(zh, en)}
	}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return []Finding{says(Error, "文件不存在", "the file is missing").do("从备份恢复整个数据目录", "restore the whole data directory from a backup", "")}
	case err != nil:
		return []Finding{says(Error, "不可用："+err.Error(), "not available: "+err.Error()).do("检查数据库是否在运行、地址与密码是否正确（LIUKE_STORE）", "check that the database runs and that LIUKE_STORE names it", "")}
	case i.Newer:
		return []Finding{says(Error, "由更新的程序写入", "was written by a newer program").do("改用新版程序", "use the newer program", "liuke version")}
	}
	for _, f := range i.Faults {
		out = append(out, says(Error, "有损坏或故障："+f, "damaged or at fault: "+f).do("先停下并复制现有数据，再从备份恢复", "stop, copy what is there, and restore from a backup", "liuke verify"))
	}
	if i.Older {
		out = append(out, says(Note, "格式较旧，本版程序启动时会升级", "has an older format, which this program brings forward when it starts"))
	}
	if i.Unchecked != "" {
		out = append(out, says(Note, "没有完整检查："+i.Unchecked, "was not checked whole: "+i.Unchecked).do("", "", "liuke doctor --deep"))
	}
	if i.Engine == "sqlite" {
		return append(out, judgeSQLite(i, says)...)
	}
	return append(out, judgeMongo(i, now, says)...)
}

func judgeSQLite(i store.Inspection, says func(Level, string, string) Finding) (out []Finding) {
	if mode := i.Settings["journal_mode"]; mode != "wal" {
		out = append(out, says(Warning, "日志模式为 "+mode+"，应为 wal：写入会变慢", "its journal mode is "+mode+" instead of wal: writing is slow").do("重新启动程序", "start the program again", ""))
	}
	if n, _ := strconv.ParseInt(i.Settings["wal_bytes"], 10, 64); n > longWAL {
		out = append(out, says(Warning, fmt.Sprintf("预写日志已有 %d MiB", n>>20), fmt.Sprintf("its write-ahead log has grown to %d MiB", n>>20)).
			do("关闭长时间读取它的程序，或重新启动", "end whatever keeps reading it, or start the program again", ""))
	}
	return out
}

func judgeMongo(i store.Inspection, now instant.Time, says func(Level, string, string) Finding) (out []Finding) {
	major, _, _ := strings.Cut(i.Version, ".")
	if n, err := strconv.Atoi(major); err != nil || n < oldestMongo {
		out = append(out, says(Error, "MongoDB 版本 "+i.Version+" 过旧，需要 6.0 以上", "MongoDB "+i.Version+" is too old: 6.0 or later is needed").do("升级 MongoDB", "upgrade MongoDB", ""))
	}
	if i.Topology == "standalone" {
		out = append(out, says(Warning, "只有一台服务器，没有副本：磁盘损坏即丢失数据", "is on a single server without a replica: its disk is the only copy").do("改用副本集", "use a replica set", ""))
	}
	if n, err := strconv.Atoi(i.Settings["members"]); err == nil && n < 3 {
		out = append(out, says(Warning, fmt.Sprintf("副本集只有 %d 个成员：少一个就无法写入", n), fmt.Sprintf("its replica set has %d members: without one of them nothing can be written", n)).do("至少三个成员", "have three members at least", ""))
	}
	if d := i.Clock.Sub(now); i.Clock != 0 && (d > wide || d < -wide) {
		out = append(out, says(Warning, fmt.Sprintf("其时钟与本机相差 %s", d.Round(time.Millisecond)), fmt.Sprintf("its clock differs from this machine's by %s", d.Round(time.Millisecond))).do("用 NTP 校准所有机器的时钟", "let NTP set the clocks of all machines", "timedatectl status"))
	}
	return out
}

// open opens a store to read it, if that changes nothing.
func (x *examination) open(ctx context.Context, name string) (store.Engine, error) {
	i, err := engines.Inspect(ctx, x.Config.Store, name, false)
	if err != nil || i.Newer || i.Older {
		return nil, errors.Join(err, errors.New("its format is another program's"))
	}
	return engines.Open(ctx, x.Config.Store, name)
}

func (x *examination) outboxes(ctx context.Context) (out []Finding) {
	for _, name := range x.stores {
		e, err := x.open(ctx, name)
		if err != nil {
			continue // the check of the stores says so
		}
		n, oldest, err := e.Backlog(ctx)
		err = errors.Join(err, e.Close())
		out = append(out, judgeBacklog(name, n, oldest, x.now, x.running, err)...)
	}
	if len(x.stores) == 0 {
		return nil
	}
	return orFine(out, "所有事实都已发布", "facts are published as they are recorded")
}

// How old a fact may be that has not left.
const (
	slowOutbox  = time.Minute
	stuckOutbox = 10 * time.Minute
)

func judgeBacklog(name string, n int64, oldest, now instant.Time, running bool, err error) []Finding {
	age := now.Sub(oldest)
	zh, en := fmt.Sprintf("%s 有 %d 条事实尚未发布，最早的已等 %s", name, n, age.Round(time.Second)), fmt.Sprintf("%s has %d facts that were not published yet; the oldest has waited for %s", name, n, age.Round(time.Second))
	switch {
	case err != nil:
		return []Finding{bad(name+" 的待发布事实无法计数："+err.Error(), "the outbox of "+name+" cannot be counted: "+err.Error())}
	case n == 0:
		return nil
	case !running:
		return []Finding{note(zh+"；启动后会发布", en+"; they are published when the program starts")}
	case age > stuckOutbox:
		return []Finding{bad(zh, en).do("检查 Kafka 与 "+name+" 进程", "see whether Kafka answers and the process of "+name+" runs", "curl -s ORIGIN/metrics | grep liuke_relay")}
	case age > slowOutbox:
		return []Finding{warn(zh, en).do("稍后再看；若继续增长，检查 Kafka", "look again in a while; if it grows, see whether Kafka answers", "liuke doctor")}
	}
	return nil
}

// chainWithin bounds a shallow look at each audit chain.
const chainWithin = 5 * time.Second

func (x *examination) chains(ctx context.Context) (out []Finding) {
	var facts int64
	whole := true
	for _, name := range x.stores {
		e, err := x.open(ctx, name)
		if err != nil {
			continue
		}
		bounded, cancel := ctx, context.CancelFunc(func() {})
		if !x.Deep {
			bounded, cancel = context.WithTimeout(ctx, chainWithin)
		}
		r, err := store.Verify(bounded, e)
		if late := errors.Is(bounded.Err(), context.DeadlineExceeded); late && err != nil {
			whole, err = false, nil
		}
		cancel()
		facts += r.Facts
		out = append(out, judgeChain(name, r, errors.Join(err, e.Close()))...)
	}
	if len(x.stores) == 0 {
		return nil
	}
	if !whole {
		out = append(out, note("审计链只检查了前一部分", "only the first part of the audit chain was checked").do("", "", "liuke doctor --deep"))
	}
	return orFine(out, fmt.Sprintf("审计链完好（%d 条事实）", facts), fmt.Sprintf("the audit chain holds (%d facts)", facts))
}

func judgeChain(name string, r store.Report, err error) []Finding {
	switch {
	case err != nil:
		return []Finding{bad(name+" 的审计链无法检查："+err.Error(), "the audit chain of "+name+" cannot be checked: "+err.Error())}
	case r.Broken != nil:
		return []Finding{bad(name+" 的审计链在 "+r.Broken.Fact+" 处断开："+r.Broken.Fault, "the audit chain of "+name+" is broken at "+r.Broken.Fact+": "+r.Broken.Fault).
			do("有人绕过程序改动了数据，或磁盘损坏：保留现场，与备份比对", "somebody changed the data around the program, or the disk failed: keep it as it is and compare with a backup", "liuke verify")}
	}
	return nil
}
