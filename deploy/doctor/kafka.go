package doctor

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/kafka"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/service"
)

// groupsOf begins the names of our consumer groups.
const groupsOf = "liuke."

func (x *examination) kafka(ctx context.Context) []Finding {
	cfg, err := service.ClusterConfig(x.Config, x.Log)
	if err != nil {
		return judgeKafka(kafka.Description{}, nil, "", err)
	}
	c := kafka.New(cfg)
	defer c.Close() //nolint:errcheck // nothing was sent
	wanted := facts.Topics(x.Config.Partitions, x.Config.Replication)
	var names []string
	for i := range wanted {
		wanted[i].Name = cfg.Prefix + wanted[i].Name
		names = append(names, wanted[i].Name)
	}
	d, err := c.Describe(ctx, names, cfg.Prefix+groupsOf)
	out := judgeKafka(d, wanted, cfg.Prefix, err)
	if err != nil {
		return out
	}
	return append(out, orFine(judgeGroups(d.Groups), fmt.Sprintf("%d 个消费组都跟得上", len(d.Groups)), fmt.Sprintf("%d consumer groups keep up", len(d.Groups)))...)
}

// compacted are topics that must be compacted: trimmed, they would lose what
// projections read.
var compacted = []string{catalogue.TopicPolicy, catalogue.TopicDeadLetters}

func judgeKafka(d kafka.Description, wanted []kafka.Topic, prefix string, err error) []Finding {
	if err != nil {
		return []Finding{bad("Kafka 无法访问："+err.Error(), "Kafka does not answer: "+err.Error()).
			do("检查 broker 是否在运行、地址与登录（LIUKE_KAFKA）；其间命令照常受理，事实在存储中等候", "see whether the brokers run and LIUKE_KAFKA names them; meanwhile commands are taken and facts wait in the stores", "")}
	}
	var out []Finding
	for _, t := range wanted {
		s, ok := d.Topics[t.Name]
		if !ok {
			out = append(out, bad("主题 "+t.Name+" 不存在", "topic "+t.Name+" is missing").do("启动任一服务会创建它", "any service makes it when it starts", ""))
			continue
		}
		out = append(out, judgeTopic(strings.TrimPrefix(t.Name, prefix), t, s, d.Brokers)...)
	}
	return orFine(out, fmt.Sprintf("Kafka：%d 个 broker，%d 个主题设置正确", d.Brokers, len(wanted)), fmt.Sprintf("Kafka: %d brokers, %d topics set as they must be", d.Brokers, len(wanted)))
}

func judgeTopic(name string, t kafka.Topic, s kafka.TopicState, brokers int) (out []Finding) {
	says := func(level Level, zh, en string) Finding {
		return Finding{Level: level, Says: lang.T("主题 "+t.Name+"："+zh, "topic "+t.Name+": "+en)}
	}
	alter := "kafka-configs.sh --bootstrap-server BROKER --alter --entity-type topics --entity-name " + t.Name + " --add-config "
	policy := s.Settings["cleanup.policy"]
	switch {
	case slices.Contains(compacted, name) && !strings.Contains(policy, "compact"):
		out = append(out, says(Error, "清理策略是 "+policy+"，应为 compact", "its cleanup policy is "+policy+" instead of compact").do("改回 compact，否则旧内容会丢失", "set it to compact, or old content is lost", alter+"cleanup.policy=compact"))
	case t.Whole && !t.Compacted && trimmed(s):
		out = append(out, says(Error, "会被裁剪，而目录要从头读它", "may be trimmed, and projections read it from its beginning").do("取消时间与大小上限", "take its limits of time and size away", alter+"retention.ms=-1,retention.bytes=-1"))
	}
	if t.Partitions == 1 && s.Partitions > 1 {
		out = append(out, says(Error, fmt.Sprintf("有 %d 个分区，应只有 1 个：顺序会乱", s.Partitions), fmt.Sprintf("has %d partitions instead of one: its order is lost", s.Partitions)).do("停下所有服务，重建该主题并从备份恢复", "stop all services, make the topic anew and restore a backup", ""))
	}
	out = append(out, judgeReplicas(s, brokers, says, alter)...)
	return out
}

// trimmed tells that a topic's records go some day.
func trimmed(s kafka.TopicState) bool {
	if !strings.Contains(s.Settings["cleanup.policy"], "delete") {
		return false
	}
	limited := func(key string) bool { v, ok := s.Settings[key]; return ok && v != "" && v != "-1" }
	return limited("retention.ms") || limited("retention.bytes")
}

