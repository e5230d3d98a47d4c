package policy

// PublicLinks rules what strangers may do by signed links.
type PublicLinks struct {
	PerMinute     int      `json:"per_minute" doc:"Requests a minute and address that signed links take" minimum:"1" maximum:"10000"`
	PerMinuteLink int      `json:"per_minute_link" doc:"Requests a minute that one signed link takes, from anywhere" minimum:"1" maximum:"10000"`
	CaseValid     Duration `json:"case_valid" doc:"How long a link to a case's progress is good (R-142)"`
	SurveyValid   Duration `json:"survey_valid" doc:"How long a survey can be answered (R-148)"`
	EventValid    Duration `json:"event_valid" doc:"How long after an event its invitation can still be looked at (R-151)"`
}

func shippedPublicLinks() PublicLinks {
	return PublicLinks{PerMinute: 60, PerMinuteLink: 120, CaseValid: D("365d"), SurveyValid: D("14d"), EventValid: D("30d")}
}

func (c *checker) publicLinks(v PublicLinks) {
	c.positive("public_links.case_valid", v.CaseValid)
	c.positive("public_links.survey_valid", v.SurveyValid)
	c.positive("public_links.event_valid", v.EventValid)
}
