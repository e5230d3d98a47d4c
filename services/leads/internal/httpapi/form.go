package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humagin"
	"github.com/gin-gonic/gin"

	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"

	"liuke.dev/services/leads/internal/app"
	"liuke.dev/services/leads/internal/lead"
	"liuke.dev/services/leads/internal/storage"
)

const tagForms = "web forms"

type forms struct{ app *app.App }

// maxForm bounds the body that strangers may send.
const maxForm = 16 << 10

func registerForms(s *httpx.Server, a *app.App) {
	f := forms{a}
	submit := creates("/v1/forms/{key}", "submit-form", tagForms, "Send a web form: the same lead as by any other way (R-006)",
		"Public, for browsers of any site that the form names; rate-limited by address and by form.")
	submit.Public, submit.MaxBody = true, maxForm
	httpx.Handle(s, submit, f.submit)
	s.Routes.OPTIONS("/v1/forms/:key", func(c *gin.Context) {
		c.Header("Access-Control-Allow-Origin", "*")
		c.Header("Access-Control-Allow-Methods", http.MethodPost)
		c.Header("Access-Control-Allow-Headers", "Content-Type, Idempotency-Key, Accept-Language")
		c.Header("Access-Control-Max-Age", "86400")
		c.Status(http.StatusNoContent)
	})
	httpx.Handle(s, creates("/v1/forms", "create-form", tagForms, "Make a web form with its site key", ""), f.create)
	httpx.Handle(s, op(http.MethodGet, "/v1/forms", "list-forms", tagForms, "List web forms", ""), f.list)
	httpx.Handle(s, op(http.MethodPatch, "/v1/forms/{key}", "switch-form", tagForms, "Turn a web form on or off", ""), f.change)
}

// submitInput is a form as a browser sends it.
type submitInput struct {
	Key    string `path:"key" maxLength:"80"`
	Origin string `header:"Origin" maxLength:"300"`
	Body   struct {
		Company string `json:"company,omitempty" maxLength:"200"`
		Contact string `json:"contact,omitempty" maxLength:"200"`
		Phone   string `json:"phone,omitempty" maxLength:"60"`
		Email   string `json:"email,omitempty" maxLength:"254"`
		WeChat  string `json:"wechat,omitempty" maxLength:"200"`
		Need    string `json:"need,omitempty" maxLength:"2000"`
		// Homepage is a field that people do not see: whoever fills it in is a robot.
		Homepage string `json:"homepage,omitempty" maxLength:"2000" doc:"Leave empty; hidden from people"`
	}
	address string
}

// Resolve notes who sends the form, and lets pages of any site read the answer:
// which sites may send it is decided by its key.
func (in *submitInput) Resolve(c huma.Context) []error {
	c.SetHeader("Access-Control-Allow-Origin", "*")
	in.address = humagin.Unwrap(c).ClientIP()
	return nil
}

// received is all that a stranger learns.
type received struct {
	Received bool `json:"received"`
}

func (h forms) submit(ctx context.Context, in *submitInput) (*struct{ Body received }, error) {
	ok := &struct{ Body received }{received{true}}
	if in.Body.Homepage != "" {
		return ok, nil
	}
	b := in.Body
	_, err := h.app.SubmitForm(ctx, app.Submission{Key: in.Key, Origin: in.Origin, Address: in.address},
		lead.Intake{Company: b.Company, Contact: b.Contact, Phone: b.Phone, Email: b.Email, WeChat: b.WeChat, Need: b.Need})
	if err != nil {
		return nil, err
	}
	return ok, nil
}

func (h forms) create(ctx context.Context, in *struct {
	Body struct {
		Name    string   `json:"name" minLength:"1" maxLength:"200"`
		Origins []string `json:"origins" minItems:"1" maxItems:"50" doc:"Sites that may send it, such as https://example.com; * for any"`
	}
}) (*httpx.Item[formView], error) {
	d, err := h.app.CreateForm(ctx, in.Body.Name, in.Body.Origins)
	if err != nil {
		return nil, err
	}
	return httpx.NewCreated(viewOfForm(d), d.Version, httpx.Path("v1", "forms", d.ID)), nil
}

// formView is a web form as the interface shows it.
type formView struct {
	Key       string       `json:"key" doc:"Site key: the last part of the address that the site posts to"`
	Name      string       `json:"name"`
	Origins   []string     `json:"origins"`
	Active    bool         `json:"active"`
	CreatedBy string       `json:"created_by"`
	CreatedAt instant.Time `json:"created_at"`
}

func viewOfForm(d *app.FormDoc) formView { return formView(storage.Form(d.Body)) }

func (h forms) list(ctx context.Context, in *httpx.PageParams) (*httpx.List[formView], error) {
	docs, next, err := h.app.ListForms(ctx, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	out := make([]formView, 0, len(docs))
	for _, d := range docs {
		out = append(out, viewOfForm(d))
	}
	return httpx.NewList(out, next), nil
}

func (h forms) change(ctx context.Context, in *struct {
	Key  string `path:"key" maxLength:"80"`
	Body struct {
		Active bool `json:"active"`
	}
}) (*httpx.Item[formView], error) {
	d, err := h.app.SwitchForm(ctx, in.Key, in.Body.Active)
	if err != nil {
		return nil, err
	}
	return httpx.NewItem(viewOfForm(d), d.Version), nil
}
