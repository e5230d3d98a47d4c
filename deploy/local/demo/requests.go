package demo

import (
	"context"
	"slices"

	"liuke.dev/shared/instant"
)

// Who decides and who answers for a department in the sample company.
const (
	salesManager = "li"
	hotline      = "qian"
	maker        = "ma"
	designer     = "he"
)

// asked is what customers turn to us with, in turn.
var asked = []struct{ kind, text, answer, solved string }{
	{"support", "报表导出后打不开", "收到，请告知浏览器版本", "已发补丁，导出正常"},
	{"complaint", "货到三天没人安装", "非常抱歉，明早上门，请确认地址", "已安装并致歉"},
	{"inquiry", "续约后席位可以增加吗？", "可以，您大约需要几个？", "已说明价格与流程"},
}

// answerCase lets a customer ask or complain, and the case's owner answer, wait for the
// customer, and solve it.
func (l *Life) answerCase(ctx context.Context, c regular, nth int) error {
	a := asked[nth%len(asked)]
	var one struct {
		ID    string `json:"id"`
		Owner string `json:"owner"`
	}
	if err := l.c.Do(ctx, hotline, "POST", "/v1/cases", body{"kind": a.kind, "customer": c.customer, "text": a.text, "channel": "phone"}, &one); err != nil {
		return err
	}
	path := "/v1/cases/" + one.ID
	_, err := l.perform(ctx,
		act{0.1, one.Owner, path + "/entries", body{"side": "outbound", "channel": "phone", "text": a.answer, "waits": true}},
		act{1.5, hotline, path + "/entries", body{"side": "inbound", "channel": "phone", "text": "好的，就这样"}},
		act{1.5, one.Owner, path + "/resolution", body{"resolution": a.solved}},
		act{1.5, one.Owner, path + "/closing", body{"reason": "agreed"}})
	return err
}

// changeNeed lets what a customer needs change: asked for, approved, and made known to
// every department that the policy names.
func (l *Life) changeNeed(ctx context.Context, c regular, _ int) error {
	owner, err := l.owner(ctx, c)
	if err != nil {
		return err
	}
	var file struct {
		NeedTags []string `json:"need_tags"`
	}
	if err := l.c.Do(ctx, director, "GET", "/v1/customers/"+c.customer, nil, &file); err != nil {
		return err
	}
	change := body{"customer": c.customer, "reason": "要和 ERP 对接", "add": []string{"integration"}}
	switch {
	case slices.Contains(file.NeedTags, "integration"):
		change = body{"customer": c.customer, "reason": "ERP 已对接，改为关注效率", "add": []string{"efficiency"}, "remove": []string{"integration"}}
	case slices.Contains(file.NeedTags, "efficiency"):
		change = body{"customer": c.customer, "reason": "又有一套系统要对接", "add": []string{"integration"}, "remove": []string{"efficiency"}}
	}
	id, err := l.c.Post(ctx, owner, "/v1/need-changes", change)
	if err != nil {
		return err
	}
	path := "/v1/need-changes/" + id
	_, err = l.perform(ctx,
		act{0.8, salesManager, path + "/approval", body{}},
		act{2.4, hotline, path + "/confirmations/service", body{"note": "已告知驻场"}},
		act{2.4, maker, path + "/confirmations/implementation", body{"note": "接口已排期"}},
		act{2.4, designer, path + "/confirmations/product", body{"note": "已列入版本"}})
	return err
}

// handOver gives a customer to the colleague next to its owner.
func (l *Life) handOver(ctx context.Context, c regular, _ int) error {
	owner, err := l.owner(ctx, c)
	if err != nil {
		return err
	}
	to := diligent[(slices.Index(diligent, owner)+1)%len(diligent)]
	id, err := l.c.Post(ctx, owner, "/v1/transfers", body{"customer": c.customer, "to": to, "reason": "调整负责区域"})
	if err != nil {
		return err
	}
	path := "/v1/transfers/" + id
	_, err = l.perform(ctx,
		act{0.9, salesManager, path + "/approval", body{}},
		act{2.6, owner, path + "/hand-over", body{"note": c.contact + "是对接人，" + c.need}},
		act{3.2, to, path + "/acceptance", body{}})
	return err
}

// worry lets a customer cool: its manager calls a team, and it comes back or is lost,
// and the loss is reviewed.
func (l *Life) worry(ctx context.Context, c regular, nth int) error {
	if _, err := l.c.Post(ctx, salesManager, "/v1/interventions", body{"customer": c.customer, "reason": "red", "says": c.need}); err != nil {
		return err
	}
	if nth%2 == 0 {
		return l.lose(ctx, c.customer, 3.4)
	}
	team, err := l.awaitTeam(ctx, c.customer)
	if err != nil || team.ID == "" || !rest(ctx, l.days(3)) {
		return err
	}
	if err := l.c.Do(ctx, hotline, "POST", "/v1/timeline", body{"customer": c.customer, "kind": "call", "direction": "inbound", "source": "hotline", "source_id": "back-" + team.ID,
		"occurred_at": instant.Now().String(), "text": "愿意继续合作，请发新方案"}, nil); err != nil {
		return err
	}
	return l.conclude(ctx, team)
}
