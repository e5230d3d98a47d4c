package policy

// Timeline rules what others may tell of customers.
type Timeline struct {
	FutureTolerance Duration `json:"future_tolerance" doc:"An entry from further in the future than this is refused: its clock is wrong"`
}

// DataTrust says when what the system says and what customers do contradict one
// another. An empty duration switches a rule off.
type DataTrust struct {
	NegotiationSilent Duration `json:"negotiation_silent" doc:"A deal in quoting, negotiation or decision whose customer has said nothing for longer is doubted"`
	WonWithoutOrder   Duration `json:"won_without_order" doc:"A won deal that has neither order, payment nor contract this long after the win is doubted"`
	PromiseOverdue    Duration `json:"promise_overdue" doc:"A next touch that was promised and is this long overdue without any contact is doubted"`
	UsedAfterLoss     Duration `json:"used_after_loss" doc:"Orders or log-ins within this time after a deal was marked lost contradict it"`
	ConsentChannels   []string `json:"consent_channels" doc:"Channels on which a customer who withdrew consent must not be contacted: call, mail, wechat, visit"`
	SetAsideFor       Duration `json:"set_aside_for" doc:"A finding that somebody set aside may come up again after this time"`
}

func shippedTimeline() Timeline { return Timeline{FutureTolerance: D("5m")} }

func shippedDataTrust() DataTrust {
	return DataTrust{NegotiationSilent: D("30d"), WonWithoutOrder: D("30d"), PromiseOverdue: D("7d"), UsedAfterLoss: D("30d"),
		ConsentChannels: []string{"call", "mail", "wechat"}, SetAsideFor: D("30d")}
}

func (c *checker) timeline(v Timeline) {
	c.positive("timeline.future_tolerance", v.FutureTolerance)
}

// contactKinds are the kinds of timeline entries in which somebody is spoken to.
var contactKinds = []string{"call", "mail", "wechat", "visit", "meeting"}

func (c *checker) dataTrust(v DataTrust) {
	c.known("data_trust.consent_channels", v.ConsentChannels, contactKinds)
}
