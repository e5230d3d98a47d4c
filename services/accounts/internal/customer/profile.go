package customer

import (
	"fmt"
	"slices"
	"strings"
	"time"
	_ "time/tzdata" // zones are known on machines without a zone database

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
)

// Bounds of what a profile holds.
const (
	maxTags    = 50
	maxEntries = 50
	maxText    = 500
)

// Profile is what somebody says a customer is, wants and likes; nil leaves a field
// as it is. Lists replace what was there.
type Profile struct {
	Tier        *string
	Type        *string
	Tags        *[]string
	ProductTags *[]string
	NeedTags    *[]string
	Preferences *[]catalogue.Preference
	Channels    *[]catalogue.ContactChannel
	TimeZone    *string
	CareDates   *[]catalogue.CareDate
}

// ChangesNeeds tells whether a profile changes needs that are recorded: which
// takes an approved change of need where the policy says so.
func (p Profile) ChangesNeeds(f *File) bool {
	if p.NeedTags == nil || len(f.NeedHistory) == 0 {
		return false
	}
	add, remove := f.needs(*p.NeedTags)
	return len(add)+len(remove) > 0
}

// Describe takes a profile over, or names every field that is wrong and changes
// nothing. fresh gives the id of the nth new care date.
func (f *File) Describe(p Profile, c policy.Customers, by string, at instant.Time, fresh func(n int) string) error {
	next, w := *f, wrong{}
	if p.Tier != nil {
		w.option("tier", *p.Tier, c.Tiers, f.Tier)
		next.Tier = *p.Tier
	}
	if p.Type != nil {
		w.option("type", *p.Type, c.Types, f.Type)
		next.Type = *p.Type
	}
	w.tags("tags", &next.Tags, p.Tags, c.Tags)
	w.tags("product_tags", &next.ProductTags, p.ProductTags, c.ProductTags)
	if p.NeedTags != nil {
		wanted := f.NeedTags
		w.tags("need_tags", &wanted, p.NeedTags, c.NeedTags)
		add, remove := f.needs(wanted)
		next.ChangeNeeds(add, remove, by, "", at)
	}
	if p.Preferences != nil {
		next.Preferences = w.preferences(*p.Preferences, f.Preferences, c.PreferenceTopics)
	}
	if p.Channels != nil {
		next.Channels = w.channels(f, *p.Channels, c.Channels)
	}
	if p.TimeZone != nil {
		w.zone("time_zone", *p.TimeZone)
		next.TimeZone = *p.TimeZone
	}
	if p.CareDates != nil {
		next.CareDates = w.careDates(f, *p.CareDates, at, fresh)
	}
	if len(w) > 0 {
		return problem.InvalidFields(w...)
	}
	*f = next
	return nil
}

