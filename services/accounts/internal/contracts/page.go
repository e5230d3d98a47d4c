package contracts

import (
	"context"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"liuke.dev/services/accounts/internal/contracts/contract"
	"liuke.dev/services/accounts/internal/links"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/money"
	"liuke.dev/shared/problem"
)

// registerLinks adds what a customer reaches by a signing link.
func (c *Contracts) registerLinks(s *httpx.Server) {
	path := links.Route(purpose, "{token}")
	httpx.Handle(s, httpx.Op{Method: "GET", Path: path, ID: "contract-by-link", Summary: "The contract that a link opens", Tag: links.Tag, Public: true,
		Description: "With its text and the hash of its document (R-132)."}, c.byLink)
	httpx.Handle(s, httpx.Op{Method: "POST", Path: path + "/signature", ID: "sign-contract", Summary: "Sign the contract", Tag: links.Tag, Public: true, Status: http.StatusOK, MaxBody: links.MaxBody,
		Description: "With the name typed and the hash of the document that was shown; a link signs once (R-132)."}, c.signByLink)
	httpx.Handle(s, httpx.Op{Method: "POST", Path: path + "/refusal", ID: "decline-contract", Summary: "Decline to sign", Tag: links.Tag, Public: true, Status: http.StatusOK, MaxBody: links.MaxBody}, c.declineByLink)
	describe(s, "contract-document-by-link", path+"/document", "token", "The document that a link opens, as PDF (R-132)")
	s.Routes.GET(links.Route(purpose, ":token")+"/document", func(g *gin.Context) {
		ctx := g.Request.Context()
		p := links.At(g)
		l, err := c.Links.Open(ctx, purpose, p)
		var pdf []byte
		var o catalogue.Contract
		if err == nil {
			d, bad := c.opened(ctx, l)
			if err = bad; err == nil {
				o = d.Body.Contract
				pdf, err = c.document(ctx, o)
			}
		}
		answerPDF(g, pdf, o, err)
	})
	c.Links.Page(s, purpose, "The page on which a customer signs a contract", c.showPage, c.actOnPage)
}

// OpenContract is a contract as whoever holds its link sees it.
type OpenContract struct {
	Number    string                   `json:"number"`
	Title     string                   `json:"title"`
	Seller    string                   `json:"seller"`
	Buyer     string                   `json:"buyer"`
	Items     []catalogue.ContractItem `json:"items"`
	Total     money.Amount             `json:"total"`
	From      instant.Time             `json:"from"`
	Until     instant.Time             `json:"until"`
	SignBy    instant.Time             `json:"sign_by"`
	Text      []string                 `json:"text"`
	Hash      string                   `json:"hash" doc:"SHA-256 of the document: sent back with the signature"`
	Signature *catalogue.Signature     `json:"signature,omitempty"`
}

func (c *Contracts) openOf(o catalogue.Contract) OpenContract {
	out := OpenContract{Number: o.Number, Title: o.Title, Seller: o.Seller.Name, Buyer: o.Buyer.Name, Items: o.Items, Total: o.Total, From: o.From, Until: o.Until,
		SignBy: o.SignBy, Hash: o.Hash, Signature: o.Signature, Text: []string{}}
	if v, ok := c.Policy.Version(o.PolicyVersion); ok {
		out.Text = contract.Words(v, o)
	}
	return out
}

type linkInput struct{ links.Path }

type openOutput struct{ Body OpenContract }

func (c *Contracts) byLink(ctx context.Context, in *linkInput) (*openOutput, error) {
	l, err := c.Links.Open(ctx, purpose, in.Path)
	if err != nil {
		return nil, err
	}
	d, err := c.opened(ctx, l)
	if err != nil {
		return nil, err
	}
	return &openOutput{c.openOf(d.Body.Contract)}, nil
}

// ContractSignature is what the signer sends.
type ContractSignature struct {
	Name string `json:"name" minLength:"1" maxLength:"200" doc:"As the signer types it"`
	Hash string `json:"hash" minLength:"64" maxLength:"64" doc:"Of the document that was shown"`
}

type signInput struct {
	links.Path
	Body ContractSignature
}

func (c *Contracts) signByLink(ctx context.Context, in *signInput) (*openOutput, error) {
	l, err := c.Links.Open(ctx, purpose, in.Path)
	if err != nil {
		return nil, err
	}
	s, err := c.Accept(ctx, l, httpx.Command(ctx), in.Body.Name, in.From(), in.Body.Hash)
	return &openOutput{c.openOf(s.Contract)}, err
}

