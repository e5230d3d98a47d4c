package app

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"liuke.dev/services/leads/internal/access"
	"liuke.dev/services/leads/internal/imports"
	"liuke.dev/services/leads/internal/storage"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/spelling"
	"liuke.dev/shared/store"
)

// ImportDoc is a stored import at its version.
type ImportDoc = store.Doc[imports.Import]

func (a *App) imports() storage.Imports { return storage.ImportsOf(a.Engine) }

// UploadImport takes a file in as it streams and proposes a mapping. Nothing
// becomes a lead or deal before it is run.
func (a *App) UploadImport(ctx context.Context, kind, name string, file io.Reader) (*ImportDoc, error) {
	if err := a.Guard.MayAtAll(ctx, access.Import); err != nil {
		return nil, err
	}
	if kind != imports.Leads && kind != imports.Deals {
		return nil, problem.InvalidFields(problem.FieldError("query.kind", "one_of", "只能是：leads, deals", "must be one of leads, deals"))
	}
	at, v, err := a.now()
	if err != nil {
		return nil, err
	}
	id := httpx.NewID(ctx)
	if doc, err := a.imports().Docs.Get(ctx, id); err == nil && doc.Did(httpx.Command(ctx)) {
		return doc, nil
	}
	f, err := imports.Read(file, func(n int, rows []imports.Row) error {
		return replace(ctx, a.imports().Chunks, chunkID(id, n), imports.Chunk{Import: id, N: n, Rows: rows})
	})
	if err != nil {
		return nil, err
	}
	if f.Rows == 0 {
		return nil, problem.InvalidFields(problem.FieldError("file", "empty", "文件没有数据行", "has no rows"))
	}
	i := imports.Import{ID: id, Kind: kind, Name: clip(name), Status: imports.Uploaded, Encoding: f.Encoding, Delimiter: f.Delimiter, Bytes: f.Bytes,
		SHA256: f.SHA256, CreatedBy: caller(ctx).ID, CreatedAt: at, Columns: f.Columns, Rows: f.Rows, Chunks: f.Chunks,
		Options: imports.Options{Pipeline: v.Sections.Pipelines.Default}.WithDefaults()}
	i.Mapping = imports.Guess(kind, f.Columns, v.Pipeline(i.Options.Pipeline))
	doc := store.New(id, i)
	return doc, a.imports().Docs.Commit(ctx, doc, httpx.Command(ctx))
}

func clip(s string) string {
	if runes := []rune(strings.ToValidUTF8(s, "?")); len(runes) > 200 {
		return string(runes[:200])
	}
	return strings.ToValidUTF8(s, "?")
}

func chunkID(id string, n int) string { return fmt.Sprintf("%s:%06d", id, n) }

// replace stores a document that records no facts, over an earlier one of the same id.
func replace[T any](ctx context.Context, c store.Collection[T], id string, body T) error {
	err := c.Commit(ctx, store.New(id, body), "")
	if !errors.Is(err, store.ErrExists) {
		return err
	}
	old, err := c.Get(ctx, id)
	if err != nil {
		return err
	}
	old.Body = body
	return c.Commit(ctx, old, "")
}

// GetImport reads an import.
func (a *App) GetImport(ctx context.Context, id string) (*ImportDoc, error) {
	if err := a.Guard.MayAtAll(ctx, access.Import); err != nil {
		return nil, err
	}
	doc, err := a.imports().Docs.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem.Missing("导入", "import", id)
	}
	return doc, err
}

// ListImports gives imports, the newest first.
func (a *App) ListImports(ctx context.Context, limit int, after string) ([]*ImportDoc, string, error) {
	if err := a.Guard.MayAtAll(ctx, access.Import); err != nil {
		return nil, "", err
	}
	page, err := a.imports().Docs.Page(ctx, store.Query{Index: "created", Desc: true, Limit: limit, After: after})
	return page.Docs, page.Next, err
}

// MappingChange changes what the columns mean and what the caller knows of the
// file; what is nil stays.
type MappingChange struct {
	Fields    *map[string]string
	Stages    *map[string]string
	DateOrder string
	Options   *imports.Options
}

