package catalogue

import (
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// Task kinds.
const (
	TaskFirstTouch   = "first_touch"   // 首次联系
	TaskNextTouch    = "next_touch"    // 下次跟进
	TaskQuoteConfirm = "quote_confirm" // 报价确认回访
	TaskSecondTouch  = "second_touch"  // 二次触达
	TaskRevisit      = "revisit"       // 回访
	TaskNurture      = "nurture"       // 长期培育
	TaskApprove      = "approve"       // 审批转交
	TaskHandOver     = "hand_over"     // 写交接说明
	TaskAccept       = "accept"        // 接受转交
	TaskComplete     = "complete_data" // 补全信息
	TaskRecord       = "record"        // 补录客户
	TaskServiceStep  = "service_step"  // 服务流程步骤
	TaskRenewalTalk  = "renewal_talk"  // 沟通续约意向
	TaskKeyAccount   = "key_account"   // 大客户：指标、漏洞、增值计划
)

// Task states.
const (
	TaskOpen      = "open"
	TaskDone      = "done"
	TaskCancelled = "cancelled"
)

// Task asks one person to do one thing until an instant.
type Task struct {
	ID         string       `json:"id"`
	Kind       string       `json:"kind"`
	Subject    Subject      `json:"subject"`
	Customer   string       `json:"customer,omitempty"`
	Company    string       `json:"company,omitempty"`
	Title      lang.Text    `json:"title"`
	Assignee   string       `json:"assignee"`
	OnBehalfOf string       `json:"on_behalf_of,omitempty" doc:"The owner, where a delegate stands in (R-165)"`
	Supervisor string       `json:"supervisor,omitempty"`
	Due        instant.Time `json:"due"`
	Status     string       `json:"status" enum:"open,done,cancelled"`
	Outcome    string       `json:"outcome,omitempty"`
	Rule       string       `json:"rule" doc:"Rule or person that asked for it"`
	Why        string       `json:"why" doc:"Id of the fact or obligation that asked for it"`
	CreatedAt  instant.Time `json:"created_at"`
	EndedAt    instant.Time `json:"ended_at,omitempty"`
	Overdue    bool         `json:"overdue,omitempty" doc:"Ended after it was due"`
}

// TaskCreated is recorded when a task is created.
type TaskCreated struct {
	Head
	After Task `json:"after"`
}

// TaskChanged is recorded when a task gets another assignee or due time.
type TaskChanged struct {
	Head
	Before Task   `json:"before"`
	After  Task   `json:"after"`
	Reason string `json:"reason" enum:"owner_changed,owner_left,absence,return,postponed,manual,undo"`
}

// TaskEnded is recorded when a task is done or cancelled.
type TaskEnded struct {
	Head
	After Task `json:"after"`
}

// Reminder levels.
const (
	LevelRemind   = "remind"   // 提醒
	LevelWarn     = "warn"     // 预警
	LevelEscalate = "escalate" // 升级
	LevelInform   = "inform"   // 通知
)

// Reminder tells people that something waits for them, and why.
type Reminder struct {
	ID       string       `json:"id"`
	Level    string       `json:"level" enum:"remind,warn,escalate,inform"`
	Rule     string       `json:"rule"`
	Subject  Subject      `json:"subject"`
	Customer string       `json:"customer,omitempty"`
	To       []string     `json:"to"`
	Owner    string       `json:"owner,omitempty" doc:"Who was responsible: of an escalation, whose promise was not kept (R-128)"`
	Text     lang.Text    `json:"text"`
	Why      string       `json:"why" doc:"Id of the obligation that fired"`
	Due      instant.Time `json:"due" doc:"When the obligation was due"`
	Late     bool         `json:"late,omitempty" doc:"Fired late, after an outage"`
	At       instant.Time `json:"at"`
}

// ReminderIssued is recorded when a reminder is put into people's lists.
type ReminderIssued struct {
	Head
	After Reminder `json:"after"`
}

// DeliveryEnded is recorded when a reminder reached a channel outside, or failed for good.
type DeliveryEnded struct {
	Head
	Reminder string `json:"reminder"`
	Outreach string `json:"outreach,omitempty" doc:"The outreach to a customer that it was, instead of a reminder"`
	Person   string `json:"person,omitempty"`
	Channel  string `json:"channel" enum:"in_app,email,webhook,robot"`
	Status   string `json:"status" enum:"delivered,failed,withheld"`
	Attempts int    `json:"attempts"`
	Error    string `json:"error,omitempty"`
}

func (*TaskCreated) Kind() Kind {
	return Kind{"liuke.tasks.task_created.v1", TopicNotifications, "A task was created."}
}
func (*TaskChanged) Kind() Kind {
	return Kind{"liuke.tasks.task_changed.v1", TopicNotifications, "A task got another assignee or due time."}
}
func (*TaskEnded) Kind() Kind {
	return Kind{"liuke.tasks.task_ended.v1", TopicNotifications, "A task was done or cancelled."}
}
func (*ReminderIssued) Kind() Kind {
	return Kind{"liuke.notifications.reminder_issued.v1", TopicNotifications, "A reminder, warning or escalation was issued."}
}
func (*DeliveryEnded) Kind() Kind {
	return Kind{"liuke.notifications.delivery_ended.v1", TopicNotifications, "A reminder reached a channel, or failed for good."}
}

func tasks() []Data {
	return []Data{&TaskCreated{}, &TaskChanged{}, &TaskEnded{}, &ReminderIssued{}, &DeliveryEnded{}}
}
