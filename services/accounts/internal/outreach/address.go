package outreach

import (
	"strings"

	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/lang"
)

func contactOf(f customer.File, id string) *catalogue.Contact {
	for i := range f.Contacts {
		if f.Contacts[i].ID == id {
			return &f.Contacts[i]
		}
	}
	return nil
}

// address gives where a customer is reached on a channel: the one that they
// prefer, else the first that is known; of a contact only their own.
func address(f customer.File, contact, channel string) string {
	found := ""
	for _, c := range f.Channels {
		if c.Channel != channel || contact != "" && c.Contact != contact {
			continue
		}
		if c.Preferred {
			return c.Address
		}
		if found == "" {
			found = c.Address
		}
	}
	if found != "" {
		return found
	}
	phones, mails := f.Phones, f.Emails
	if contact != "" {
		k := contactOf(f, contact)
		if k == nil {
			return ""
		}
		phones, mails = append([]string{k.Phone}, k.Phones...), append([]string{k.Email}, k.Mails...)
	}
	switch channel {
	case "mail":
		return first(mails)
	case "sms", "wechat", "wecom", "phone":
		return first(phones)
	}
	return f.ID // the channel knows customers by their ids
}

func first(list []string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

// language gives in which of the two a customer reads: Chinese unless they said otherwise.
func language(f customer.File) string {
	for _, p := range f.Preferences {
		if p.Topic == "language" && (lang.IsEnglish(p.Value) || strings.Contains(p.Value, "英")) {
			return "en"
		}
	}
	return "zh"
}