// MapImport changes the mapping of an import that was not run yet. Another
// pipeline without stages named has the stages guessed again.
func (a *App) MapImport(ctx context.Context, id string, match httpx.IfMatch, m MappingChange) (*ImportDoc, error) {
	return a.changeImport(ctx, id, match, func(i *imports.Import, _ instant.Time, v *policy.View) error {
		if i.Status != imports.Uploaded {
			return problem.Refuse("import_running", "导入已开始，映射不能再改", "The import has begun: its mapping cannot be changed")
		}
		before := i.Options.Pipeline
		if m.Options != nil {
			i.Options = m.Options.WithDefaults()
		}
		if i.Options.Pipeline == "" {
			i.Options.Pipeline = v.Sections.Pipelines.Default
		}
		stageColumn := i.Mapping.Fields["stage"]
		if m.Fields != nil {
			i.Mapping.Fields = maps.Clone(*m.Fields)
		}
		p := v.Pipeline(i.Options.Pipeline)
		switch {
		case m.Stages != nil:
			i.Mapping.Stages = maps.Clone(*m.Stages)
		case before != i.Options.Pipeline || stageColumn != i.Mapping.Fields["stage"]:
			i.Mapping.Stages = imports.GuessStages(i.Mapping, i.Columns, p)
		}
		if m.DateOrder != "" {
			i.Mapping.DateOrder = m.DateOrder
		}
		if err := a.checkOptions(*i, v); err != nil {
			return err
		}
		return i.Mapping.Check(i.Kind, i.Columns, p)
	})
}

// checkOptions refuses options that no row could be read with.
func (a *App) checkOptions(i imports.Import, v *policy.View) error {
	if _, err := a.plan(i, v, i.CreatedAt); err != nil {
		return err
	}
	var wrong []problem.Field
	if o := i.Options.DefaultOwner; o != "" {
		if p, ok := a.People.Person(o); !ok || !p.Active {
			wrong = append(wrong, problem.FieldError("options.default_owner", "active_person", "没有这位在职人员", "is not an active person"))
		}
	}
	if !optionIn(i.Options.LeadSource, v.Sections.Intake.Sources) {
		wrong = append(wrong, problem.FieldError("options.lead_source", "R-005", "不是可选的来源", "is not a source of the policy book"))
	}
	if !optionIn(i.Options.LostReason, v.Sections.Pipelines.Reasons()) {
		wrong = append(wrong, problem.FieldError("options.lost_reason", "R-066", "不是可选的流失原因", "is not a reason of the policy book"))
	}
	names := slices.Sorted(maps.Keys(i.Options.People))
	for _, name := range names { // somebody who was just added may not be known here yet: better told now than row by row
		if _, ok := a.People.Person(i.Options.People[name]); !ok && len(wrong) < 100 {
			wrong = append(wrong, problem.FieldError("options.people."+name, "person", "没有这位人员："+i.Options.People[name], "nobody has the id "+i.Options.People[name]))
		}
	}
	return problem.InvalidFields(wrong...)
}

func optionIn(id string, options []policy.Option) bool {
	for _, o := range options {
		if o.ID == id {
			return true
		}
	}
	return false
}

func (a *App) changeImport(ctx context.Context, id string, match httpx.IfMatch, change func(*imports.Import, instant.Time, *policy.View) error) (*ImportDoc, error) {
	var doc *ImportDoc
	err := retry(ctx, func() (err error) {
		if doc, err = a.GetImport(ctx, id); err != nil || doc.Did(httpx.Command(ctx)) {
			return err
		}
		if err := match.Check(doc.Version); err != nil {
			return err
		}
		at, v, err := a.now()
		if err != nil {
			return err
		}
		if err := change(&doc.Body, at, v); err != nil {
			return err
		}
		return a.imports().Docs.Commit(ctx, doc, httpx.Command(ctx))
	})
	return doc, err
}

// plan compiles an import's mapping with the people of the house.
func (a *App) plan(i imports.Import, v *policy.View, at instant.Time) (*imports.Plan, error) {
	names := map[string]string{}
	for _, id := range a.People.Active() {
		p, _ := a.People.Person(id)
		for _, name := range []string{spelling.Key(p.Name), strings.ToLower(p.Email)} {
			if _, twice := names[name]; twice {
				id = "" // two people of one name: neither is meant
			}
			names[name] = id
		}
	}
	return imports.NewPlan(i, v, at, func(name string) (string, bool, bool) {
		id := name
		if _, ok := a.People.Person(id); !ok {
			if id = names[strings.ToLower(name)]; id == "" {
				id = names[spelling.Key(name)]
			}
		}
		p, ok := a.People.Person(id)
		return id, p.Active, ok && id != ""
	})
}

// ImportFields lists what the columns of an import can mean.
func (a *App) ImportFields(i imports.Import) []imports.Field {
	_, v, err := a.now()
	if err != nil {
		return imports.FieldsOf(i.Kind, nil)
	}
	return imports.FieldsOf(i.Kind, v.Pipeline(i.Options.Pipeline))
}
