package demo

import (
	"context"
	"slices"

	"liuke.dev/deploy/local/api"
	"liuke.dev/shared/catalogue"
)

// site is the company's own, whose pages show its web form.
const site = "https://www.xingchen.example"

// visitors of the site, one after the other. Nobody calls 何敏 back, who asks again:
// one need of one customer is one lead.
var visitors = []lead{
	{"金桥电子", "冯涛", "13112345611", "", "", "请尽快联系我", "", 0},
	{"西湖茶叶有限公司", "何敏", "13112345612", "he@xihu.example", "", "小程序商城的会员跟进", "", 0},
	{"大成律师事务所", "沈律师", "13112345613", "", "", "案件客户的定期回访", "", 0},
	{"西湖茶叶有限公司", "何敏", "13112345612", "he@xihu.example", "", "小程序商城的会员跟进！！", "", 0},
	{"Contoso Pharmaceuticals", "Bart Duncan", "", "bart@contoso.example", "", "Demo for a team of 40", "", 0},
	{"长风汽车零部件", "邓超", "13112345614", "deng@changfeng.example", "", "售后工单与续约提醒", "", 0},
	{"绿野农业合作社", "马丽", "13112345615", "", "", "客户分级怎么配置", "", 0},
}

// visit lets visitors fill in the web form, one every four days, without being
// anybody to the program; every other one is called by the owner whom the rotation chose.
func (l *Life) visit(ctx context.Context) error {
	browser := &api.Client{URL: l.URL, Origin: site}
	for i, one := range visitors {
		if !rest(ctx, l.days(4)) {
			return nil
		}
		if _, err := browser.Post(ctx, "", l.Form, body{"company": one.company, "contact": one.contact, "phone": one.phone, "email": one.email, "need": one.need}); err != nil {
			return err
		}
		if i%2 != 0 {
			continue
		}
		if !rest(ctx, l.days(0.2)) {
			return nil
		}
		if err := l.callBack(ctx, one); err != nil {
			return err
		}
	}
	return nil
}

// callBack lets the owner of what came in by the web form call, unless that is somebody
// who forgets: a visitor is told nothing of the lead, so it is looked up.
func (l *Life) callBack(ctx context.Context, one lead) error {
	var came struct {
		Items []catalogue.Lead `json:"items"`
	}
	if err := l.c.Do(ctx, marketing, "GET", "/v1/leads?source=website", nil, &came); err != nil {
		return err
	}
	i := slices.IndexFunc(came.Items, func(lead catalogue.Lead) bool { return lead.Company == one.company })
	if i < 0 || !slices.Contains(diligent, came.Items[i].Owner) {
		return nil
	}
	return l.followUp(ctx, came.Items[i].Owner, "/v1/leads/"+came.Items[i].ID, talk{outbound, "首次联系：" + one.need}, l.days(3))
}
