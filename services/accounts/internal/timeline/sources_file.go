package timeline

import (
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/lang"
)

// fileSources are the facts of the customer's file: its people, its files, its needs.
var fileSources = map[string]Source{
	typeOf(&catalogue.ContactChanged{}):    of(contactChanged),
	typeOf(&catalogue.AttachmentStored{}):  of(attachmentStored),
	typeOf(&catalogue.NeedChangeStepped{}): of(needChangeStepped),
}

// contactChanged keeps who came, who left and who took over, and other
// words about who decides; a corrected number is no news.
func contactChanged(d catalogue.ContactChanged, _ facts.Event) catalogue.TimelineEntry {
	c := d.After
	e := catalogue.TimelineEntry{Kind: catalogue.EntryContact, Direction: catalogue.Neither, By: d.Actor.ID, Contact: c.ID,
		Data: words("change", d.Change, "name", c.Name, "role", c.Role, "successor", c.Successor, "fields", strings.Join(d.Changed, ","))}
	switch {
	case d.Change == catalogue.ContactLeft && c.Successor != "":
		e.OccurredAt, e.Says = c.LeftAt, says("联系人离开，已有接任者：%s", "Contact left and was succeeded: %s", c.Name)
	case d.Change == catalogue.ContactLeft:
		e.OccurredAt, e.Says = c.LeftAt, says("联系人离开，尚无接任者：%s", "Contact left without successor: %s", c.Name)
	case d.Change == catalogue.ContactAdded:
		e.Says = says("新增联系人：%s", "New contact: %s", c.Name)
	case d.Before != nil && (d.Before.Role != c.Role || d.Before.Key != c.Key || d.Before.ReportsTo != c.ReportsTo || d.Before.LeftAt != c.LeftAt):
		e.Says = says("联系人角色变更：%s", "Contact has another role: %s", c.Name)
	default:
		return catalogue.TimelineEntry{}
	}
	return e
}

func attachmentStored(d catalogue.AttachmentStored, _ facts.Event) catalogue.TimelineEntry {
	a := d.After
	what := a.Name
	if a.Purpose != "" {
		what = a.Purpose + " " + a.Name
	}
	return catalogue.TimelineEntry{Kind: catalogue.EntryNote, Customer: a.Customer, Direction: catalogue.Neither, By: a.By, Says: lang.T("上传附件："+what, "File attached: "+what),
		Data: words("attachment", a.ID, "name", a.Name, "purpose", a.Purpose), Numbers: map[string]float64{"bytes": float64(a.Size)}}
}

// needChangeStepped keeps the request, the decision, and that everybody knows.
func needChangeStepped(d catalogue.NeedChangeStepped, _ facts.Event) catalogue.TimelineEntry {
	n := d.After
	if d.Before != nil && d.Before.Status == n.Status {
		return catalogue.TimelineEntry{} // one department of several has confirmed
	}
	step := map[string]lang.Text{
		catalogue.NeedRequested: lang.T("申请需求变更", "Change of need requested"), catalogue.NeedApproved: lang.T("需求变更已批准", "Change of need approved"),
		catalogue.NeedConfirmed: lang.T("需求变更已同步到各部门", "Change of need known to all departments"), catalogue.NeedRejected: lang.T("需求变更被驳回", "Change of need rejected"),
		catalogue.NeedCancelled: lang.T("需求变更已取消", "Change of need cancelled"),
	}[n.Status]
	return catalogue.TimelineEntry{Kind: catalogue.EntryNeed, Customer: n.Customer, Direction: catalogue.Neither, By: d.Actor.ID,
		Says: lang.T(step.Zh+"："+n.Reason, step.En+": "+n.Reason), Ref: &catalogue.Subject{Kind: catalogue.KindNeedChange, ID: n.ID},
		Data: words("status", n.Status, "add", strings.Join(n.Add, ","), "remove", strings.Join(n.Remove, ","))}
}
