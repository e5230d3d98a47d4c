package cases

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"strings"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/cases/ticket"
	"liuke.dev/services/accounts/internal/links"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/signedlink"
)

// complain is the purpose of the links by which customers complain and suggest
// anybody is the subject of the one that is for no particular customer.
const (
	complain = "complaint"
	anybody  = "anybody"
)

// Feedback is what a customer sends by such a link.
type Feedback struct {
	Kind    string `json:"kind,omitempty" maxLength:"40" doc:"A complaint unless told: of the kinds that customers may send"`
	Text    string `json:"text" maxLength:"4000"`
	Company string `json:"company,omitempty" maxLength:"200"`
	Name    string `json:"name,omitempty" maxLength:"200"`
	Phone   string `json:"phone,omitempty" maxLength:"60"`
	Email   string `json:"email,omitempty" maxLength:"254"`
}

// Receipt is what the customer gets for it.
type Receipt struct {
	Case    string `json:"case"`
	Address string `json:"address" doc:"Where its progress can be seen"`
}

// Complain opens a complaint in one step: all that is asked is what happened, and
// who it was where that is not known.
func (c *Cases) Complain(ctx context.Context, in Draft) (*Doc, error) {
	v, err := c.Policy.At(c.Clock())
	if err != nil {
		return nil, problem.Away(err)
	}
	in.Kind = v.Sections.Cases.Complaint
	return c.Open(ctx, in)
}

// ComplaintLink makes the link by which one customer, or anybody, complains.
func (c *Cases) ComplaintLink(ctx context.Context, customer string) (address string, until instant.Time, err error) {
	if err := c.Guard.MayAtAll(auth.From(ctx), access.CaseInvite); err != nil {
		return "", 0, err
	}
	at, v, err := c.now()
	if err != nil {
		return "", 0, err
	}
	subject := anybody
	if customer != "" {
		f, err := c.Files.Root(ctx, customer)
		if err != nil {
			return "", 0, problem.Missing("客户", "customer", customer)
		}
		subject = f.ID
	}
	until = v.After(at, v.Sections.PublicLinks.CaseValid)
	address, err = c.Links.Address(signedlink.Link{Purpose: complain, Subject: subject, Expires: until})
	return address, until, err
}

// FromCustomer opens the case of what a customer sends by a link. The same words
// sent twice within a day are one case.
func (c *Cases) FromCustomer(ctx context.Context, link signedlink.Link, in Feedback) (Receipt, error) {
	at, v, err := c.now()
	if err != nil {
		return Receipt{}, err
	}
	kind := cmp.Or(in.Kind, v.Sections.Cases.Complaint)
	if !sendable(v, kind) {
		return Receipt{}, problem.InvalidFields(problem.FieldError("kind", "one_of", "不能选择这个类型", "customers cannot send this kind"))
	}
	for _, s := range []*string{&in.Text, &in.Name, &in.Phone, &in.Email, &in.Company} {
		*s = strings.TrimSpace(*s)
	}
	d := Draft{Company: in.Company, Intake: ticket.Intake{Kind: kind, Text: in.Text, Channel: "web", By: "link:" + complain,
		Caller: catalogue.Caller{Name: in.Name, Phone: in.Phone, Email: in.Email}}}
	if link.Subject != anybody {
		d.Customer = link.Subject
	}
	sum := sha256.Sum256([]byte(strings.Join([]string{link.Subject, kind, in.Text, in.Company, in.Name, in.Phone, in.Email, v.Local(at)[:10]}, "\x00")))
	ctx = facts.WithActor(ctx, catalogue.Actor{ID: d.By, Kind: catalogue.ActorPublic})
	doc, err := c.open(ctx, httpx.NewID(httpx.WithCommand(ctx, "complaint:"+hex.EncodeToString(sum[:]))), d)
	if err != nil {
		return Receipt{}, err
	}
	address, err := c.Address(&doc.Body)
	return Receipt{Case: doc.ID, Address: address}, err
}

// sendable tells whether customers may send a kind: complaints, and what gets an outcome.
func sendable(v *policy.View, id string) bool {
	k := v.Sections.Cases.Kind(id)
	return k != nil && (id == v.Sections.Cases.Complaint || k.Outcome)
}

