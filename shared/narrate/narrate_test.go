package narrate_test

import (
	"encoding/json"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/narrate"
)

// latin are words that no Chinese sentence of ours holds: ids, names of fields, English.
var latin = regexp.MustCompile(`[A-Za-z_]*[a-z_][A-Za-z_]*`)

func nobody(string) string { return "" }

// Every fact type is told in both languages, whatever the values it may hold, and
// neither language stands in the other: ids of values are not told, their words are.
func TestEveryFactIsToldInBothLanguages(t *testing.T) {
	told := map[lang.Text]string{}
	for _, d := range catalogue.All() {
		kind := d.Kind()
		for round := range values(d) {
			zh := tell(t, filled(d, "某某", round)).Zh
			en := tell(t, filled(d, "some", round)).En
			if !hasHan(zh) || strings.Contains(zh, "新类型") {
				t.Errorf("%s has no telling: %s", kind.Type, zh)
			}
			if words := latin.FindAllString(zh, -1); len(words) > 0 {
				t.Errorf("%s in Chinese holds %q: %s", kind.Type, words, zh)
			}
			if hasHan(en) || strings.ContainsAny(en, "：，（）") || strings.Contains(en, "_") || strings.Contains(en, kind.Type) {
				t.Errorf("%s in English: %s", kind.Type, en)
			}
		}
		plain := tell(t, d)
		if before, seen := told[plain]; seen {
			t.Errorf("%s is told like %s: %s", kind.Type, before, plain.Zh)
		}
		told[plain] = kind.Type
		if latin.MatchString(plain.Zh) || !hasHan(plain.Zh) {
			t.Errorf("%s with nothing known in Chinese: %s", kind.Type, plain.Zh)
		}
	}
}

// What the catalogue's types leave open is told by the names of the policy, the rules and the documented values.
func TestValuesAreToldByTheirNames(t *testing.T) {
	names := func(id string) string { return map[string]string{"wang": "王芳", "li": "李雷"}[id] }
	for _, c := range []struct {
		data   catalogue.Data
		zh, en string
	}{
		{&catalogue.StageChanged{Pipeline: "p7", Before: "proposed", After: "quoted"}, "阶段 已演示/已方案 → 已报价", "stage Demo or proposal done → Quoted"},
		{&catalogue.StageChanged{Pipeline: "p5", Before: "solution", After: "won"}, "阶段 方案沟通 → 成交", "stage Solution discussion → Won"},
		{&catalogue.StageChanged{Pipeline: "own", Before: "quoted", After: "pilot"}, "阶段 已报价 → pilot", "stage Quoted → pilot"},
		{&catalogue.DealClosed{Outcome: catalogue.DealLost, Reason: "competitor"}, "流失：输给竞争对手", "lost: Lost to a competitor"},
		{&catalogue.LeadAssigned{Before: "wang", After: "li", Reason: "escalation"}, "线索负责人 王芳 → 李雷（升级改派）", "lead owner 王芳 → 李雷 (escalation)"},
		{&catalogue.DealAssigned{Before: "wang", Reason: "recycle"}, "商机负责人 王芳 → 公共资源（回收）", "deal owner 王芳 → the public pool (recycled)"},
		{&catalogue.CustomerPooled{Reason: "30 天无跟进 / 30 days without follow-up"}, "客户收回公共资源：30 天无跟进", "customer went to the public pool: 30 days without follow-up"},
		{&catalogue.LeadPooled{Reason: "nobody_available"}, "线索收回公共资源：无人可分配", "lead went to the public pool: nobody is available"},
		{&catalogue.LeadStatusChanged{Before: "new", After: "contacted", Reason: "follow_up"}, "线索状态 未联系 → 已联系（已跟进）", "lead status not contacted → contacted (followed up)"},
		{&catalogue.MarkSet{Mark: catalogue.Mark{Rule: "leak.unconfirmed_quote"}}, "标记：报价无人确认", "marked: quote not confirmed"},
		{&catalogue.TaskEnded{After: catalogue.Task{Title: lang.T("首次联系", "First touch"), Status: "cancelled", Outcome: "deal_won"}}, "任务取消：首次联系（商机成交）", "task cancelled: First touch (the deal is won)"},
		{&catalogue.LeadChanged{Changed: []string{"budget_band", "value"}}, "修改线索：预算等级、预计金额", "edited the lead: budget band, value"},
		{&catalogue.MaintenanceChanged{Change: "process_began", Process: "p1", After: catalogue.Maintenance{Running: []catalogue.ProcessInstance{{ID: "p1", Name: lang.T("满月回访", "First month")}}}},
			"开始服务流程“满月回访”", "began the service process “First month”"},
		{&catalogue.InterventionChanged{Change: "person", Role: "service", After: catalogue.Intervention{Team: []catalogue.TeamRole{{Role: "service", Person: "li"}}}}, "干预小组（客服）改由 李雷 负责", "in the intervention team, service is 李雷 now"},
		{&catalogue.ContractChanged{Reason: "declined", After: catalogue.Contract{Number: "7"}}, "合同 7：客户拒签，退回草稿", "contract 7: the customer declined to sign: a draft again"},
	} {
		c.data.SetHead(catalogue.Head{Actor: catalogue.Actor{ID: "wang", Kind: catalogue.ActorPerson}})
		got := narrate.Fact(c.data.Kind().Type, encoded(t, c.data), names)
		if got != lang.T("王芳："+c.zh, "王芳: "+c.en) {
			t.Errorf("%s: %s | %s", c.data.Kind().Type, got.Zh, got.En)
		}
	}
}

