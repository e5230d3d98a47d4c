package catalogue

import (
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
)

// States of a churn review.
const (
	ChurnOpen      = "open"      // findings are being collected
	ChurnClosed    = "closed"    // reviewed
	ChurnWithdrawn = "withdrawn" // the customer turned out not to be lost
)

// Roles that take part in a churn review.
const (
	ChurnSales     = "sales"
	ChurnTechnical = "technical"
	ChurnProduct   = "product"
	ChurnService   = "service"
)

// Phases of a full-process review.
const (
	PhaseBefore = "before" // 售前
	PhaseDuring = "during" // 售中
	PhaseAfter  = "after"  // 售后
)

// Ways of a lost-customer interview.
const (
	InterviewPhone         = "phone"         // a talk, recorded by who led it
	InterviewQuestionnaire = "questionnaire" // anonymous: nothing leads from the answer to the customer
	InterviewDeep          = "deep"          // one to one, for the sampled lost key accounts
	InterviewRefused       = "refused"       // the customer would not talk
)

// Kinds of tasks of churn reviews and of scheduled reviews.
const (
	TaskChurnFindings  = "churn_findings"  // 写流失复盘意见
	TaskChurnInterview = "churn_interview" // 流失客户访谈
	TaskChurnClose     = "churn_close"     // 完成流失复盘
	TaskReview         = "review"          // 例行复盘
)

// ChurnReview is the review of one lost customer.
type ChurnReview struct {
	ID          string       `json:"id" doc:"<customer>.<n>: the customer's nth loss"`
	Customer    string       `json:"customer"`
	Company     string       `json:"company,omitempty"`
	Status      string       `json:"status" enum:"open,closed,withdrawn"`
	ChurnedOn   instant.Time `json:"churned_on" doc:"When the customer was lost"`
	Evidence    string       `json:"evidence" doc:"How it is known that the customer is lost"`
	Facts       []string     `json:"facts,omitempty" doc:"Ids of facts or timeline entries that show it"`
	ConfirmedBy string       `json:"confirmed_by"`
	ConfirmedAt instant.Time `json:"confirmed_at"`
	Owner       string       `json:"owner,omitempty" doc:"First-responsible person when it was confirmed; who closes the review"`

	Participants []ChurnParticipant `json:"participants"`
	Reasons      []ChurnReason      `json:"reasons,omitempty" doc:"The first is the main one (R-122)"`
	Interview    ChurnInterview     `json:"interview"`
	Competitor   string             `json:"competitor,omitempty" doc:"Who won the customer, and with what (R-182)"`
	Traits       ChurnTraits        `json:"traits" doc:"As they were when the customer was lost (R-123)"`

	Attributions []ChurnAttribution `json:"attributions,omitempty" doc:"From recorded events alone, the heaviest first (R-128)"`
	LostAt       ChurnStep          `json:"lost_at" doc:"Step of the journey map where the customer was lost (R-126)"`
	Summary      string             `json:"summary,omitempty"`
	Lessons      []string           `json:"lessons,omitempty" doc:"What is done differently from now on"`
	ClosedBy     string             `json:"closed_by,omitempty"`
	ClosedAt     instant.Time       `json:"closed_at,omitempty"`
	Withdrawn    string             `json:"withdrawn,omitempty" doc:"Why the churn was withdrawn"`

	WonBackAt instant.Time `json:"won_back_at,omitempty" doc:"The customer ordered again after it was lost"`
	WonBackBy string       `json:"won_back_by,omitempty" doc:"Id of the timeline entry that shows it, or of the person who says so"`
}

// ChurnParticipant is somebody of a department who takes part in a review.
type ChurnParticipant struct {
	Role     string         `json:"role" enum:"sales,technical,product,service"`
	Person   string         `json:"person"`
	Findings []ChurnFinding `json:"findings,omitempty"`
	DoneAt   instant.Time   `json:"done_at,omitempty"`
}

