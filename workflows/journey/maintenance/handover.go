package maintenance

import (
	"cmp"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/effects"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/workflows/journey"
)

// confirmed gives the hand-over that all three parties have confirmed and whose
// external window has not moved.
func (s *State) confirmed() (*catalogue.HandOver, bool) {
	h := s.Now.Value.HandOver
	return h, h != nil && !h.ConfirmedAt.IsZero() && h.MovedAt.IsZero() && s.Now.Value.Owner != h.To && s.runs()
}

// handOver asks that the external window moves, once all three parties have
// confirmed, and again some time after a transfer that was refused or that nobody
// acted on (R-049, C-12).
func handOver() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "hand_over",
		Arm: func(s *State, v *policy.View, p *journey.Pending) {
			h, confirmed := s.confirmed()
			if !confirmed {
				return
			}
			since, due := h.ConfirmedAt, h.ConfirmedAt
			if h.RefusedAt > since {
				again := v.Sections.Maintenance.HandOverAgain
				if again.IsZero() {
					return
				}
				since, due = h.RefusedAt, v.After(h.RefusedAt, again)
			}
			if since > s.Moved {
				p.Episode(s.At, int64(since), due)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			h := s.Now.Value.HandOver
			s.Moved = max(h.ConfirmedAt, h.RefusedAt)
			f.Ask(journey.RequestTransfer, s.subject(), effects.RequestTransfer{Customer: s.ID, To: h.To, Reason: "销售、实施、客户成功三方已确认交接 / sales, implementation and success confirmed the hand-over"})
		},
		Does: func(s *State, _ journey.Obligation, _ *policy.View) lang.Text {
			if h := s.Now.Value.HandOver; h != nil && h.Refusals > 0 {
				return lang.T("再次申请将对外窗口移交给客户成功", "ask again that the external window moves to customer success")
			}
			return lang.T("申请将对外窗口移交给客户成功", "ask that the external window moves to customer success")
		},
		Policy: func(s *State, _ journey.Obligation) string {
			if h := s.Now.Value.HandOver; h != nil && h.Refusals > 0 {
				return "maintenance.hand_over_again"
			}
			return "maintenance.hand_over"
		},
	}
}

// handOverRefused tells the owner's supervisor, and who was to become the window,
// of each transfer that ended without the window having moved: a hand-over that
// three parties confirmed does not stand still unseen.
func handOverRefused() journey.Rule[State] {
	return journey.Rule[State]{
		Name: "hand_over_refused",
		Arm: func(s *State, _ *policy.View, p *journey.Pending) {
			if h, confirmed := s.confirmed(); confirmed && h.RefusedAt > s.Refused {
				p.Episode(s.At, int64(h.RefusedAt), h.RefusedAt)
			}
		},
		Fire: func(s *State, f *journey.Firing) {
			h := s.Now.Value.HandOver
			s.Refused = h.RefusedAt
			text := refusal(h, f.View)
			s.remind(f, catalogue.LevelEscalate, s.Now.Value.Owner, text, f.Due)
			s.remind(f, catalogue.LevelInform, h.To, text, f.Due)
		},
		Does: func(*State, journey.Obligation, *policy.View) lang.Text {
			return lang.T("升级给主管：移交申请未成", "escalate to the supervisor: the transfer did not take place")
		},
		Policy: func(*State, journey.Obligation) string { return "maintenance.hand_over_again" },
	}
}

// refusal says how the transfer ended and what comes next.
func refusal(h *catalogue.HandOver, v *policy.View) lang.Text {
	r := catalogue.Refusal{}
	if h.Refused != nil {
		r = *h.Refused
	}
	how := lang.T("被撤回", "was taken back")
	switch {
	case r.Status == catalogue.TransferRejected:
		how = lang.T("被驳回", "was refused")
	case r.Status == catalogue.TransferAccepted:
		how = lang.T("被转给了他人", "went to somebody else")
	case r.Remark == "expired":
		how = lang.T("无人处理已失效", "expired because nobody acted")
	}
	if r.Remark != "" && r.Remark != "expired" {
		how = lang.T(how.Zh+"（"+r.Remark+"）", how.En+" ("+r.Remark+")")
	}
	next := lang.T("请处理", "see to it")
	if again := v.Sections.Maintenance.HandOverAgain; !again.IsZero() {
		at := v.Local(v.After(cmp.Or(h.RefusedAt, instant.Time(1)), again))
		next = lang.T(at+" 将再次申请", "it is asked for again at "+at)
	}
	return lang.T("三方已确认交接，但移交申请"+how.Zh+"；"+next.Zh, "three parties confirmed the hand-over, but its transfer "+how.En+"; "+next.En)
}
