package policy

import (
	"fmt"
	"slices"
	"time"

	"liuke.dev/shared/auth"
)

// Customers rules what a customer's file holds: the option lists of tiers, types
// and tags, what may be attached, and how a change of need is
// approved and made known.
type Customers struct {
	Tiers            []Option `json:"tiers" doc:"Tiers of customers: each has its own process, clocks and prices (R-079)" minItems:"1"`
	Types            []Option `json:"types" doc:"Types of customers (R-079)" minItems:"1"`
	Tags             []Option `json:"tags" doc:"Tags of customers"`
	ProductTags      []Option `json:"product_tags" doc:"Product and service tags (R-040)"`
	NeedTags         []Option `json:"need_tags" doc:"Need tags (R-040)"`
	Channels         []Option `json:"channels" doc:"Ways to reach a customer; consent is given and withdrawn for each" minItems:"1"`
	PreferenceTopics []Option `json:"preference_topics" doc:"What preferences are recorded about"`

	AttachmentBytes int64 `json:"attachment_bytes" doc:"Largest file that can be attached to a customer, in bytes" minimum:"1" maximum:"1073741824"`
	// AttachmentAbandoned is longer than any upload lasts.
	AttachmentAbandoned Duration   `json:"attachment_abandoned" doc:"After this, content of an upload that never ended is removed; at least an hour"`
	AttachmentTypes     []string   `json:"attachment_types" doc:"Content types that can be attached; a family ends in /*; empty: any"`
	NeedChange          NeedChange `json:"need_change" doc:"How a change of need is approved and made known (R-050)"`
}

// NeedChange rules the change of a customer's needs.
type NeedChange struct {
	Required      bool     `json:"required" doc:"Need tags that are recorded change by an approved change only; false: whoever may edit the file may edit them"`
	Approver      string   `json:"approver" doc:"Who approves: supervisor (of the owner) or a role; management always may" enum:"supervisor,sales_manager,sales_director,product,operations,customer_success,management"`
	Departments   []string `json:"departments" doc:"Roles of the departments that a request without departments goes to" minItems:"1"`
	ApproveWithin Duration `json:"approve_within" doc:"Clock of the approval"`
	ConfirmWithin Duration `json:"confirm_within" doc:"Clock of each department's confirmation"`
	Expires       Duration `json:"expires" doc:"A request that nobody decides about for this long is cancelled; empty: never"`
}

// ApproverSupervisor lets the owner's supervisor approve.
const ApproverSupervisor = "supervisor"

func shippedCustomers() Customers {
	return Customers{
		Tiers: []Option{option("vip", "VIP", "VIP"), option("core", "核心", "Core"), option("normal", "普通", "Normal"), option("edge", "边缘", "Marginal")},
		Types: []Option{option("enterprise", "企业", "Enterprise"), option("dealer", "渠道/经销商", "Dealer"), option("public_sector", "政府/事业单位", "Public sector"),
			option("consumer", "个人消费者", "Consumer")},
		Tags: []Option{option("reference", "标杆客户", "Reference customer"), option("price_sensitive", "价格敏感", "Price sensitive"), option("long_cycle", "决策周期长", "Long decisions"),
			option("multi_site", "多地经营", "Several sites"), option("strategic", "战略合作", "Strategic")},
		ProductTags: []Option{option("product", "产品", "Product"), option("service", "服务", "Service"), option("implementation", "实施", "Implementation"),
			option("maintenance", "维保", "Maintenance"), option("training", "培训", "Training")},
		NeedTags: []Option{option("cost", "降本", "Lower cost"), option("efficiency", "提效", "Efficiency"), option("growth", "增长", "Growth"), option("compliance", "合规", "Compliance"),
			option("integration", "系统对接", "Integration"), option("expansion", "扩容", "More volume"), option("customisation", "定制", "Customisation")},
		Channels: []Option{option("phone", "电话", "Telephone"), option("mail", "邮件", "Mail"), option("sms", "短信", "Text message"), option("wechat", "微信", "WeChat"),
			option("wecom", "企业微信", "WeCom"), option("visit", "拜访", "Visit")},
		PreferenceTopics: []Option{option("contact_time", "联系时间", "Time of contact"), option("product", "产品偏好", "Product"), option("gift", "礼品", "Gifts"),
			option("language", "语言", "Language"), option("avoid", "忌讳", "To be avoided"), option("other", "其他", "Other")},
		AttachmentBytes: 25 << 20, AttachmentAbandoned: D("24h"),
		AttachmentTypes: []string{"application/pdf", "image/*", "text/plain", "text/csv", "application/zip", "application/msword", "application/vnd.ms-excel",
			"application/vnd.openxmlformats-officedocument.wordprocessingml.document", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
			"application/vnd.openxmlformats-officedocument.presentationml.presentation", "audio/*"},
		NeedChange: NeedChange{Required: true, Approver: ApproverSupervisor, Departments: []string{string(auth.Service), string(auth.Implementation), string(auth.Product)},
			ApproveWithin: D("1wd"), ConfirmWithin: D("2wd"), Expires: D("10d")},
	}
}

func (c *checker) customers(v Customers) {
	for _, l := range []struct {
		at   string
		list []Option
	}{{"tiers", v.Tiers}, {"types", v.Types}, {"tags", v.Tags}, {"product_tags", v.ProductTags}, {"need_tags", v.NeedTags}, {"channels", v.Channels},
		{"preference_topics", v.PreferenceTopics}} {
		c.options("customers."+l.at, l.list)
	}
	c.distinct("customers.attachment_types", v.AttachmentTypes)
	for i, t := range v.AttachmentTypes {
		if !contentType.MatchString(t) {
			c.add(fmt.Sprintf("customers.attachment_types[%d]", i), "content_type", "不是内容类型，如 application/pdf 或 image/*", "is not a content type such as application/pdf or image/*")
		}
	}
	if v.AttachmentAbandoned.Elapsed() < time.Hour {
		c.add("customers.attachment_abandoned", "minimum", "至少 1h：上传可能需要这么久", "must be at least 1h: an upload may take that long")
	}
	n := v.NeedChange
	if n.Approver == "" {
		c.add("customers.need_change.approver", "required", "必填", "is required")
	}
	c.positive("customers.need_change.approve_within", n.ApproveWithin)
	c.positive("customers.need_change.confirm_within", n.ConfirmWithin)
	c.distinct("customers.need_change.departments", n.Departments)
	for i, d := range n.Departments {
		if !slices.Contains(auth.Roles, auth.Role(d)) {
			c.add(fmt.Sprintf("customers.need_change.departments[%d]", i), "one_of", "不是角色："+d, "is not a role: "+d)
		}
	}
}

var contentType = pattern(`^[a-z]+/(\*|[a-z0-9][a-z0-9.+_-]*)$`)
