package attachments

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/holdings"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/objects"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Upload is a file on its way.
type Upload struct {
	Name        string
	ContentType string // empty or application/octet-stream: what the content looks like
	Purpose     string
	Content     io.Reader
}

// Bounds of what is said about a file.
const (
	maxName    = 200
	maxPurpose = 200
	sniffed    = 512
)

// Store keeps a file with a customer, under an id that a repeat of the command
// has too. Its content is streamed; too large or broken off, nothing is kept.
func (a *Attachments) Store(ctx context.Context, p auth.Principal, id, customer, command string, u Upload) (*store.Doc[Document], error) {
	file, _, err := a.Files.Permitted(ctx, p, access.Attach, customer)
	if err != nil {
		return nil, err
	}
	if d, err := a.docs.Get(ctx, id); !errors.Is(err, store.ErrNotFound) {
		return d, err // stored by the first try of this command
	}
	at := a.Clock()
	v, err := a.Policy.At(at)
	if err != nil {
		return nil, problem.Away(err)
	}
	content := bufio.NewReaderSize(u.Content, sniffed)
	if err := check(&u, content, v.Sections.Customers); err != nil {
		return nil, err
	}
	if a.Objects == nil {
		return nil, nowhere()
	}
	noted, err := a.left.Begin(ctx, id)
	if err != nil {
		return nil, err
	}
	stored, err := a.put(ctx, id, u.ContentType, content, v.Sections.Customers.AttachmentBytes)
	if err != nil {
		var told *problem.Error
		if errors.As(err, &told) && told.Code != problem.Unavailable { // else nobody knows whether it is there
			a.left.Settle(ctx, noted)
		}
		return nil, err
	}
	d := store.New(id, Document{Belonging: holdings.Belonging{Customer: file.ID}, File: catalogue.Attachment{ID: id, Customer: file.ID, Name: u.Name, ContentType: u.ContentType,
		Size: stored.Size, SHA256: stored.SHA256, Purpose: u.Purpose, By: p.ID, At: at}})
	err = a.commit(ctx, d, command, v.Version, &catalogue.AttachmentStored{After: d.Body.Shown()})
	if errors.Is(err, store.ErrExists) {
		d, err = a.docs.Get(ctx, id)
	}
	if err == nil {
		a.left.Settle(ctx, noted)
	}
	return d, err
}

func key(id string) string { return "attachments/" + id }

func (a *Attachments) put(ctx context.Context, id, contentType string, content io.Reader, most int64) (objects.Stored, error) {
	stored, err := a.Objects.Put(ctx, key(id), contentType, objects.Limit(content, most))
	switch {
	case errors.Is(err, objects.ErrTooLarge):
		return stored, &problem.Error{Code: problem.TooLarge, Text: lang.T(fmt.Sprintf("文件超过 %s", size(most)), "The file is larger than "+size(most))}
	case errors.Is(err, objects.ErrUnavailable):
		return stored, problem.Away(err)
	case err != nil:
		return stored, &problem.Error{Code: problem.Malformed, Cause: err, Text: lang.T("文件没有完整送达", "The file did not arrive whole")}
	}
	return stored, nil
}

func nowhere() error {
	return &problem.Error{Code: problem.Unavailable, Text: lang.T("没有配置附件存储（LIUKE_OBJECTS）", "Nowhere to keep files is configured (LIUKE_OBJECTS)")}
}

func size(n int64) string {
	if n >= 1<<20 && n%(1<<20) == 0 {
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d B", n)
}

// check brings what is said about a file into one form and names what is wrong.
func check(u *Upload, content *bufio.Reader, c policy.Customers) error {
	var wrong []problem.Field
	u.Name, u.Purpose = base(u.Name), strings.TrimSpace(u.Purpose)
	if u.Name == "" {
		wrong = append(wrong, problem.Required("name"))
	}
	for _, t := range []struct {
		field, value string
		most         int
	}{{"name", u.Name, maxName}, {"purpose", u.Purpose, maxPurpose}} {
		if utf8.RuneCountInString(t.value) > t.most || !utf8.ValidString(t.value) {
			wrong = append(wrong, problem.FieldError(t.field, "max_length", fmt.Sprintf("最多 %d 个字", t.most), fmt.Sprintf("is text of at most %d characters", t.most)))
		}
	}
	start, err := content.Peek(sniffed)
	if err != nil && !errors.Is(err, io.EOF) {
		return &problem.Error{Code: problem.Malformed, Cause: err, Text: lang.T("文件没有完整送达", "The file did not arrive whole")}
	}
	if len(start) == 0 {
		wrong = append(wrong, problem.FieldError("file", "required", "请附上文件，内容不能为空", "a file is required that is not empty"))
	}
	kind, ok := mediaType(u.ContentType, start)
	switch {
	case !ok:
		wrong = append(wrong, problem.FieldError("content_type", "content_type", "不是内容类型，如 application/pdf", "is not a content type such as application/pdf"))
	case !allowed(kind, c.AttachmentTypes):
		list := strings.Join(c.AttachmentTypes, ", ")
		wrong = append(wrong, problem.FieldError("content_type", "one_of", kind+" 不可上传，只能是："+list, kind+" cannot be attached; only "+list))
	}
	u.ContentType = kind
	return problem.InvalidFields(wrong...)
}

// base is the name of a file without its folders and without what cannot be shown.
func base(name string) string {
	name = path.Base(strings.ReplaceAll("/"+name, `\`, "/"))
	if name == "/" || name == "." || name == ".." {
		return ""
	}
	return strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || !unicode.IsPrint(r) && r != ' ' {
			return -1
		}
		return r
	}, name))
}

// mediaType gives what a file is said to be, or looks like where nobody says.
func mediaType(said string, start []byte) (string, bool) {
	if said == "" || strings.HasPrefix(said, "application/octet-stream") {
		said = http.DetectContentType(start)
	}
	kind, _, err := mime.ParseMediaType(said)
	return kind, err == nil && strings.Contains(kind, "/")
}

func allowed(kind string, list []string) bool {
	return len(list) == 0 || slices.ContainsFunc(list, func(a string) bool {
		family, whole := strings.CutSuffix(a, "*")
		return a == kind || whole && strings.HasPrefix(kind, family)
	})
}

func (a *Attachments) commit(ctx context.Context, d *store.Doc[Document], command string, policyVersion int64, fact catalogue.Data) error {
	f, err := facts.Record(ctx, facts.Stamp{Source: "liuke/accounts", At: a.Clock(), Customer: d.Body.Customer, Policy: policyVersion}, d.Version+1, fact)
	if err != nil {
		return err
	}
	return a.docs.Commit(ctx, d, command, f)
}