type feedbackInput struct {
	links.Path
	Body Feedback
}

type receiptOutput struct {
	Status int
	Body   Receipt
}

func (c *Cases) registerComplaints(s *httpx.Server) {
	httpx.Handle(s, httpx.Op{Method: http.MethodPost, Path: links.Route(complain, "{token}"), ID: "send-complaint", Tag: links.Tag, Public: true, MaxBody: links.MaxBody,
		Status: http.StatusCreated, Summary: "A customer complains or suggests, in one step (R-144)"}, func(ctx context.Context, in *feedbackInput) (*receiptOutput, error) {
		link, err := c.Links.Open(ctx, complain, in.Path)
		if err != nil {
			return nil, err
		}
		r, err := c.FromCustomer(ctx, link, in.Body)
		return &receiptOutput{http.StatusCreated, r}, err
	})
	c.Links.Page(s, complain, "The form by which customers complain and suggest (R-144)", func(r links.Reader) (links.Page, error) {
		return c.form(r.Link, Feedback{}, nil)
	}, func(r links.Reader) (links.Page, error) {
		in := Feedback{Kind: r.PostForm("kind"), Text: r.PostForm("text"), Company: r.PostForm("company"), Name: r.PostForm("name"), Phone: r.PostForm("phone"), Email: r.PostForm("email")}
		receipt, err := c.FromCustomer(r.Request.Context(), r.Link, in)
		var wrong *problem.Error
		if errors.As(err, &wrong) && len(wrong.Fields) > 0 {
			page, err := c.form(r.Link, in, wrong.Fields)
			page.Status = wrong.Status()
			return page, err
		}
		return links.Page{Status: http.StatusCreated, Title: lang.T("已收到", "Received"), Notice: lang.T("谢谢，我们已收到并指定了负责人。请保存进度链接。", "Thank you: somebody is responsible for it now. Keep the link to its progress."),
			Facts: []links.Fact{{Name: lang.T("编号", "Number"), Value: lang.T(receipt.Case, receipt.Case)}, {Name: lang.T("进度", "Progress"), Value: lang.T(receipt.Address, receipt.Address)}}}, err
	})
}

// form is the page on which a customer complains or suggests.
func (c *Cases) form(link signedlink.Link, in Feedback, wrong []problem.Field) (links.Page, error) {
	v, err := c.Policy.At(c.Clock())
	if err != nil {
		return links.Page{}, problem.Away(err)
	}
	f := &links.Form{Submit: lang.T("提交", "Send")}
	kinds := links.Field{Name: "kind", Kind: links.Choice, Label: lang.T("类型", "Kind"), Value: cmp.Or(in.Kind, v.Sections.Cases.Complaint), Required: true}
	for _, k := range v.Sections.Cases.Kinds {
		if sendable(v, k.ID) {
			kinds.Options = append(kinds.Options, links.Option{Value: k.ID, Label: k.Name})
		}
	}
	f.Fields = append(f.Fields, kinds, links.Field{Name: "text", Kind: links.Long, Label: lang.T("发生了什么？", "What happened?"), Value: in.Text, Required: true, MaxLength: ticket.MaxText})
	if link.Subject == anybody {
		f.Fields = append(f.Fields, links.Field{Name: "name", Kind: links.Line, Label: lang.T("您的姓名", "Your name"), Value: in.Name, MaxLength: 200},
			links.Field{Name: "company", Kind: links.Line, Label: lang.T("公司（如有）", "Company, if any"), Value: in.Company, MaxLength: 200},
			links.Field{Name: "phone", Kind: links.Line, Label: lang.T("电话", "Telephone"), Value: in.Phone, MaxLength: 60, Hint: lang.T("电话和邮箱至少填一项", "Either a number or an address")},
			links.Field{Name: "email", Kind: links.Line, Label: lang.T("邮箱", "E-mail"), Value: in.Email, MaxLength: 254})
	}
	for i := range wrong {
		wrong[i].Field = strings.TrimPrefix(wrong[i].Field, "caller.")
		if wrong[i].Field == "customer" {
			wrong[i].Field = "phone"
		}
	}
	f.Named(wrong, "")
	return links.Page{Title: lang.T("投诉与建议", "Complaints and suggestions"), Form: f}, nil
}
