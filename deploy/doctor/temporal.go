package doctor

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/operatorservice/v1"
	"go.temporal.io/api/serviceerror"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"

	"liuke.dev/workflows"
	"liuke.dev/workflows/host"
	"liuke.dev/workflows/rollout"
)

// temporalState is what the Temporal server says.
type temporalState struct {
	Version    string
	NoSpace    bool // the namespace is missing
	Retention  time.Duration
	Attributes map[string]enumspb.IndexedValueType
	Rollout    rollout.Status
	Failing    int64 // journeys whose workflow task keeps failing
}

func (x *examination) temporal(ctx context.Context) []Finding {
	s, err := x.askTemporal(ctx)
	return orFine(judgeTemporal(s, x.Config.Namespace, err), "Temporal "+s.Version+"：命名空间、搜索属性与 worker 正常", "Temporal "+s.Version+": namespace, search attributes and workers are as they must be")
}

func (x *examination) askTemporal(ctx context.Context) (s temporalState, err error) {
	options, err := workflows.DialOptions(x.Config, x.Log)
	if err != nil {
		return s, err
	}
	c, err := client.DialContext(ctx, options)
	if err != nil {
		return s, err
	}
	defer c.Close()
	info, err := c.WorkflowService().GetClusterInfo(ctx, &workflowservice.GetClusterInfoRequest{})
	if err != nil {
		return s, err
	}
	s.Version = info.ServerVersion
	space, err := c.WorkflowService().DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: x.Config.Namespace})
	var missing *serviceerror.NamespaceNotFound
	if errors.As(err, &missing) {
		s.NoSpace = true
		return s, nil
	}
	if err != nil {
		return s, err
	}
	s.Retention = space.GetConfig().GetWorkflowExecutionRetentionTtl().AsDuration()
	attributes, err := c.OperatorService().ListSearchAttributes(ctx, &operatorservice.ListSearchAttributesRequest{Namespace: x.Config.Namespace})
	if err != nil {
		return s, err
	}
	s.Attributes = attributes.CustomAttributes
	if s.Rollout, err = rollout.New(c, x.Config.Namespace, host.TaskQueue).Status(ctx); err != nil {
		return s, err
	}
	failing, err := c.CountWorkflow(ctx, &workflowservice.CountWorkflowExecutionsRequest{Namespace: x.Config.Namespace, Query: `TemporalReportedProblems IS NOT NULL AND ExecutionStatus = "Running"`})
	s.Failing = failing.GetCount()
	return s, err
}

// shortRetention is how long ended journeys should at least be seen in the UI.
const shortRetention = 3 * 24 * time.Hour

func judgeTemporal(s temporalState, namespace string, err error) (out []Finding) {
	if err != nil {
		return []Finding{bad("Temporal 无法访问："+err.Error(), "Temporal does not answer: "+err.Error()).
			do("检查其是否运行、地址是否正确（LIUKE_TEMPORAL）；其间提醒不会发出，恢复后补发", "see whether it runs and LIUKE_TEMPORAL names it; meanwhile nothing fires, and afterwards each promise once", "")}
	}
	if s.NoSpace {
		return []Finding{bad("没有命名空间 "+namespace, "there is no namespace "+namespace).do("启动 worker 会创建它", "the worker makes it when it starts", "temporal operator namespace create "+namespace)}
	}
	if s.Retention < shortRetention {
		out = append(out, warn(fmt.Sprintf("结束的旅程只保留 %s", s.Retention), fmt.Sprintf("ended journeys are kept for %s only", s.Retention)).
			do("调长保留期；决定本身在存储中永久保留", "keep them longer; decisions themselves stay in the store", "temporal operator namespace update --retention 720h "+namespace))
	}
	for _, name := range slices.Sorted(maps.Keys(host.SearchAttributes)) {
		if want, got := host.SearchAttributes[name], s.Attributes[name]; got != want {
			out = append(out, bad(fmt.Sprintf("搜索属性 %s 的类型为 %s，应为 %s", name, got, want), fmt.Sprintf("search attribute %s is %s instead of %s", name, got, want)).
				do("启动 worker 会补上缺少的", "the worker adds those that are missing when it starts", "temporal operator search-attribute create --namespace "+namespace+" --name "+name+" --type "+want.String()))
		}
	}
	if s.Failing > 0 {
		out = append(out, bad(fmt.Sprintf("%d 个旅程的工作流任务一再失败", s.Failing), fmt.Sprintf("the workflow tasks of %d journeys keep failing", s.Failing)).
			do("多半是 worker 版本不能继续它们：退回前一版本", "most likely the worker's build cannot carry them on: take it back", "liuke worker status"))
	}
	return append(out, judgeRollout(s.Rollout)...)
}

func judgeRollout(s rollout.Status) (out []Finding) {
	current, _ := s.Of(s.Current)
	workers, builds := s.Unversioned, []string{}
	for _, v := range s.Versions {
		workers += v.Workers
		if v.Workers > 0 {
			builds = append(builds, v.Build)
		}
	}
	switch {
	case workers == 0:
		return []Finding{bad("没有 worker 在工作：任何提醒都不会发出", "no worker is at work: nothing fires").do("启动 worker", "start a worker", "liuke worker status")}
	case s.Current == "" && s.Unversioned == 0:
		return []Finding{bad("没有一个版本接管旅程：它们都停着", "no build has the journeys: they stand still").do("让一个版本接管", "make a build current", "liuke worker current "+strings.Join(builds[:1], ""))}
	case s.Current != "" && current.Workers == 0:
		return []Finding{bad("接管旅程的版本 "+s.Current+" 没有 worker 在工作", "the build that has the journeys, "+s.Current+", has no worker at work").do("启动它的 worker，或让另一个版本接管", "start a worker of it, or let another build take over", "liuke worker current BUILD")}
	}
	if s.Ramping != "" {
		out = append(out, note(fmt.Sprintf("%g%% 的旅程在试行版本 %s", s.Percent, s.Ramping), fmt.Sprintf("%g %% of the journeys are tried on build %s", s.Percent, s.Ramping)).do("", "", "liuke worker status"))
	}
	if len(builds) > 1 && s.Ramping == "" {
		out = append(out, warn("同时有 "+strings.Join(builds, "、")+" 等版本的 worker，旅程只在 "+s.Current+" 上", "workers of the builds "+strings.Join(builds, ", ")+" run; journeys are on "+s.Current+" only").
			do("升级完成后停掉旧 worker", "stop the old workers once the upgrade is done", "liuke worker status"))
	}
	return out
}
