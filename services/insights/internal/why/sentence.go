package why

import (
	"fmt"
	"strings"

	"liuke.dev/shared/lang"
)

// sentence puts the chain into one sentence.
func sentence(a Answer) lang.Text {
	var zh, en []string
	say := func(z, e string) { zh, en = append(zh, z), append(en, e) }
	rule, ground := false, false // the nearest of each: the rest is in the chain
	for i, l := range a.Chain {
		switch {
		case i == 0 && l.Kind == "fact":
			say(l.Text.Zh, l.Text.En)
		case l.Kind == "obligation" && !rule:
			rule = true
			by := lang.T(l.Setting+"，", l.Setting+", ")
			if l.Setting == "" { // a step has the due time of its process
				by = lang.Text{}
			}
			say(fmt.Sprintf("因为规则 %s 于 %s 到期（%s策略版本 %d）", l.Rule, l.Due, by.Zh, l.Policy),
				fmt.Sprintf("because rule %s was due at %s (%spolicy version %d)", l.Rule, l.Due, by.En, l.Policy))
		case l.Kind == "fact" && !ground:
			ground = true
			say(fmt.Sprintf("依据 %s %s", l.At, l.Text.Zh), fmt.Sprintf("resting on %s %s", l.At, l.Text.En))
		}
	}
	if len(a.Next) > 0 {
		n := a.Next[0]
		say(fmt.Sprintf("如无人处理，%s：%s", n.Due, n.Does.Zh), fmt.Sprintf("if nobody acts, at %s: %s", n.Due, n.Does.En))
	}
	return lang.T(strings.Join(zh, "；"), strings.Join(en, "; "))
}