// ContractRefusal says why a contract is not signed.
type ContractRefusal struct {
	Reason string `json:"reason" minLength:"1" maxLength:"2000"`
}

type declineInput struct {
	links.Path
	Body ContractRefusal
}

func (c *Contracts) declineByLink(ctx context.Context, in *declineInput) (*struct{ Status int }, error) {
	l, err := c.Links.Open(ctx, purpose, in.Path)
	if err != nil {
		return nil, err
	}
	_, err = c.Decline(ctx, l, httpx.Command(ctx), in.Body.Reason)
	return &struct{ Status int }{http.StatusNoContent}, err
}

func (c *Contracts) showPage(r links.Reader) (links.Page, error) {
	d, err := c.opened(r.Request.Context(), r.Link)
	if err != nil {
		return links.Page{}, err
	}
	return c.page(d.Body.Contract), nil
}

func (c *Contracts) page(o catalogue.Contract) links.Page {
	same := func(s string) lang.Text { return lang.T(s, s) }
	p := links.Page{Title: same(o.Title + " " + o.Number), Heading: lang.T("合同全文", "The contract"), Facts: []links.Fact{
		{Name: lang.T("卖方", "Seller"), Value: same(o.Seller.Name)}, {Name: lang.T("买方", "Buyer"), Value: same(o.Buyer.Name)},
		{Name: lang.T("总价", "Total"), Value: same(o.Total.String())},
		{Name: lang.T("PDF 文件", "PDF document"), Value: lang.T("打开", "Open"), Link: "document"},
		{Name: lang.T("文件哈希（SHA-256）", "Hash of the document (SHA-256)"), Value: same(o.Hash)}}}
	p.Prose = strings.Join(c.openOf(o).Text, "\n")
	if o.Signature != nil {
		p.Notice = lang.T("已由 "+o.Signature.Name+" 于 "+o.Signature.At.String()+" 签署。", "Signed by "+o.Signature.Name+" at "+o.Signature.At.String()+".")
		return p
	}
	p.Form = &links.Form{Title: lang.T("签署", "Sign"), Submit: lang.T("提交", "Send"), Fields: []links.Field{
		{Name: "decision", Kind: links.Choice, Required: true, Label: lang.T("您的决定", "Your decision"), Options: []links.Option{
			{Value: "sign", Label: lang.T("我已阅读并同意签署", "I have read it and sign")}, {Value: "decline", Label: lang.T("暂不签署", "I do not sign it as it is")}}},
		{Name: "name", Kind: links.Line, MaxLength: 200, Label: lang.T("姓名", "Name"), Hint: lang.T("签署时必填", "Needed to sign")},
		{Name: "reason", Kind: links.Long, MaxLength: 2000, Label: lang.T("原因", "Reason"), Hint: lang.T("暂不签署时必填", "Needed to decline")}}}
	return p
}

func (c *Contracts) actOnPage(r links.Reader) (links.Page, error) {
	ctx := r.Request.Context()
	d, err := c.opened(ctx, r.Link)
	if err != nil {
		return links.Page{}, err
	}
	var done Seen
	name, reason := r.PostForm("name"), r.PostForm("reason")
	switch r.PostForm("decision") {
	case "sign":
		if len(name) > 800 {
			err = problem.InvalidFields(problem.FieldError("name", "max_length", "过长", "is too long"))
		} else {
			done, err = c.Accept(ctx, r.Link, "", name, r.ClientIP(), d.Body.Contract.Hash)
		}
	case "decline":
		if len(reason) > 8000 {
			err = problem.InvalidFields(problem.FieldError("reason", "max_length", "过长", "is too long"))
		} else if _, err = c.Decline(ctx, r.Link, "", reason); err == nil {
			return links.Page{Title: lang.T("已收到", "Received"), Notice: lang.T("感谢您的反馈，我们会尽快与您联系。", "Thank you; we will be in touch.")}, nil
		}
	default:
		err = problem.InvalidFields(problem.Required("decision"))
	}
	if e := httpx.Classify(err); err != nil && e.Code == problem.Invalid {
		p := c.page(d.Body.Contract)
		p.Status = e.Status()
		p.Form.Named(e.Fields, "")
		return p, nil
	}
	if err != nil {
		return links.Page{}, err
	}
	return c.page(done.Contract), nil
}
