package doctor

import (
	"context"
	"fmt"

	"liuke.dev/shared/lang"
	"liuke.dev/workflows"
)

func (x *examination) journeys(ctx context.Context) []Finding {
	var c workflows.Counts
	err := x.call(ctx, "/v1/journeys/counts", &c)
	running := int64(0)
	for _, k := range c.Kinds {
		running += k.Running
	}
	return orFine(judgeJourneys(c, err), fmt.Sprintf("%d 个旅程在运行，没有卡住的", running), fmt.Sprintf("%d journeys run, none is stuck", running))
}

var kindNames = map[string]lang.Text{"lead": lang.T("线索", "lead"), "deal": lang.T("商机", "deal"), "transfer": lang.T("移交", "transfer"),
	"maintenance": lang.T("客户维护", "maintenance"), "case": lang.T("工单", "case"), "contract": lang.T("合同", "contract"), "intervention": lang.T("干预", "intervention"),
	"churn_review": lang.T("流失复盘", "churn review"), "need_change": lang.T("需求变更", "change of need")}

func judgeJourneys(c workflows.Counts, err error) (out []Finding) {
	if err != nil {
		return []Finding{bad("旅程无法查询："+err.Error(), "journeys cannot be asked about: "+err.Error()).do("检查 worker 进程与服务密钥", "see whether the worker runs and shares the service key", "")}
	}
	if c.Policy == 0 {
		out = append(out, bad("没有生效的策略：无法作出任何决定", "no policy is in force: nothing can be decided").do("发布一个策略", "publish a policy", ""))
	}
	for _, k := range c.Kinds {
		name, list := kindNames[k.Kind], `curl -H "Authorization: Bearer $(liuke token ADMIN)" "ORIGIN/v1/journeys?kind=`+k.Kind+`&state=`
		if k.Troubled > 0 {
			out = append(out, warn(fmt.Sprintf("%d 个%s旅程有动作最终失败", k.Troubled, name.Zh), fmt.Sprintf("%d %s journeys have an effect that failed for good", k.Troubled, name.En)).
				do("看原因，排除后重试（POST …/effects/{id}/retry）", "see why, mend it, and have it tried again (POST …/effects/{id}/retry)", list+`troubled"`))
		}
		if k.Overdue > 0 {
			out = append(out, bad(fmt.Sprintf("%d 个%s旅程睡过了头：该执行的超过两分钟仍未执行", k.Overdue, name.Zh), fmt.Sprintf("%d %s journeys overslept: what is due has not fired for two minutes", k.Overdue, name.En)).
				do("检查 Temporal 与 worker；它们恢复后自动补上", "see whether Temporal and the worker are well; then each fires once by itself", list+`overdue"`))
		}
		if k.Behind > 0 {
			out = append(out, note(fmt.Sprintf("%d 个%s旅程还在按旧策略等待重新决定", k.Behind, name.Zh), fmt.Sprintf("%d %s journeys have not decided by the newest policy yet", k.Behind, name.En)))
		}
	}
	return out
}

// receipt is what is read of an outage's.
type receipt struct {
	ID      string    `json:"id"`
	Open    int64     `json:"open"`
	Doubled int64     `json:"doubled"`
	Final   bool      `json:"final"`
	Says    lang.Text `json:"says"`
}

func (x *examination) outages(ctx context.Context) []Finding {
	var page struct {
		Items []receipt `json:"items"`
	}
	err := x.call(ctx, "/v1/insights/outages?limit=20", &page)
	return orFine(judgeOutages(page.Items, err), fmt.Sprintf("近期停机 %d 次，其间到期的都已了结", len(page.Items)), fmt.Sprintf("%d recent outages; everything that came due in them is settled", len(page.Items)))
}

func judgeOutages(list []receipt, err error) (out []Finding) {
	if err != nil {
		return []Finding{warn("停机回执无法查询："+err.Error(), "receipts of outages cannot be asked for: "+err.Error()).do("检查 insights 进程", "see whether insights runs", "")}
	}
	for _, r := range list {
		switch {
		case r.Doubled > 0:
			out = append(out, bad(fmt.Sprintf("停机 %s：%d 项承诺执行了两次", r.ID, r.Doubled), fmt.Sprintf("outage of %s: %d promises fired twice", r.ID, r.Doubled)).do("请报告此缺陷", "report this defect", "liuke outages "+r.ID))
		case r.Open > 0 && r.Final:
			out = append(out, bad(fmt.Sprintf("停机 %s：%d 项承诺一直没有执行", r.ID, r.Open), fmt.Sprintf("outage of %s: %d promises never fired", r.ID, r.Open)).do("看是哪些", "see which", "liuke outages "+r.ID))
		case r.Open > 0:
			out = append(out, warn(fmt.Sprintf("停机 %s：还有 %d 项未执行，正在追赶", r.ID, r.Open), fmt.Sprintf("outage of %s: %d promises have not fired yet; it is catching up", r.ID, r.Open)).do("稍后再看", "look again in a while", "liuke outages "+r.ID))
		}
	}
	return out
}
