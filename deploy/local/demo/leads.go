package demo

// lead is a lead of the sample company.
type lead struct {
	company, contact, phone, email, source, need, owner string
	value                                               int64 // yuan
}

// prospect is a lead of the first day, with what becomes of it while one watches.
type prospect struct {
	lead
	pipeline, fate string
}

// What becomes of a prospect. Together with visitors, patrons and what was under way
// they show every status that a lead can have, and every outcome of a deal.
const (
	forgotten = "forgotten" // called once, and never again
	wins      = "wins"
	loses     = "loses"
	stalls    = "stalls"  // is talked to again and again without getting further
	unready   = "unready" // is nurtured until its day comes
	unfit     = "unfit"   // wants something that we do not sell
)

// The shipped pipelines.
const (
	seven = "p7"
	five  = "p5"
)

var leads = []prospect{
	{lead{"华东精密机械有限公司", "张建国", "13812345601", "zhang@hdjm.example", "exhibition", "需要把三家工厂的订单合到一个系统里", "zhao", 380_000}, "", forgotten},
	{lead{"江南食品股份有限公司", "李秀兰", "13912345602", "", "website", "想了解客户回访提醒怎么做", "zhao", 90_000}, "", forgotten},
	{lead{"蓝海物流集团", "赵大伟", "13712345603", "zhao@lanhai.example", "referral", "司机和客户的投诉没人跟，要一套工单", "zhao", 560_000}, "", forgotten},
	{lead{"Northwind Traders", "Laura Callahan", "", "laura@northwind.example", "mail", "Wants renewal reminders for 1,200 contracts", "smith", 240_000}, seven, wins},
	{lead{"明光医疗器械有限公司", "孙志远", "13612345604", "sun@mgyl.example", "ads", "经销商管理，预算已批", "wang", 720_000}, five, wins},
	{lead{"青禾教育科技", "周婷", "13512345605", "", "wechat", "课程顾问离职后客户丢失严重", "wang", 150_000}, five, loses},
	{lead{"恒泰建材", "吴刚", "02161234567", "", "phone", "要报价，月底前定", "sun", 310_000}, seven, wins},
	{lead{"云杉咨询（上海）有限公司", "郑洁", "13412345606", "zheng@yunshan.example", "exhibition", "对比三家供应商", "sun", 200_000}, seven, loses},
	{lead{"北辰纺织", "韩梅", "13412345607", "", "exhibition", "明年才有预算，先了解", "wang", 260_000}, "", unready},
	{lead{"大地测绘学院", "谢老师", "13412345608", "", "phone", "学生作业，想要一份行业报告", "sun", 0}, "", unfit},
	{lead{"永兴铸造", "丁力", "13412345609", "ding@yongxing.example", "referral", "老板还在比较，迟迟不定", "smith", 430_000}, seven, stalls},
	{lead{"朗月化妆品", "白雪", "13412345610", "", "ads", "市场部想要，财务没有表态", "sun", 180_000}, five, stalls},
}

func (one lead) body() body {
	b := body{"company": one.company, "contact": one.contact, "source": one.source, "need": one.need}
	if one.phone != "" {
		b["phone"] = one.phone
	}
	if one.email != "" {
		b["email"] = one.email
	}
	if one.owner != "" {
		b["owner"] = one.owner
	}
	if one.value > 0 {
		b["value"] = one.amount()
	}
	return b
}

// amount is what a lead is worth.
func (one lead) amount() body { return body{"minor": one.value * 100, "currency": "CNY"} }
