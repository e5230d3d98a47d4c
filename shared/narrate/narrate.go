// Package narrate says in words, in both languages, what a fact records: for
// the answer to "why", for the demo's terminal, for whoever reads the stream.
package narrate

import (
	"encoding/json"
	"fmt"
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

// kinds gives every fact type's line in the catalogue.
var kinds = func() map[string]catalogue.Kind {
	m := map[string]catalogue.Kind{}
	for _, d := range catalogue.All() {
		m[d.Kind().Type] = d.Kind()
	}
	return m
}()

// Names gives a person's name, empty if unknown.
type Names func(id string) string

// Fact says who recorded what. A type without words of its own is told by its
// line in the catalogue.
func Fact(factType string, data json.RawMessage, names Names) lang.Text {
	var head catalogue.Head
	if err := json.Unmarshal(data, &head); err != nil {
		return lang.T(factType, factType)
	}
	who := actors[head.Actor.Kind]
	if head.Actor.Kind == catalogue.ActorPerson {
		name := nameOf(names, head.Actor.ID)
		who = lang.T(name, name)
	}
	what, known := tell(factType, data, names)
	if !known {
		doc := strings.TrimSuffix(kinds[factType].Doc, ".")
		what = lang.T(factType, doc)
	}
	return lang.T(who.Zh+"："+what.Zh, who.En+": "+what.En)
}

func nameOf(names Names, id string) string {
	if name := names(id); name != "" {
		return name
	}
	return id
}

var actors = map[string]lang.Text{
	catalogue.ActorPerson: lang.T("员工", "a person"), catalogue.ActorJourney: lang.T("旅程", "the journey"), catalogue.ActorImport: lang.T("导入", "an import"),
	catalogue.ActorPublic: lang.T("网页表单", "a web form"), catalogue.ActorProcess: lang.T("系统", "the system"),
}

// tellers say what the data of the most frequent facts means.
var tellers = map[string]func(names Names, data json.RawMessage) (lang.Text, error){
	typeOf(&catalogue.LeadRecorded{}): teller(func(names Names, d catalogue.LeadRecorded) lang.Text {
		return lang.T("登记线索 "+d.After.Company+"（"+d.After.Need+"）", "recorded the lead "+d.After.Company+" ("+d.After.Need+")")
	}),
	typeOf(&catalogue.FollowUpRecorded{}): teller(func(names Names, d catalogue.FollowUpRecorded) lang.Text {
		return lang.T("跟进："+d.FollowUp.KeyPoints, "followed up: "+d.FollowUp.KeyPoints)
	}),
	typeOf(&catalogue.NextTouchPlanned{}): teller(func(names Names, d catalogue.NextTouchPlanned) lang.Text {
		return lang.T("计划下次跟进 "+d.Due.String()+"："+d.Action, "planned the next touch for "+d.Due.String()+": "+d.Action)
	}),
	typeOf(&catalogue.StageChanged{}): teller(func(names Names, d catalogue.StageChanged) lang.Text {
		return lang.T("阶段 "+d.Before+" → "+d.After, "stage "+d.Before+" → "+d.After)
	}),
	typeOf(&catalogue.DealOpened{}): teller(func(names Names, d catalogue.DealOpened) lang.Text {
		return lang.T("建立商机 "+d.After.Title, "opened the deal "+d.After.Title)
	}),
	typeOf(&catalogue.QuoteSent{}): teller(func(names Names, d catalogue.QuoteSent) lang.Text {
		return lang.T("发送报价 "+d.Quote.Amount.String(), "sent a quote of "+d.Quote.Amount.String())
	}),
	typeOf(&catalogue.LeadAssigned{}): teller(func(names Names, d catalogue.LeadAssigned) lang.Text {
		return lang.T(fmt.Sprintf("线索负责人 %s → %s（%s）", nameOf(names, d.Before), nameOf(names, d.After), d.Reason), fmt.Sprintf("lead owner %s → %s (%s)", nameOf(names, d.Before), nameOf(names, d.After), d.Reason))
	}),
	typeOf(&catalogue.DealAssigned{}): teller(func(names Names, d catalogue.DealAssigned) lang.Text {
		return lang.T(fmt.Sprintf("商机负责人 %s → %s（%s）", nameOf(names, d.Before), nameOf(names, d.After), d.Reason), fmt.Sprintf("deal owner %s → %s (%s)", nameOf(names, d.Before), nameOf(names, d.After), d.Reason))
	}),
	typeOf(&catalogue.OwnerChanged{}): teller(func(names Names, d catalogue.OwnerChanged) lang.Text {
		return lang.T(fmt.Sprintf("客户负责人 %s → %s（%s）", nameOf(names, d.Before.Owner), nameOf(names, d.After.Owner), d.Reason),
			fmt.Sprintf("customer's owner %s → %s (%s)", nameOf(names, d.Before.Owner), nameOf(names, d.After.Owner), d.Reason))
	}),
	typeOf(&catalogue.LeadPooled{}): teller(func(names Names, d catalogue.LeadPooled) lang.Text {
		return lang.T("线索收回公共资源："+d.Reason, "lead went to the public pool: "+d.Reason)
	}),
	typeOf(&catalogue.CustomerPooled{}): teller(func(names Names, d catalogue.CustomerPooled) lang.Text {
		return lang.T("客户收回公共资源："+d.Reason, "customer went to the public pool: "+d.Reason)
	}),
	typeOf(&catalogue.TaskCreated{}): teller(func(names Names, d catalogue.TaskCreated) lang.Text {
		return lang.T("任务："+d.After.Title.Zh+"（"+nameOf(names, d.After.Assignee)+"，"+d.After.Due.String()+"）", "task: "+d.After.Title.En+" ("+nameOf(names, d.After.Assignee)+", due "+d.After.Due.String()+")")
	}),
	typeOf(&catalogue.ReminderIssued{}): teller(func(names Names, d catalogue.ReminderIssued) lang.Text { return d.After.Text }),
	typeOf(&catalogue.MarkSet{}): teller(func(names Names, d catalogue.MarkSet) lang.Text {
		return lang.T("标记："+d.Mark.Rule, "marked: "+d.Mark.Rule)
	}),
	typeOf(&catalogue.MarkCleared{}): teller(func(names Names, d catalogue.MarkCleared) lang.Text {
		return lang.T("标记解除："+d.Rule, "mark cleared: "+d.Rule)
	}),
	typeOf(&catalogue.DealClosed{}): teller(func(names Names, d catalogue.DealClosed) lang.Text {
		if d.Outcome == catalogue.DealWon {
			return lang.T("成交", "won")
		}
		return lang.T("流失："+d.Reason, "lost: "+d.Reason)
	}),
	typeOf(&catalogue.TransferStepped{}): teller(func(names Names, d catalogue.TransferStepped) lang.Text {
		return lang.T("转交："+d.After.Status, "transfer "+d.After.Status)
	}),
}

func tell(factType string, data json.RawMessage, names Names) (lang.Text, bool) {
	t, ok := tellers[factType]
	if !ok {
		t, ok = aboutCustomers[factType]
	}
	if !ok {
		return lang.Text{}, false
	}
	text, err := t(names, data)
	return text, err == nil
}

func teller[D any](say func(Names, D) lang.Text) func(Names, json.RawMessage) (lang.Text, error) {
	return func(names Names, data json.RawMessage) (lang.Text, error) {
		var d D
		if err := json.Unmarshal(data, &d); err != nil {
			return lang.Text{}, err
		}
		return say(names, d), nil
	}
}

func typeOf(d catalogue.Data) string { return d.Kind().Type }
