// Package task holds tasks: what ends which kind, who does one when its owner is
// away or gone, and which changes a person may make. It is pure.
package task

import (
	"slices"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
)

// Manual is the kind of tasks that people make for one another.
const Manual = "manual"

// Task is the document of a task.
type Task struct {
	catalogue.Task
	// Owner answers for it, present or not; Assignee acts.
	Owner string `json:"owner"`
	// Follows says that the task goes with the responsibility for its subject.
	Follows   bool         `json:"follows,omitempty"`
	CreatedBy string       `json:"created_by,omitempty"`
	ChangedAt instant.Time `json:"changed_at"`
	// Unseen says that nobody could tell, when a person made the task, whether what it
	// is about exists.
	Unseen bool `json:"unseen,omitempty"`
}

// touches are the kinds that a recorded follow-up ends; nothing else does.
var touches = []string{catalogue.TaskFirstTouch, catalogue.TaskNextTouch, catalogue.TaskSecondTouch, catalogue.TaskQuoteConfirm,
	catalogue.TaskRevisit, catalogue.TaskNurture}

// steps are the kinds that a transfer's step ends, with the status that shows it was made.
var steps = map[string]string{catalogue.TaskApprove: catalogue.TransferRequested, catalogue.TaskHandOver: catalogue.TransferApproved,
	catalogue.TaskAccept: catalogue.TransferHandedOver}

// IsTouch tells whether a follow-up ends the kind.
func IsTouch(kind string) bool { return slices.Contains(touches, kind) }

// Follows tells whether tasks of the kind go with the responsibility for their subject.
func Follows(kind string) bool { return IsTouch(kind) || kind == catalogue.TaskComplete }

// Pointless tells whether a task of the kind has no point once its subject is
// closed. A won deal is revisited, so a revisit has.
func Pointless(kind string) bool {
	return IsTouch(kind) && kind != catalogue.TaskRevisit || kind == catalogue.TaskComplete
}

// EndedBy tells whether a counting follow-up ends the task. The first touch takes
// an outbound one.
func EndedBy(t Task, f catalogue.FollowUp, at instant.Time) bool {
	if t.Status != catalogue.TaskOpen || !IsTouch(t.Kind) || !t.CreatedAt.Before(at) {
		return false
	}
	return t.Kind != catalogue.TaskFirstTouch || f.Direction == "outbound"
}

// StepMade tells whether a transfer that left a status has done the task.
func StepMade(kind, left string) bool { return steps[kind] != "" && steps[kind] == left }

// People tells who acts for whom.
type People interface {
	Person(id string) (catalogue.Person, bool)
	Substitute(id string, at instant.Time) string
	Supervisor(id string) string
}

// Place gives the task to whoever does it: its owner, the delegate if the owner is
// away when it is to be done, and for good the successor if the owner left
// . It tells whether anything changed.
func (t *Task) Place(p People, now instant.Time) bool {
	before := *t
	at := max(t.Due, now) // what is overdue is to be done now
	t.Owner = remaining(p, t.Owner, at)
	t.Assignee, t.OnBehalfOf = p.Substitute(t.Owner, at), ""
	if t.Assignee == "" {
		t.Assignee = t.Owner
	}
	if t.Assignee != t.Owner {
		t.OnBehalfOf = t.Owner
	}
	t.Supervisor = p.Supervisor(t.Owner)
	return before.Owner != t.Owner || before.Assignee != t.Assignee || before.OnBehalfOf != t.OnBehalfOf || before.Supervisor != t.Supervisor
}

// remaining gives who answers for what a person held: the person while active, else
// the first active successor along, else whoever the directory finds.
func remaining(p People, id string, at instant.Time) string {
	seen := map[string]bool{}
	for next := id; next != "" && !seen[next]; {
		who, ok := p.Person(next)
		if ok && who.Active {
			return next
		}
		seen[next] = true
		next = who.Successor
	}
	if s := p.Substitute(id, at); s != "" {
		return s
	}
	return id // a company without anybody active
}

// Reason names why a placement differs from the one before.
func Reason(before, after Task) string {
	switch {
	case before.Owner != after.Owner:
		return "owner_left"
	case after.OnBehalfOf == "" && before.OnBehalfOf != "":
		return "return"
	}
	return "absence"
}

// End ends the task.
func (t *Task) End(status, outcome string, at instant.Time) {
	t.Status, t.Outcome, t.EndedAt, t.ChangedAt = status, outcome, at, at
	t.Overdue = at.After(t.Due)
}

// Reopen takes back that the task ended; its due time stays.
func (t *Task) Reopen(owner string, at instant.Time) {
	t.Owner, t.Status, t.Outcome, t.EndedAt, t.ChangedAt, t.Overdue = owner, catalogue.TaskOpen, "", 0, at, false
}

// MayComplete refuses to complete by hand what only a record completes.
func (t *Task) MayComplete() error {
	switch {
	case t.Status != catalogue.TaskOpen:
		return closed()
	case IsTouch(t.Kind):
		return problem.Refuse("R-012", "请记录跟进，任务会自动完成：没记录，就等于没发生", "Record the follow-up, it ends the task: what is not recorded did not happen")
	case steps[t.Kind] != "":
		return problem.Refuse("R-046", "请在转交流程中完成这一步", "Make the step of the transfer, it ends the task")
	}
	return nil
}

// Postpone moves the due time.
func (t *Task) Postpone(due, now, latest instant.Time) error {
	switch {
	case t.Status != catalogue.TaskOpen:
		return closed()
	case !due.After(now):
		return problem.InvalidFields(problem.FieldError("due", "in_past", "必须晚于现在", "must be later than now"))
	case due.After(latest):
		return problem.InvalidFields(problem.FieldError("due", "too_late", "晚于规则允许的最晚时间", "is later than the policy allows"))
	case !due.After(t.Due):
		return problem.InvalidFields(problem.FieldError("due", "not_later", "必须晚于原定时间", "must be later than the task is due"))
	}
	t.Due = due
	return nil
}

// MayMove refuses to move what has ended.
func (t *Task) MayMove() error {
	if t.Status != catalogue.TaskOpen {
		return closed()
	}
	return nil
}

func closed() error {
	return problem.Refuse("task_ended", "任务已结束", "The task has ended")
}
