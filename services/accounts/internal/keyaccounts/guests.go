package keyaccounts

import (
	"context"

	"github.com/gin-gonic/gin"

	"liuke.dev/services/accounts/internal/links"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
)

// registerLinks adds the co-creation space for guests, by signed link.
func (k *KeyAccounts) registerLinks(s *httpx.Server) {
	path := links.Route(purpose, "{token}")
	op := func(method, below, id, summary string) httpx.Op {
		return httpx.Op{Method: method, Path: path + below, ID: id, Summary: summary, Description: "R-155, R-156.", Tag: links.Tag, Public: true, MaxBody: links.MaxBody}
	}
	httpx.Handle(s, op("GET", "", "cocreation-by-link", "The space that a link opens"), k.guestItems)
	httpx.Handle(s, op("POST", "/items", "open-item-by-link", "Open an item"), k.guestItem)
	httpx.Handle(s, op("POST", "/items/{item}/comments", "comment-item-by-link", "Comment an item"), k.guestComment)
	describe(s, "follow-cocreation-by-link", path+"/events", "token", "Items as they change, as server-sent events (R-156)")
	s.Routes.GET(links.Route(purpose, ":token")+"/events", func(c *gin.Context) {
		ctx := c.Request.Context()
		l, err := k.Links.Open(ctx, purpose, links.At(c))
		customerID := ""
		if err == nil {
			customerID, _, err = k.invited(ctx, l)
		}
		k.stream(c, err, customerID, func() bool {
			_, _, err := k.invited(ctx, l) // an invitation that was taken back ends the stream
			return err == nil
		})
	})
	k.Links.Page(s, purpose, "The page of a co-creation space", k.showPage, k.actOnPage)
}

// enter lets the holder of a link in.
func (k *KeyAccounts) enter(ctx context.Context, p links.Path) (string, voice, error) {
	l, err := k.Links.Open(ctx, purpose, p)
	if err != nil {
		return "", voice{}, err
	}
	return k.invited(ctx, l)
}

type guestListInput struct {
	links.Path
	httpx.PageParams
}

func (k *KeyAccounts) guestItems(ctx context.Context, in *guestListInput) (*httpx.List[catalogue.CocreationItem], error) {
	customerID, _, err := k.enter(ctx, in.Path)
	if err != nil {
		return nil, err
	}
	list, next, err := k.space(ctx, customerID, in.Limit, in.After)
	if err != nil {
		return nil, err
	}
	return httpx.NewList(list, next), nil
}

type guestIdeaInput struct {
	links.Path
	Body Idea
}

func (k *KeyAccounts) guestItem(ctx context.Context, in *guestIdeaInput) (*itemOutput, error) {
	customerID, who, err := k.enter(ctx, in.Path)
	if err != nil {
		return nil, err
	}
	it, err := k.open(ctx, customerID, httpx.NewID(ctx), who, in.Body)
	return &itemOutput{it}, err
}

type guestCommentInput struct {
	links.Path
	Item string `path:"item" maxLength:"200"`
	Body CocreationWords
}

func (k *KeyAccounts) guestComment(ctx context.Context, in *guestCommentInput) (*itemOutput, error) {
	customerID, who, err := k.enter(ctx, in.Path)
	if err != nil {
		return nil, err
	}
	it, err := k.comment(ctx, customerID, in.Item, httpx.NewID(ctx), who, in.Body.Text)
	return &itemOutput{it}, err
}

// onPage is how many items the page shows.
const onPage = 50

func (k *KeyAccounts) page(ctx context.Context, customerID string) (links.Page, error) {
	list, _, err := k.space(ctx, customerID, onPage, "")
	if err != nil {
		return links.Page{}, err
	}
	same := func(s string) lang.Text { return lang.T(s, s) }
	p := links.Page{Title: lang.T("共创空间", "Co-creation space"), Heading: lang.T("条目与评论", "Items and comments")}
	about := links.Field{Name: "item", Kind: links.Choice, Required: true, Label: lang.T("条目", "Item"), Options: []links.Option{{Value: "new", Label: lang.T("提出新的想法", "A new idea")}}}
	for _, it := range list {
		p.Entries = append(p.Entries, links.Entry{When: it.CreatedAt.String(), Who: same(it.Name), Text: "【" + it.Title + " · " + it.State + "】 " + it.Text})
		for _, c := range it.Comments {
			p.Entries = append(p.Entries, links.Entry{When: c.At.String(), Who: same(c.Name), Text: c.Text})
		}
		about.Options = append(about.Options, links.Option{Value: it.ID, Label: same(it.Title)})
	}
	p.Form = &links.Form{Title: lang.T("您的意见", "Your word"), Submit: lang.T("发送", "Send"), Fields: []links.Field{about,
		{Name: "text", Kind: links.Long, Required: true, MaxLength: 4000, Label: lang.T("内容", "Text")}}}
	return p, nil
}

func (k *KeyAccounts) showPage(r links.Reader) (links.Page, error) {
	customerID, _, err := k.invited(r.Request.Context(), r.Link)
	if err != nil {
		return links.Page{}, err
	}
	return k.page(r.Request.Context(), customerID)
}

func (k *KeyAccounts) actOnPage(r links.Reader) (links.Page, error) {
	ctx := r.Request.Context()
	customerID, who, err := k.invited(ctx, r.Link)
	if err != nil {
		return links.Page{}, err
	}
	text, id := []rune(r.PostForm("text")), httpx.NewID(ctx)
	switch about := r.PostForm("item"); {
	case len(text) > 4000:
		err = problem.InvalidFields(problem.FieldError("text", "max_length", "最多 4000 个字符", "may have at most 4000 characters"))
	case about == "":
		err = problem.InvalidFields(problem.Required("item"))
	case about == "new":
		title := string(text[:min(len(text), 80)])
		_, err = k.open(ctx, customerID, id, who, Idea{Kind: "idea", Title: title, Text: string(text)})
	default:
		_, err = k.comment(ctx, customerID, about, id, who, string(text))
	}
	e := httpx.Classify(err)
	if err != nil && e.Code != problem.Invalid {
		return links.Page{}, err
	}
	p, bad := k.page(ctx, customerID)
	if err != nil {
		p.Status = e.Status()
		p.Form.Named(e.Fields, "")
		return p, bad
	}
	p.Notice = lang.T("已收到，谢谢。", "Received, thank you.")
	return p, bad
}