// ChurnFinding is what a participant found in one phase.
type ChurnFinding struct {
	Phase string   `json:"phase" enum:"before,during,after"`
	Text  string   `json:"text"`
	Facts []string `json:"facts,omitempty" doc:"Ids of facts or timeline entries it rests on"`
}

// ChurnReason is why a customer was lost.
type ChurnReason struct {
	Reason       string `json:"reason" doc:"Of the policy's list"`
	Controllable bool   `json:"controllable" doc:"As the policy marked it when it was chosen: true controllable, false external"`
	Text         string `json:"text,omitempty"`
}

// ChurnInterview is the interview of a lost customer.
type ChurnInterview struct {
	// Sampled says that this lost key account is one of those whom somebody talks to one to one.
	Sampled bool         `json:"sampled,omitempty" doc:"A lost key account chosen for a one-to-one interview"`
	Way     string       `json:"way,omitempty" enum:"phone,questionnaire,deep,refused"`
	By      string       `json:"by,omitempty"`
	At      instant.Time `json:"at,omitempty"`
	Notes   string       `json:"notes,omitempty" doc:"Of a talk; an anonymous answer is never here"`
}

// ChurnTraits are what churned and retained customers are compared by.
type ChurnTraits struct {
	Industry string `json:"industry,omitempty"`
	Cycle    string `json:"cycle,omitempty" doc:"Band of the usual time between orders"`
	Amount   string `json:"amount,omitempty" doc:"Band of the usual order amount"`
	Type     string `json:"type,omitempty"`
}

// ChurnStep is a step of a customer's journey.
type ChurnStep struct {
	Step  string       `json:"step,omitempty" doc:"inquiry, quote, order, delivery, service, renewal …"`
	Name  lang.Text    `json:"name"`
	At    instant.Time `json:"at,omitempty"`
	Entry string       `json:"entry,omitempty" doc:"Timeline entry that shows it"`
	Says  lang.Text    `json:"says"`
}

// ChurnAttribution says at which step, and by whom, a promise was broken.
type ChurnAttribution struct {
	Step   string    `json:"step"`
	Rule   string    `json:"rule" doc:"Which rule of attribution found it"`
	Person string    `json:"person,omitempty" doc:"Whose it was when it happened; empty: nobody's"`
	Weight int       `json:"weight" doc:"Share in hundredths of all that was found"`
	Facts  []string  `json:"facts" doc:"Ids of the recorded facts or timeline entries: never empty"`
	Says   lang.Text `json:"says"`
}

// ChurnConfirmed is recorded when somebody confirms that a customer is lost.
type ChurnConfirmed struct {
	Head
	After ChurnReview `json:"after"`
}

// ChurnReviewOpened is recorded when the review of a lost customer begins.
type ChurnReviewOpened struct {
	Head
	After ChurnReview `json:"after"`
}

// ChurnReviewChanged is recorded when something is added to a review.
type ChurnReviewChanged struct {
	Head
	After   ChurnReview `json:"after"`
	Changed string      `json:"changed" enum:"findings,reasons,interview,participants,facts"`
}

// ChurnReviewClosed is recorded when a review is complete.
type ChurnReviewClosed struct {
	Head
	After ChurnReview `json:"after"`
}

// ChurnWithdrew is recorded when a confirmed churn turned out to be none.
type ChurnWithdrew struct {
	Head
	After ChurnReview `json:"after"`
}

// CustomerWonBack is recorded when a lost customer orders again.
type CustomerWonBack struct {
	Head
	After ChurnReview `json:"after"`
}

// Kind names the fact.
func (*ChurnConfirmed) Kind() Kind {
	return Kind{"liuke.accounts.churn_confirmed.v1", TopicAccounts, "Somebody confirmed that a customer is lost; its review begins."}
}

// Kind names the fact.
func (*ChurnReviewOpened) Kind() Kind {
	return Kind{"liuke.accounts.churn_review_opened.v1", TopicAccounts, "The review of a lost customer began."}
}

