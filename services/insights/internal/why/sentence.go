package why

import (
	"fmt"
	"strings"

	"liuke.dev/shared/lang"
)

// sentence puts the chain into one sentence.
func sentence(a Answer) lang.Text {
	var zh, en []string
	for i, l := range a.Chain {
		switch {
		case i == 0 && l.Kind == "fact":
			zh, en = append(zh, l.Text.Zh), append(en, l.Text.En)
		case l.Kind == "obligation":
			zh = append(zh, fmt.Sprintf("因为规则 %s 于 %s 到期（%s，策略版本 %d）", l.Rule, l.Due, l.Setting, l.Policy))
			en = append(en, fmt.Sprintf("because rule %s was due at %s (%s, policy version %d)", l.Rule, l.Due, l.Setting, l.Policy))
		case l.Kind == "fact":
			zh = append(zh, fmt.Sprintf("依据 %s %s", l.At, l.Text.Zh))
			en = append(en, fmt.Sprintf("resting on %s %s", l.At, l.Text.En))
		}
	}
	if len(a.Next) > 0 {
		zh = append(zh, fmt.Sprintf("如无人处理，%s：%s", a.Next[0].Due, a.Next[0].Does.Zh))
		en = append(en, fmt.Sprintf("if nobody acts, at %s: %s", a.Next[0].Due, a.Next[0].Does.En))
	}
	return lang.T(strings.Join(zh, "；"), strings.Join(en, "; "))
}
