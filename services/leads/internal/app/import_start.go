package app

import (
	"context"
	"errors"

	"liuke.dev/services/leads/internal/imports"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// StartImport begins to carry an import out; RunImports does it.
func (a *App) StartImport(ctx context.Context, id string, match httpx.IfMatch) (*ImportDoc, error) {
	return a.changeImport(ctx, id, match, func(i *imports.Import, at instant.Time, v *policy.View) error {
		if i.Status != imports.Uploaded {
			return nil // it runs or ran already
		}
		if err := a.checkOptions(*i, v); err != nil {
			return err
		}
		if err := a.checkNewPeople(*i, v); err != nil {
			return err
		}
		i.Status, i.StartedAt = imports.Running, at
		return nil
	})
}

// checkNewPeople refuses to run while somebody is missing whom the preview took as
// known: rows that were shown as taken would be refused.
func (a *App) checkNewPeople(i imports.Import, v *policy.View) error {
	plan, err := a.plan(i, v, i.CreatedAt)
	if err != nil {
		return err
	}
	var wrong []problem.Field
	for _, name := range i.Options.NewPeople {
		_, _, known := plan.Person(name)
		if !known && i.Options.People[name] == "" && len(wrong) < 100 {
			wrong = append(wrong, problem.FieldError("options.new_people", "person", "尚未添加这位人员："+name, "has not been added yet: "+name))
		}
	}
	return problem.InvalidFields(wrong...)
}

// DiscardImport forgets an upload that was never run, so that a preview alone
// leaves nothing behind. What was run stays: its report says what became of it.
func (a *App) DiscardImport(ctx context.Context, id string, match httpx.IfMatch) error {
	doc, err := a.GetImport(ctx, id)
	if err != nil {
		return err
	}
	if err := match.Check(doc.Version); err != nil {
		return err
	}
	if doc.Body.Status != imports.Uploaded {
		return problem.Refuse("import_running", "导入已开始，不能丢弃", "The import has begun: it cannot be discarded")
	}
	// First the import, at the version that was read: whoever starts it meanwhile wins,
	// and pieces that a crash leaves behind belong to nothing.
	if err := a.imports().Docs.Remove(ctx, doc); err != nil {
		return err
	}
	for n := range doc.Body.Chunks {
		piece, err := a.imports().Chunks.Get(ctx, chunkID(id, n))
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return err
		}
		if err := a.imports().Chunks.Remove(ctx, piece); err != nil {
			return err
		}
	}
	return nil
}