// Kind names the fact.
func (*ChurnReviewChanged) Kind() Kind {
	return Kind{"liuke.accounts.churn_review_changed.v1", TopicAccounts, "Findings, reasons or an interview were added to the review of a lost customer."}
}

// Kind names the fact.
func (*ChurnReviewClosed) Kind() Kind {
	return Kind{"liuke.accounts.churn_review_closed.v1", TopicAccounts, "The review of a lost customer is complete."}
}

// Kind names the fact.
func (*ChurnWithdrew) Kind() Kind {
	return Kind{"liuke.accounts.churn_withdrawn.v1", TopicAccounts, "A confirmed churn turned out to be none."}
}

// Kind names the fact.
func (*CustomerWonBack) Kind() Kind {
	return Kind{"liuke.accounts.customer_won_back.v1", TopicAccounts, "A lost customer ordered again."}
}

// Lesson is an entry of the experience base.
type Lesson struct {
	ID       string       `json:"id" doc:"A closed review's id, or one of its own where a person wrote it"`
	Title    string       `json:"title"`
	Text     string       `json:"text"`
	Tags     []string     `json:"tags,omitempty"`
	Review   string       `json:"review,omitempty" doc:"The closed churn review that it is drawn from"`
	Customer string       `json:"customer,omitempty"`
	By       string       `json:"by"`
	At       instant.Time `json:"at"`
}

// LessonRecorded is recorded when something is learnt that the experience base keeps.
type LessonRecorded struct {
	Head
	After Lesson `json:"after"`
}

// Kind names the fact.
func (*LessonRecorded) Kind() Kind {
	return Kind{"liuke.accounts.lesson_recorded.v1", TopicAccounts, "The experience base got an entry, or a new text of one."}
}

// States of an occasion of a scheduled review.
const (
	ReviewPlanned = "planned"
	ReviewHeld    = "held"
	ReviewMissed  = "missed"
)

// Review is one occasion of a scheduled review (R-129, C-15).
type Review struct {
	ID           string           `json:"id" doc:"<rhythm>.<date>"`
	Rhythm       string           `json:"rhythm" doc:"Of the policy's rhythms"`
	Name         lang.Text        `json:"name"`
	Status       string           `json:"status" enum:"planned,held,missed"`
	Owner        string           `json:"owner" doc:"Who holds it and records the evidence"`
	Participants []string         `json:"participants,omitempty"`
	Opens        instant.Time     `json:"opens" doc:"When its task is given"`
	Due          instant.Time     `json:"due"`
	NextDue      instant.Time     `json:"next_due" doc:"When the occasion after it is due"`
	Covers       string           `json:"covers,omitempty" doc:"What is reviewed: funnel, departments, process, churn_risk"`
	Evidence     []ReviewEvidence `json:"evidence,omitempty"`
	Findings     string           `json:"findings,omitempty"`
	Decisions    []string         `json:"decisions,omitempty"`
	HeldBy       string           `json:"held_by,omitempty"`
	HeldAt       instant.Time     `json:"held_at,omitempty"`
}

// ReviewEvidence is what shows that a review took place and what it looked at.
type ReviewEvidence struct {
	Kind string `json:"kind" doc:"Of the rhythm's evidence: minutes, figures, list, attendance …"`
	Text string `json:"text" doc:"The minutes, or where they lie"`
}

// ReviewStepped is recorded when an occasion is planned, held or missed.
type ReviewStepped struct {
	Head
	After Review `json:"after"`
}

// Kind names the fact.
func (*ReviewStepped) Kind() Kind {
	return Kind{"liuke.accounts.review_stepped.v1", TopicAccounts, "An occasion of a scheduled review was planned, held or missed."}
}

func churn() []Data {
	return []Data{&ChurnConfirmed{}, &ChurnReviewOpened{}, &ChurnReviewChanged{}, &ChurnReviewClosed{}, &ChurnWithdrew{}, &CustomerWonBack{}, &LessonRecorded{}, &ReviewStepped{}}
}
