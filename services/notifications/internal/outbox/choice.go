package outbox

import (
	"slices"

	"liuke.dev/shared/policy"
)

// Choice is how a person wants to be reached besides the app; its document id is
// the person's. Who chose nothing is reached as the policy says. The policy stays
// the bound: a channel that it does not name is nobody's, and its quiet hours are
// everybody's.
type Choice struct {
	NoEmail bool  `json:"no_email,omitempty"`
	Robot   *Bell `json:"robot,omitempty"`
}

// Bell is the robot of a chat group, or anything else that takes a post, which
// one person's reminders are told to.
type Bell struct {
	URL    string `json:"url"`
	Format string `json:"format"`
	Secret string `json:"secret,omitempty"` // signs what is posted in the format liuke
	Gone   string `json:"gone,omitempty"`   // why it was switched off
}

// Formats in which robots are told.
const (
	FormatLiuke    = "liuke" // as webhooks are, signed
	FormatWeCom    = "wecom"
	FormatDingTalk = "dingtalk"
	FormatFeishu   = "feishu"
)

// ByMail tells whether the person gets reminders by mail.
func (c Choice) ByMail(n policy.Notifications) bool {
	return !c.NoEmail && slices.Contains(n.Channels, Email)
}

// ByRobot tells whether the person's robot is told.
func (c Choice) ByRobot(n policy.Notifications) bool {
	return c.Robot != nil && c.Robot.Gone == "" && slices.Contains(n.Channels, Robot)
}
