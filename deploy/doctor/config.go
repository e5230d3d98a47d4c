package doctor

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/url"
	"os"
	"runtime"
	"strings"

	"liuke.dev/deploy/local/datadir"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/config"
)

func (x *examination) configuration(context.Context) []Finding {
	return orFine(judgeConfig(x.Config, x.Data != ""), "配置有效", "the configuration is valid")
}

// judgeConfig judges what is allowed and may still not be meant.
func judgeConfig(c config.Config, allInOne bool) (out []Finding) {
	if c.Trial || c.At != "" {
		out = append(out, warn("本程序处于试验模式，会按设定故意出错", "this program is being tried: it may fail on purpose").
			do("正式使用时去掉 trial 与 at", "take trial and at out of the configuration", ""))
	}
	if c.Speed > 1 {
		out = append(out, warn(fmt.Sprintf("speed 为 %d：所有期限都缩短为 1/%[1]d，仅供演示", c.Speed), fmt.Sprintf("speed is %d: every duration is divided by it, which is for demos only", c.Speed)).
			do("正式使用时设 speed 为 1", "set speed to 1 for real work, on a new data directory", ""))
	}
	if c.Journeys == config.JourneysHeld {
		out = append(out, warn("旅程已暂停：新的事实在 Kafka 中等候，提醒不会发出", "journeys are held back: facts wait in Kafka and nothing new is promised").
			do("去掉 journeys=held 后重新启动", "start the worker again without LIUKE_JOURNEYS=held", ""))
	}
	if u, err := url.Parse(c.Origin); err == nil && u.Scheme == "http" && !isLoopback(u.Hostname()) {
		out = append(out, warn("对外地址 "+c.Origin+" 未加密，密码与令牌可被窃听", "the origin "+c.Origin+" is not encrypted: passwords and tokens can be read on the way").
			do("在前面放一个带 TLS 的代理，并把 origin 设为 https 地址", "put a proxy with TLS before it and set origin to its https address", ""))
	}
	if !allInOne && c.Store == "" {
		out = append(out, bad("没有设置存储地址", "no store is configured").do("设置 LIUKE_STORE，或用 --data 指明数据目录", "set LIUKE_STORE, or name a data directory with --data", ""))
	}
	if c.SMTP.Host == "" && c.Webhook.URL == "" {
		out = append(out, note("未配置邮件与 webhook：提醒只在应用内送达", "neither mail nor a webhook is configured: reminders are delivered in the application only"))
	}
	return out
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func (x *examination) key(context.Context) []Finding {
	info, err := os.Stat(x.Config.ServiceKey)
	if err == nil {
		_, err = auth.LoadKey(x.Config.ServiceKey)
	}
	mode := fs.FileMode(0o600)
	if info != nil {
		mode = info.Mode()
	}
	mounted := strings.HasPrefix(x.Config.ServiceKey, "/run/secrets/") // into this container alone, under whatever mode
	return judgeKey(x.Config.ServiceKey, mode, err, runtime.GOOS != "windows" && !mounted)
}

// judgeKey judges the file with which anybody can act as anybody.
func judgeKey(path string, mode fs.FileMode, err error, bits bool) []Finding {
	switch {
	case path == "":
		return []Finding{bad("没有设置服务密钥", "no service key is configured").do("设置 LIUKE_SERVICE_KEY，所有进程用同一个文件", "set LIUKE_SERVICE_KEY; all processes share the file", "")}
	case errors.Is(err, fs.ErrNotExist):
		return []Finding{bad("服务密钥 "+path+" 不存在", "the service key "+path+" is missing").
			do("从备份恢复；没有备份时启动程序会新建一个，届时所有人须重新登录", "restore it from a backup; without one, a start makes a new key, and everybody signs in again", "")}
	case err != nil:
		return []Finding{bad("服务密钥 "+path+" 无法读取："+err.Error(), "the service key "+path+" cannot be read: "+err.Error()).do("检查文件的属主与内容", "check whose file it is and what is in it", "ls -l "+path)}
	case bits && mode.Perm()&0o077 != 0:
		return []Finding{bad(fmt.Sprintf("服务密钥 %s 的权限为 %04o：他人可读即可冒充任何人", path, mode.Perm()), fmt.Sprintf("the service key %s has permissions %04o: whoever reads it can act as anybody", path, mode.Perm())).
			do("只允许属主读写", "let only its owner read it", "chmod 600 "+path)}
	}
	return []Finding{fine("服务密钥只有属主可读", "the service key is readable by its owner only")}
}

func (x *examination) directory(context.Context) []Finding {
	if x.Data == "" {
		return nil
	}
	state, err := datadir.Look(x.Data)
	return judgeDirectory(state, err)
}

// little is how much room is a warning: a start needs datadir.MinFree.
const little = 2 << 30

func judgeDirectory(s datadir.State, err error) []Finding {
	switch {
	case err != nil:
		return []Finding{bad("数据目录无法查看："+err.Error(), "the data directory cannot be looked at: "+err.Error())}
	case s.Missing:
		return []Finding{bad(s.Path+" 不是数据目录", "there is no data directory in "+s.Path).do("用 --data 指明数据目录", "name the data directory with --data", "liuke doctor --data DIR")}
	case s.Fault != nil:
		return []Finding{bad("数据目录不能打开："+s.Fault.Error(), "the data directory cannot be opened: "+s.Fault.Error()).do("用写入它的新版程序打开", "run the newer program that wrote it", "")}
	}
	var out []Finding
	gib := fmt.Sprintf("%.1f GiB", float64(s.Free)/(1<<30))
	switch {
	case s.FreeKnown && s.Free < datadir.MinFree:
		out = append(out, bad("磁盘只剩 "+gib+"：程序无法启动，写入会失败", "the disk has "+gib+" left: a start is refused, and writing will fail").do("腾出空间", "make room", "du -sh "+s.Path+"/*"))
	case s.FreeKnown && s.Free < little:
		out = append(out, warn("磁盘只剩 "+gib, "the disk has only "+gib+" left").do("腾出空间", "make room", "du -sh "+s.Path+"/*"))
	}
	if !s.Held {
		out = append(out, note("程序没有在运行：检查的是静止的数据，到期的提醒在启动后补发", "the program is not running: its data was examined at rest; what comes due fires once it is started").do("", "", "liuke serve --data "+s.Path))
	}
	holder := strings.TrimSpace("process " + s.Holder)
	return orFine(out, "数据目录 "+s.Path+"，磁盘剩余 "+gib, "the data directory "+s.Path+" is sound, "+gib+" of room"+map[bool]string{true: ", held by " + holder}[s.Held])
}