func judgeReplicas(s kafka.TopicState, brokers int, says func(Level, string, string) Finding, alter string) (out []Finding) {
	least, _ := strconv.Atoi(s.Settings["min.insync.replicas"])
	if s.Leaderless > 0 {
		out = append(out, says(Error, fmt.Sprintf("%d 个分区没有 leader", s.Leaderless), fmt.Sprintf("%d partitions have no leader", s.Leaderless)).do("启动缺失的 broker", "start the broker that is missing", "kafka-topics.sh --bootstrap-server BROKER --describe --unavailable-partitions"))
	}
	if s.Behind > 0 {
		out = append(out, says(Warning, fmt.Sprintf("%d 个分区的副本未同步", s.Behind), fmt.Sprintf("%d partitions have replicas that are behind", s.Behind)).do("检查 broker", "see which broker is away", "kafka-topics.sh --bootstrap-server BROKER --describe --under-replicated-partitions"))
	}
	switch {
	case least > s.Replication:
		out = append(out, says(Error, fmt.Sprintf("min.insync.replicas 为 %d，副本却只有 %d 个：什么都写不进去", least, s.Replication), fmt.Sprintf("min.insync.replicas is %d with %d replicas: nothing can be written", least, s.Replication)).do("调低它或增加副本", "lower it, or add replicas", alter+"min.insync.replicas="+strconv.Itoa(max(s.Replication-1, 1))))
	case s.Replication > 1 && least == s.Replication:
		out = append(out, says(Warning, "少一个 broker 就无法写入", "without any one broker nothing can be written").do("把 min.insync.replicas 设为副本数减一", "set min.insync.replicas to one less than the replicas", alter+"min.insync.replicas="+strconv.Itoa(s.Replication-1)))
	case s.Replication >= 3 && least < 2:
		out = append(out, says(Warning, "确认写入时可能只有一份副本", "what was acknowledged may be on one broker only").do("把 min.insync.replicas 设为 2", "set min.insync.replicas to 2", alter+"min.insync.replicas=2"))
	case s.Replication == 1 && brokers > 1:
		out = append(out, says(Warning, fmt.Sprintf("集群有 %d 个 broker，主题却只有一份", brokers), fmt.Sprintf("has one copy on a cluster of %d brokers", brokers)).do("增加副本；新安装请设 LIUKE_REPLICATION=3", "add replicas; on a new installation set LIUKE_REPLICATION=3", "kafka-reassign-partitions.sh"))
	}
	return out
}

// muchLag is a backlog that takes a while.
const muchLag = 10_000

func judgeGroups(groups []kafka.GroupState) (out []Finding) {
	for _, g := range groups {
		lag := int64(0)
		for _, n := range g.Lag {
			lag += n
		}
		switch {
		case g.Members == 0 && lag > 0:
			out = append(out, bad(fmt.Sprintf("消费组 %s 无人读取，积压 %d 条", g.Name, lag), fmt.Sprintf("nobody reads for consumer group %s, and %d facts wait", g.Name, lag)).do("启动它所属的服务", "start the service it belongs to", ""))
		case lag > muchLag:
			out = append(out, warn(fmt.Sprintf("消费组 %s 积压 %d 条", g.Name, lag), fmt.Sprintf("consumer group %s is %d facts behind", g.Name, lag)).do("稍后再看是否减少；不减少时查看该服务的日志", "look again whether it shrinks; if not, read the service's log", "curl -s ORIGIN/metrics | grep liuke_consumer_lag"))
		}
	}
	return out
}

func (x *examination) letters(ctx context.Context) []Finding {
	cfg, err := service.ClusterConfig(x.Config, x.Log)
	if err != nil {
		return nil // the check of Kafka says so
	}
	c := kafka.Open(cfg)
	defer c.Close() //nolint:errcheck // nothing was sent
	if c.Ping(ctx) != nil {
		return nil
	}
	page, err := facts.DeadLetters(c).List(ctx, facts.LetterQuery{State: facts.LetterPending, Limit: 1})
	return judgeLetters(page, err)
}

func judgeLetters(page facts.LetterPage, err error) []Finding {
	switch {
	case err != nil:
		return []Finding{warn("死信无法读取："+err.Error(), "dead letters cannot be read: "+err.Error())}
	case page.Total > 0:
		l := page.Letters[0]
		return []Finding{warn(fmt.Sprintf("%d 条死信待处理，最近一条：%s（%s）", page.Total, l.Group, l.Error), fmt.Sprintf("%d dead letters wait; the newest is of %s: %s", page.Total, l.Group, l.Error)).
			do("先排除原因，再逐条重放", "mend the cause, then replay them", "liuke dead-letters list")}
	}
	return []Finding{fine("没有死信", "there are no dead letters")}
}
