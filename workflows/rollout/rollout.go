// Package rollout says which build of the worker journeys run on, while several
// builds run side by side (Temporal's worker deployments).
//
// A journey lives for months and its host is small, so that it never stays on
// the build that began it: every journey goes on under the current build from
// its next step (auto-upgrade). What must fit over versions is the order of the
// host's commands, which recorded histories prove; rules and policy run outside
// of replay. See docs/adr.
package rollout

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"liuke.dev/shared/problem"
)

// Deployment is the name under which all builds of the worker are known.
const Deployment = "liuke-journeys"

// polledWithin is how recently a worker must have asked for work to count as
// there: a poll takes up to a minute.
const polledWithin = 90 * time.Second

// Versioned lets a worker serve as a build.
func Versioned(build string) func(*worker.Options) {
	return func(o *worker.Options) {
		o.DeploymentOptions = worker.DeploymentOptions{UseVersioning: true, DefaultVersioningBehavior: workflow.VersioningBehaviorAutoUpgrade,
			Version: worker.WorkerDeploymentVersion{DeploymentName: Deployment, BuildID: build}}
	}
}

// Rollout looks at the builds and moves journeys between them.
type Rollout struct {
	temporal  client.Client
	namespace string
	queue     string
}

// New makes the rollout of a task queue's workers.
func New(t client.Client, namespace, queue string) *Rollout {
	return &Rollout{temporal: t, namespace: namespace, queue: queue}
}

// Version is a build that is known.
type Version struct {
	Build   string    `json:"build"`
	Since   time.Time `json:"since"`             // when it was first seen
	State   string    `json:"state"`             // inactive, current, ramping, draining, drained
	Percent float32   `json:"percent,omitempty"` // of the ramping one
	Workers int       `json:"workers"`           // that ask for work
}

// States of a version.
const (
	Inactive = "inactive" // never had journeys
	Current  = "current"  // journeys run on it
	Ramping  = "ramping"  // some journeys run on it
	Draining = "draining" // has had journeys; the server is still looking whether any is left
	Drained  = "drained"  // none is left
)

// Status is where the rollout stands.
type Status struct {
	Current  string    `json:"current,omitempty"` // empty: none, or workers without a version
	Ramping  string    `json:"ramping,omitempty"`
	Percent  float32   `json:"percent,omitempty"`
	Versions []Version `json:"versions"` // newest first
	// Unversioned counts the workers of older programs, which have no version.
	Unversioned int `json:"unversioned,omitempty"`

	token []byte
}

// Of gives a build's version.
func (s Status) Of(build string) (Version, bool) {
	i := slices.IndexFunc(s.Versions, func(v Version) bool { return v.Build == build })
	if i < 0 {
		return Version{}, false
	}
	return s.Versions[i], true
}

// Status tells which builds there are. One that nobody has seen has no versions.
func (r *Rollout) Status(ctx context.Context) (Status, error) {
	var s Status
	workers, err := r.workers(ctx)
	if err != nil {
		return s, err
	}
	s.Unversioned = workers[""]
	d, err := r.handle().Describe(ctx, client.WorkerDeploymentDescribeOptions{})
	var missing *serviceerror.NotFound
	switch {
	case errors.As(err, &missing):
		return s, nil
	case err != nil:
		return s, fmt.Errorf("worker deployment: %w", err)
	}
	s.token = d.ConflictToken
	routing := d.Info.RoutingConfig
	if v := routing.CurrentVersion; v != nil {
		s.Current = v.BuildID
	}
	if v := routing.RampingVersion; v != nil {
		s.Ramping, s.Percent = v.BuildID, routing.RampingVersionPercentage
	}
	for _, v := range d.Info.VersionSummaries {
		s.Versions = append(s.Versions, s.version(v, workers[v.Version.BuildID]))
	}
	slices.SortFunc(s.Versions, func(a, b Version) int { return b.Since.Compare(a.Since) })
	return s, nil
}

func (s Status) version(v client.WorkerDeploymentVersionSummary, workers int) Version {
	out := Version{Build: v.Version.BuildID, Since: v.CreateTime, State: Inactive, Workers: workers}
	switch {
	case out.Build == s.Current:
		out.State = Current
	case out.Build == s.Ramping:
		out.State, out.Percent = Ramping, s.Percent
	case v.DrainageStatus == client.WorkerDeploymentVersionDrainageStatusDraining:
		out.State = Draining
	case v.DrainageStatus == client.WorkerDeploymentVersionDrainageStatusDrained:
		out.State = Drained
	}
	return out
}

