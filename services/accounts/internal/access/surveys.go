package access

import "liuke.dev/shared/auth"

// The actions over surveys.
const (
	SurveySend   Action = "survey.send"   // to a customer
	SurveyRead   Action = "survey.read"   // a customer's answers
	SurveyFigure Action = "survey.figure" // NPS and satisfaction of all
)

// SurveyActions lists them in the order of the table.
var SurveyActions = []Action{SurveySend, SurveyRead, SurveyFigure}

// surveyRights: departments that serve customers ask them; everybody who may read a customer reads what they said.
var surveyRights = map[auth.Role]rights{
	auth.Salesperson:    {SurveySend: Own, SurveyRead: Mates},
	auth.AccountManager: {SurveySend: Own, SurveyRead: All, SurveyFigure: All},
	auth.SalesManager:   {SurveySend: Team, SurveyRead: Team, SurveyFigure: All},
	auth.SalesDirector:  {SurveySend: All, SurveyRead: All, SurveyFigure: All},
	auth.Management:     {SurveySend: All, SurveyRead: All, SurveyFigure: All},
	auth.Service:        {SurveySend: All, SurveyRead: All, SurveyFigure: All},
	auth.Success:        {SurveySend: All, SurveyRead: All, SurveyFigure: All},
	auth.Operations:     {SurveySend: All, SurveyRead: All, SurveyFigure: All},
	auth.Marketing:      {SurveySend: All, SurveyRead: All, SurveyFigure: All},
	auth.Implementation: {SurveySend: Own, SurveyRead: All},
	auth.Product:        {SurveyRead: All, SurveyFigure: All},
	auth.Administrator:  {SurveyRead: All},
	auth.System:         {SurveySend: All, SurveyRead: All},
}