func (w *wrong) tags(field string, have *[]string, want *[]string, offered []policy.Option) {
	if want == nil || !w.most(field, len(*want), maxTags) {
		return
	}
	var out []string
	for i, t := range *want {
		at := fmt.Sprintf("%s[%d]", field, i)
		if t == "" {
			*w = append(*w, problem.Required(at))
		}
		w.option(at, t, offered, *have...)
		if !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	slices.Sort(out)
	*have = out
}

func (w *wrong) preferences(list, had []catalogue.Preference, offered []policy.Option) []catalogue.Preference {
	if !w.most("preferences", len(list), maxEntries) {
		return nil
	}
	var out []catalogue.Preference
	for i, p := range list {
		at := fmt.Sprintf("preferences[%d]", i)
		if p.Value = strings.TrimSpace(p.Value); p.Value == "" {
			*w = append(*w, problem.Required(at+".value"))
		}
		if p.Topic == "" {
			*w = append(*w, problem.Required(at+".topic"))
		}
		w.longest(at+".value", p.Value, maxText)
		if !slices.Contains(had, p) {
			w.option(at+".topic", p.Topic, offered)
		}
		if !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out
}

func (w *wrong) channels(f *File, list []catalogue.ContactChannel, offered []policy.Option) []catalogue.ContactChannel {
	if !w.most("channels", len(list), maxEntries) {
		return nil
	}
	var out []catalogue.ContactChannel
	preferred := false
	for i, c := range list {
		at := fmt.Sprintf("channels[%d]", i)
		c.Address = strings.TrimSpace(c.Address)
		if c.Channel == "" {
			*w = append(*w, problem.Required(at+".channel"))
		}
		if c.Address == "" {
			*w = append(*w, problem.Required(at+".address"))
		}
		w.option(at+".channel", c.Channel, offered, f.channelsUsed()...)
		w.longest(at+".address", c.Address, maxText)
		switch c.Channel {
		case "phone", "sms":
			c.Address = w.phone(at+".address", c.Address)
		case "mail":
			c.Address = w.mail(at+".address", c.Address)
		}
		w.contact(f, at+".contact", c.Contact)
		if c.Preferred && preferred {
			w.add(at+".preferred", "one", "只能有一个首选渠道", "only one channel can be the preferred one")
		}
		preferred = preferred || c.Preferred
		if slices.ContainsFunc(out, func(o catalogue.ContactChannel) bool { return o.Channel == c.Channel && o.Address == c.Address }) {
			w.add(at, "duplicate", "重复", "is listed twice")
		}
		out = append(out, c)
	}
	return out
}

func (f *File) channelsUsed() []string {
	var used []string
	for _, c := range f.Channels {
		used = append(used, c.Channel)
	}
	for _, c := range f.Consent {
		used = append(used, c.Channel)
	}
	return used
}

func (w *wrong) contact(f *File, field, id string) {
	if id != "" && f.find(id) < 0 {
		w.add(field, "exists", "没有这个联系人："+id, "no contact of this customer has the id "+id)
	}
}

func (w *wrong) zone(field, name string) {
	if name == "" {
		return
	}
	if _, err := time.LoadLocation(name); err != nil || name == "Local" {
		w.add(field, "time_zone", "不是 IANA 时区，如 Asia/Shanghai", "is not an IANA time zone such as Asia/Shanghai")
	}
}

func (w *wrong) careDates(f *File, list []catalogue.CareDate, now instant.Time, fresh func(n int) string) []catalogue.CareDate {
	if !w.most("care_dates", len(list), maxEntries) {
		return nil
	}
	var out []catalogue.CareDate
	ids := map[string]bool{}
	for i, d := range list {
		at := fmt.Sprintf("care_dates[%d]", i)
		w.oneOf(at+".kind", d.Kind, catalogue.CareBirthday, catalogue.CareAnniversary, catalogue.CareCustom)
		if d.Kind == "" {
			*w = append(*w, problem.Required(at+".kind"))
		}
		if d.Name = strings.TrimSpace(d.Name); d.Name == "" && d.Kind == catalogue.CareCustom {
			*w = append(*w, problem.Required(at+".name"))
		}
		w.longest(at+".name", d.Name, maxName)
		w.yearly(at+".date", d.Date, now)
		w.contact(f, at+".contact", d.Contact)
		known := slices.ContainsFunc(f.CareDates, func(o catalogue.CareDate) bool { return o.ID == d.ID })
		switch {
		case d.ID == "":
			d.ID = fresh(i)
		case !known:
			w.add(at+".id", "exists", "没有这个关怀日期："+d.ID, "no care date of this customer has the id "+d.ID)
		case ids[d.ID]:
			w.add(at+".id", "duplicate", "重复："+d.ID, "is listed twice: "+d.ID)
		}
		ids[d.ID] = true
		out = append(out, d)
	}
	return out
}

// Agree records what the customer said about being reached on a channel. Only a
// later word changes an earlier one.
func (f *File) Agree(said catalogue.Consent, c policy.Customers, now instant.Time) error {
	var w wrong
	said.Source = strings.TrimSpace(said.Source)
	if said.At == 0 {
		said.At = now
	}
	w.option("channel", said.Channel, c.Channels, f.channelsUsed()...)
	w.oneOf("status", said.Status, catalogue.ConsentGiven, catalogue.ConsentWithdrawn)
	if said.Status == "" {
		w = append(w, problem.Required("status"))
	}
	if said.Source == "" {
		w = append(w, problem.Required("source"))
	}
	w.longest("source", said.Source, maxText)
	if said.At > now {
		w.add("at", "past", "不能是将来的时间", "lies in the future")
	}
	i := slices.IndexFunc(f.Consent, func(o catalogue.Consent) bool { return o.Channel == said.Channel })
	if i >= 0 && said.At < f.Consent[i].At {
		w.add("at", "newest", "已有客户更晚的表态："+f.Consent[i].At.String(), "the customer said something later, at "+f.Consent[i].At.String())
	}
	if len(w) > 0 {
		return problem.InvalidFields(w...)
	}
	consent := slices.Clone(f.Consent)
	switch {
	case i < 0:
		consent = append(consent, said)
	case consent[i].Status == said.Status && consent[i].Source == said.Source && consent[i].At == said.At:
		return nil
	default:
		consent[i] = said
	}
	f.Consent = consent
	return nil
}
