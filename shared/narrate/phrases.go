package narrate

import (
	"fmt"
	"regexp"
	"strings"

	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
)

// say fills two formats in: a text in two languages gives each its own.
func say(zh, en string, parts ...any) lang.Text {
	inZh, inEn := make([]any, len(parts)), make([]any, len(parts))
	for i, p := range parts {
		inZh[i], inEn[i] = p, p
		if t, ok := p.(lang.Text); ok {
			inZh[i], inEn[i] = t.Zh, t.En
		}
	}
	return lang.T(fmt.Sprintf(zh, inZh...), fmt.Sprintf(en, inEn...))
}

// same is what people wrote, which stands in both languages as it is.
func same(s string) lang.Text { return lang.T(s, s) }

// word gives the word for one of a catalogue's values; what a newer program
// may record besides is told in general.
func word(words map[string]lang.Text, value string) lang.Text {
	if t, ok := words[value]; ok {
		return t
	}
	return lang.T("其他", "other")
}

// choice gives the name of one of the policy's shipped options; an option of the
// company's own is told by its id, as its book is not at hand.
func choice(options []policy.Option, id string) lang.Text {
	for _, o := range options {
		if o.ID == id {
			return o.Name
		}
	}
	return same(id)
}

// with puts behind a text what was said with it, if anything was.
func with(t, said lang.Text) lang.Text {
	if said.IsZero() {
		return t
	}
	return say("%s：%s", "%s: %s", t, said)
}

// because puts a reason behind a text, if there is one.
func because(t lang.Text, reason string) lang.Text {
	if reason == "" {
		return t
	}
	return say("%s（%s）", "%s (%s)", t, reasonOf(reason))
}

// bilingual is how journeys write a reason where a fact has room for one text only.
var bilingual = regexp.MustCompile(`^(.*\p{Han}.*) / ([^\p{Han}]+)$`)

// reasonOf gives a reason in words: a rule's by its name, a person's as it was written.
func reasonOf(reason string) lang.Text {
	if t, ok := reasons[reason]; ok {
		return t
	}
	if both := bilingual.FindStringSubmatch(reason); both != nil {
		return lang.T(both[1], both[2])
	}
	return same(reason)
}

// listed joins texts.
func listed(texts []lang.Text) lang.Text {
	zh, en := make([]string, len(texts)), make([]string, len(texts))
	for i, t := range texts {
		zh[i], en[i] = t.Zh, t.En
	}
	return lang.T(strings.Join(zh, "、"), strings.Join(en, ", "))
}
