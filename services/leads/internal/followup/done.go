package followup

import "liuke.dev/shared/lang"

// What can be missing for follow-up to be done.
const (
	MissingNextStep  = "next_step"  // 下一步动作
	MissingNextTouch = "next_touch" // 下一次跟进时间
	MissingStage     = "stage"      // 当前阶段
	MissingKeyInfo   = "key_info"   // 关键人/关键需求/关键异议
)

var missingNames = map[string]lang.Text{
	MissingNextStep:  lang.T("下一步动作", "next step"),
	MissingNextTouch: lang.T("下一次跟进时间", "next touch time"),
	MissingStage:     lang.T("当前阶段", "stage"),
	MissingKeyInfo:   lang.T("关键人/关键需求/关键异议", "key person, key need or key objection"),
}

// MissingName gives what is missing in words.
func MissingName(id string) lang.Text { return missingNames[id] }

// Missing lists what is missing for follow-up to be done; nothing missing is
// done (跟进到位, R-016). Key information is there once a key person, a key need
// or an objection is known: the slash of the rule is read as "or".
func Missing(t Trail, stage string) []string {
	var missing []string
	if t.NextAction == "" {
		missing = append(missing, MissingNextStep)
	}
	if t.NextTouchAt.IsZero() {
		missing = append(missing, MissingNextTouch)
	}
	if stage == "" {
		missing = append(missing, MissingStage)
	}
	if t.KeyPerson == "" && t.KeyNeed == "" && len(t.Objections) == 0 {
		missing = append(missing, MissingKeyInfo)
	}
	return missing
}

// Judge sets Done and Missing of a trail.
func (t *Trail) Judge(stage string) {
	t.Missing = Missing(*t, stage)
	t.Done = len(t.Missing) == 0
}
