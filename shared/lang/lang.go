// Package lang holds text in the two languages that Liuke speaks.
package lang

import "strings"

// Text is one message in Chinese (zh-CN) and English.
type Text struct {
	Zh string `json:"zh"`
	En string `json:"en"`
}

// T makes a Text.
func T(zh, en string) Text { return Text{Zh: zh, En: en} }

// In gives the text in the language that an Accept-Language value or a person's
// language asks for: English when it begins with "en", Chinese otherwise.
func (t Text) In(language string) string {
	if IsEnglish(language) {
		return t.En
	}
	return t.Zh
}

// IsZero tells whether neither language has text.
func (t Text) IsZero() bool { return t.Zh == "" && t.En == "" }

// IsEnglish tells whether a language tag or Accept-Language value prefers English.
func IsEnglish(language string) bool {
	return strings.HasPrefix(strings.ToLower(strings.TrimSpace(language)), "en")
}