// workers counts the workers that ask for work, by build.
func (r *Rollout) workers(ctx context.Context) (map[string]int, error) {
	answer, err := r.temporal.WorkflowService().DescribeTaskQueue(ctx, &workflowservice.DescribeTaskQueueRequest{Namespace: r.namespace,
		TaskQueue: &taskqueuepb.TaskQueue{Name: r.queue}, TaskQueueType: enumspb.TASK_QUEUE_TYPE_WORKFLOW})
	if err != nil {
		return nil, fmt.Errorf("workers of task queue %s: %w", r.queue, err)
	}
	out := map[string]int{}
	for _, p := range answer.Pollers {
		if time.Since(p.LastAccessTime.AsTime()) > polledWithin {
			continue
		}
		out[p.GetDeploymentOptions().GetBuildId()]++
	}
	return out, nil
}

func (r *Rollout) handle() client.WorkerDeploymentHandle {
	return r.temporal.WorkerDeploymentClient().GetHandle(Deployment)
}

// MakeCurrent lets all journeys go on under a build, from their next step. Temporal
// answers once every task queue knows, which on a busy cluster takes longer than a
// call may last: what was not answered is looked after, and asked again until ctx ends.
func (r *Rollout) MakeCurrent(ctx context.Context, build string) error {
	for {
		s, err := r.known(ctx, build)
		if err != nil || s.Current == build {
			return err
		}
		if err = r.makeCurrent(ctx, build, s.token); err == nil || !unanswered(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(lookFirst):
		}
	}
}

// unanswered tells that nobody knows what became of a call.
func unanswered(err error) bool {
	var late *serviceerror.DeadlineExceeded
	var cancelled *serviceerror.Canceled
	var away *serviceerror.Unavailable
	return errors.As(err, &late) || errors.As(err, &cancelled) || errors.As(err, &away) || errors.Is(err, context.DeadlineExceeded)
}

func (r *Rollout) makeCurrent(ctx context.Context, build string, token []byte) error {
	if _, err := r.handle().SetCurrentVersion(ctx, client.WorkerDeploymentSetCurrentVersionOptions{BuildID: build, ConflictToken: token}); err != nil {
		return fmt.Errorf("make build %s current: %w", build, err)
	}
	return nil
}

// Ramp lets a share of the journeys, in percent, go on under a build; 0 takes
// them back.
func (r *Rollout) Ramp(ctx context.Context, build string, percent float32) error {
	if percent < 0 || percent > 100 {
		return problem.InvalidFields(problem.FieldError("percent", "range", "百分比须在 0 与 100 之间", "the percentage must be from 0 to 100"))
	}
	s, err := r.known(ctx, build)
	if err != nil {
		return err
	}
	if s.Current == build {
		return problem.Refuse("is_current", "该版本已是当前版本", "this build is the current one")
	}
	if percent == 0 { // without a ramping version nothing is ramped; at 0 % its workers would still count as in use
		_, err = r.handle().SetRampingVersion(ctx, client.WorkerDeploymentSetRampingVersionOptions{ConflictToken: s.token, IgnoreMissingTaskQueues: true, AllowNoPollers: true})
	} else {
		_, err = r.handle().SetRampingVersion(ctx, client.WorkerDeploymentSetRampingVersionOptions{BuildID: build, Percentage: percent, ConflictToken: s.token})
	}
	if err != nil {
		return fmt.Errorf("ramp build %s: %w", build, err)
	}
	return nil
}

// known gives the status if a build is in it: a name misspelt must not take the
// journeys away from everybody.
func (r *Rollout) known(ctx context.Context, build string) (Status, error) {
	s, err := r.Status(ctx)
	if err != nil {
		return s, err
	}
	if _, ok := s.Of(build); ok {
		return s, nil
	}
	var builds []string
	for _, v := range s.Versions {
		builds = append(builds, v.Build)
	}
	return s, problem.Refuse("unknown_build", "没有这个版本的 worker，已知："+strings.Join(builds, "、"), "no worker of this build was seen; known are: "+strings.Join(builds, ", "))
}