// The changes of maintenance are listed in words only: each of them has a telling of its own.
func TestEveryChangeOfMaintenanceIsTold(t *testing.T) {
	f, _ := reflect.TypeFor[catalogue.MaintenanceChanged]().FieldByName("Change")
	told := map[lang.Text]string{tell(t, &catalogue.MaintenanceChanged{Change: "another"}): "a change that is not known"}
	for change := range strings.SplitSeq(f.Tag.Get("doc"), ", ") {
		says := tell(t, &catalogue.MaintenanceChanged{Change: change})
		if before, seen := told[says]; seen {
			t.Errorf("%s is told like %s: %s", change, before, says.Zh)
		}
		told[says] = change
	}
}

// A newer program's facts, and facts that cannot be read, are told as no more than records.
func TestUnknownFactsAreToldInBothLanguages(t *testing.T) {
	for factType, data := range map[string]string{"liuke.leads.lead_cloned.v1": `{}`, "liuke.leads.mark_set.v1": `{"mark": 1}`, "liuke.leads.mark_cleared.v1": `[`} {
		got := narrate.Fact(factType, json.RawMessage(data), nobody)
		if !hasHan(got.Zh) || latin.MatchString(got.Zh) || hasHan(got.En) || got.En == "" {
			t.Errorf("%s: %s | %s", factType, got.Zh, got.En)
		}
	}
}

// Whoever comes by a web form or signs by a link of their own is a visitor, not a form.
func TestWhoIsNotSignedInIsAVisitor(t *testing.T) {
	declined := &catalogue.ContractChanged{Reason: "declined", After: catalogue.Contract{Number: "7"}}
	declined.SetHead(catalogue.Head{Actor: catalogue.Actor{ID: "public", Kind: catalogue.ActorPublic}})
	got := narrate.Fact(declined.Kind().Type, encoded(t, declined), nobody)
	if !strings.HasPrefix(got.Zh, "访客：") || !strings.HasPrefix(got.En, "a visitor: ") {
		t.Errorf("%s | %s", got.Zh, got.En)
	}
}

func tell(t *testing.T, d catalogue.Data) lang.Text {
	t.Helper()
	head := d.GetHead()
	head.Actor = catalogue.Actor{ID: "liuke", Kind: catalogue.ActorProcess}
	d.SetHead(head)
	return narrate.Fact(d.Kind().Type, encoded(t, d), nobody)
}

func encoded(t *testing.T, d catalogue.Data) json.RawMessage {
	t.Helper()
	data, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func hasHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}
