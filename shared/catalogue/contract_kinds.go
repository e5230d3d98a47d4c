package catalogue

func (*ContractDrafted) Kind() Kind {
	return Kind{"liuke.accounts.contract_drafted.v1", TopicAccounts, "A contract was drafted."}
}
func (*ContractChanged) Kind() Kind {
	return Kind{"liuke.accounts.contract_changed.v1", TopicAccounts, "A contract's draft was edited, or it was taken back to a draft."}
}
func (*ContractSubmitted) Kind() Kind {
	return Kind{"liuke.accounts.contract_submitted.v1", TopicAccounts, "A contract was submitted for approval."}
}
func (*ContractStepDecided) Kind() Kind {
	return Kind{"liuke.accounts.contract_step_decided.v1", TopicAccounts, "A step of a contract's approval was decided."}
}
func (*ContractApprovedFact) Kind() Kind {
	return Kind{"liuke.accounts.contract_approved.v1", TopicAccounts, "A contract was approved."}
}
func (*ContractSentFact) Kind() Kind {
	return Kind{"liuke.accounts.contract_sent.v1", TopicAccounts, "A contract was sent for signing."}
}
func (*ContractUrged) Kind() Kind {
	return Kind{"liuke.accounts.contract_urged.v1", TopicAccounts, "A customer was reminded to sign a contract."}
}
func (*ContractSignedFact) Kind() Kind {
	return Kind{"liuke.accounts.contract_signed.v1", TopicAccounts, "A contract was signed."}
}
func (*ContractActivated) Kind() Kind {
	return Kind{"liuke.accounts.contract_activated.v1", TopicAccounts, "A contract's term began."}
}
func (*ContractRenewalIntentRecorded) Kind() Kind {
	return Kind{"liuke.accounts.contract_renewal_intent_recorded.v1", TopicAccounts, "What a customer says about renewing was recorded."}
}
func (*ContractEnded) Kind() Kind {
	return Kind{"liuke.accounts.contract_ended.v1", TopicAccounts, "A contract was renewed, expired or was terminated."}
}
func (*ContractPaid) Kind() Kind {
	return Kind{"liuke.accounts.contract_paid.v1", TopicAccounts, "A payment for a contract was recorded."}
}
func (*ContractMarked) Kind() Kind {
	return Kind{"liuke.accounts.contract_marked.v1", TopicAccounts, "A contract was marked, or the mark cleared."}
}
func (*QuoteRequested) Kind() Kind {
	return Kind{"liuke.accounts.quote_requested.v1", TopicAccounts, "A customer asked for a price."}
}
func (*QuotesCompared) Kind() Kind {
	return Kind{"liuke.accounts.quotes_compared.v1", TopicAccounts, "A customer asks for prices so often that it compares them."}
}
func (*OfferPushed) Kind() Kind {
	return Kind{"liuke.accounts.offer_pushed.v1", TopicAccounts, "An eligible customer was sent an offer."}
}

func contracts() []Data {
	return []Data{&ContractDrafted{}, &ContractChanged{}, &ContractSubmitted{}, &ContractStepDecided{}, &ContractApprovedFact{}, &ContractSentFact{},
		&ContractUrged{}, &ContractSignedFact{}, &ContractActivated{}, &ContractRenewalIntentRecorded{}, &ContractEnded{}, &ContractPaid{}, &ContractMarked{},
		&QuoteRequested{}, &QuotesCompared{}, &OfferPushed{}}
}
