// Package narrate says in words, in both languages, what a fact records: for
// the answer to "why", for the demo's terminal, for whoever reads the stream.
package narrate

import (
	"encoding/json"
	"strings"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

// Names gives a person's name, empty if unknown.
type Names func(id string) string

// of gives a person's name, or the id of somebody unknown.
func (n Names) of(id string) string {
	if name := n(id); name != "" {
		return name
	}
	return id
}

// all gives the names of several people.
func (n Names) all(ids []string) lang.Text {
	people := make([]string, len(ids))
	for i, id := range ids {
		people[i] = n.of(id)
	}
	return lang.T(strings.Join(people, "、"), strings.Join(people, ", "))
}

// Fact says who recorded what. A type that is not in the catalogue, of a newer
// program, is told as a record and no more.
func Fact(factType string, data json.RawMessage, names Names) lang.Text {
	var head catalogue.Head
	if err := json.Unmarshal(data, &head); err != nil {
		return lang.T("一条无法读取的记录", "a record that cannot be read")
	}
	who := actors[head.Actor.Kind]
	if head.Actor.Kind == catalogue.ActorPerson {
		who = same(names.of(head.Actor.ID))
	}
	return say("%s：%s", "%s: %s", who, What(factType, data, names))
}

// What says what was recorded, without by whom.
func What(factType string, data json.RawMessage, names Names) lang.Text {
	t, known := tellers[factType]
	if !known {
		return lang.T("一条新类型的记录", "a record of a new kind")
	}
	text, err := t(names, data)
	if err != nil {
		return lang.T("一条无法读取的记录", "a record that cannot be read")
	}
	return text
}

var actors = map[string]lang.Text{
	catalogue.ActorPerson: lang.T("员工", "a person"), catalogue.ActorJourney: lang.T("旅程", "the journey"), catalogue.ActorImport: lang.T("导入", "an import"),
	catalogue.ActorPublic: lang.T("访客", "a visitor"), catalogue.ActorProcess: lang.T("系统", "the system"),
}

// teller says what the data of a fact means.
type teller func(names Names, data json.RawMessage) (lang.Text, error)

// telling is the teller of one fact type.
type telling struct {
	kind string
	tell teller
}

// tellers hold one for every fact type of the catalogue.
var tellers = func() map[string]teller {
	m := map[string]teller{}
	for _, part := range [][]telling{aboutLeads, aboutDeals, aboutOwnership, aboutTasks, aboutTheCompany, aboutFiles, aboutMerges, aboutTrade, aboutCases, aboutSurveys,
		aboutCare, aboutContracts, aboutKeyAccounts, aboutStanding, aboutMaintenance, aboutChurn, aboutInterventions} {
		for _, t := range part {
			m[t.kind] = t.tell
		}
	}
	return m
}()

// of makes the telling of the fact type whose data is D.
func of[D any, P interface {
	*D
	catalogue.Data
}](tell func(Names, D) lang.Text) telling {
	return telling{P(new(D)).Kind().Type, func(names Names, data json.RawMessage) (lang.Text, error) {
		var d D
		if err := json.Unmarshal(data, &d); err != nil {
			return lang.Text{}, err
		}
		return tell(names, d), nil
	}}
}

// always makes the telling of a fact type of which there is but one thing to say.
func always[D any, P interface {
	*D
	catalogue.Data
}](_ P, zh, en string) telling {
	return of[D, P](func(Names, D) lang.Text { return lang.T(zh, en) })
}
