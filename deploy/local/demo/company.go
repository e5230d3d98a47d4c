// Package demo is a small company that is lived through at speed: its people,
// its leads and deals, some who keep their promises and one who forgets.
package demo

import "liuke.dev/shared/catalogue"

// Password of everybody in the demo, and only there.
const Password = "liuke-demo-2026"

// person is one of the demo's people.
type person struct {
	id, name, supervisor, team string
	roles                      []string
	english                    bool
}

// people of the sample company 星辰软件, in the order in which they can be added.
var people = []person{
	{id: director, name: "陈静", roles: []string{"management", "administrator"}},
	{id: "zhou", name: "周敏", supervisor: director, roles: []string{"sales_director"}},
	{id: "li", name: "李雷", supervisor: "zhou", team: "east", roles: []string{"sales_manager"}},
	{id: "wang", name: "王芳", supervisor: "li", team: "east", roles: []string{"salesperson"}},
	{id: "zhao", name: "赵强", supervisor: "li", team: "east", roles: []string{"salesperson"}},
	{id: "sun", name: "孙丽", supervisor: "li", team: "east", roles: []string{"salesperson"}},
	{id: "smith", name: "Anna Smith", supervisor: "li", team: "east", roles: []string{"salesperson"}, english: true},
	{id: "wu", name: "吴昊", supervisor: director, roles: []string{"marketing"}},
	{id: "qian", name: "钱进", supervisor: director, roles: []string{"service"}},
	{id: "xu", name: "徐静", supervisor: director, roles: []string{"customer_success"}},
	{id: "ma", name: "马超", supervisor: director, roles: []string{"implementation"}},
	{id: "he", name: "何平", supervisor: director, roles: []string{"product"}},
	{id: "lin", name: "林霞", supervisor: director, roles: []string{"operations"}},
	{id: "guo", name: "郭亮", supervisor: director, roles: []string{"technical"}},
}

// team of the demo.
var team = catalogue.Team{ID: "east", Name: "华东销售部"}

// director runs the company and administers Liuke.
const director = "chen"

// forgetful never does anything after the first touch.
const forgetful = "zhao"

// diligent people do what they promised.
var diligent = []string{"wang", "sun", "smith"}

// lead is a lead of the sample company.
type lead struct {
	company, contact, phone, email, source, need, owner string
	value                                               int64 // yuan
}

var leads = []lead{
	{"华东精密机械有限公司", "张建国", "13812345601", "zhang@hdjm.example", "exhibition", "需要把三家工厂的订单合到一个系统里", "zhao", 380_000},
	{"江南食品股份有限公司", "李秀兰", "13912345602", "", "website", "想了解客户回访提醒怎么做", "zhao", 90_000},
	{"蓝海物流集团", "赵大伟", "13712345603", "zhao@lanhai.example", "referral", "司机和客户的投诉没人跟，要一套工单", "zhao", 560_000},
	{"Northwind Traders", "Laura Callahan", "", "laura@northwind.example", "mail", "Wants renewal reminders for 1,200 contracts", "smith", 240_000},
	{"明光医疗器械有限公司", "孙志远", "13612345604", "sun@mgyl.example", "ads", "经销商管理，预算已批", "wang", 720_000},
	{"青禾教育科技", "周婷", "13512345605", "", "wechat", "课程顾问离职后客户丢失严重", "wang", 150_000},
	{"恒泰建材", "吴刚", "02161234567", "", "phone", "要报价，月底前定", "sun", 310_000},
	{"云杉咨询（上海）有限公司", "郑洁", "13412345606", "zheng@yunshan.example", "exhibition", "对比三家供应商", "sun", 200_000},
}

// walkIns arrive later, one after the other, through the web form.
var walkIns = []lead{
	{"金桥电子", "冯涛", "13112345611", "", "website", "请尽快联系我", "", 0},
	{"西湖茶叶有限公司", "何敏", "13112345612", "he@xihu.example", "website", "小程序商城的会员跟进", "", 0},
	{"大成律师事务所", "沈律师", "13112345613", "", "website", "案件客户的定期回访", "", 0},
	{"Contoso Pharmaceuticals", "Bart Duncan", "", "bart@contoso.example", "website", "Demo for a team of 40", "", 0},
	{"长风汽车零部件", "邓超", "13112345614", "deng@changfeng.example", "website", "售后工单与续约提醒", "", 0},
	{"绿野农业合作社", "马丽", "13112345615", "", "website", "客户分级怎么配置", "", 0},
}
