package store

import (
	"context"
	"fmt"
	"strings"
)

// verifyPage is how many facts or documents are read at a time.
const verifyPage = 500

// Report tells what a verification saw.
type Report struct {
	Facts      int64
	Aggregates int64 // that have facts
	Documents  int64
	Broken     *Break // the first fault found, nil if the chain holds
}

// Break is where a chain of facts does not hold.
type Break struct {
	Fact     string // id of the fact, or the aggregate's if its document is at fault
	Fault    string // what is wrong, in words
	Expected string
	Found    string
}

// String puts the fault into one line.
func (b Break) String() string {
	return fmt.Sprintf("%s: %s: expected %q, found %q", b.Fact, b.Fault, b.Expected, b.Found)
}

// end is where the chain of an aggregate stands.
type end struct {
	version int64
	n       int
	hash    string
}

// Verify checks the chains of all facts, and that every document stands at the
// end of its own. It may run while others commit. Memory grows with the number
// of aggregates only. The progress functions are called after every page.
func Verify(ctx context.Context, e Engine, progress ...func(Report)) (Report, error) {
	v := verification{engine: e, ends: map[string]end{}, progress: progress}
	err := v.facts(ctx)
	if err == nil && v.report.Broken == nil {
		err = v.documents(ctx)
	}
	if err == nil && v.report.Broken == nil {
		v.orphans()
	}
	return v.report, err
}

type verification struct {
	engine   Engine
	ends     map[string]end
	report   Report
	progress []func(Report)
}

func (v *verification) tell() {
	for _, p := range v.progress {
		p(v.report)
	}
}

func (v *verification) facts(ctx context.Context) error {
	cursor := ""
	for {
		page, next, err := v.engine.Facts(ctx, cursor, verifyPage)
		if err != nil {
			return fmt.Errorf("verify facts: %w", err)
		}
		for _, f := range page {
			last, known := v.ends[f.Aggregate]
			if !known {
				v.report.Aggregates++
			}
			now, broken := follow(last, f)
			if broken != nil {
				if now, broken, err = v.again(ctx, last, f, broken); err != nil {
					return err
				}
			}
			if v.report.Facts++; broken != nil {
				v.report.Broken = broken
				return nil
			}
			v.ends[f.Aggregate] = now
		}
		v.tell()
		if next == "" {
			return nil
		}
		cursor = next
	}
}

// again looks at the history of an aggregate before it is called broken: facts
// that were being copied meanwhile may not have been seen.
func (v *verification) again(ctx context.Context, last end, f Fact, broken *Break) (end, *Break, error) {
	reached, err := v.extend(ctx, f.Aggregate, last, f.Hash)
	if err != nil {
		return last, nil, err
	}
	if reached.hash == f.Hash && reached.version == f.Version && reached.n == f.N {
		return reached, nil, nil
	}
	return last, broken, nil
}

// extend follows an aggregate's history from an end until it reaches a hash, or
// as far as it holds.
func (v *verification) extend(ctx context.Context, aggregate string, from end, hash string) (end, error) {
	after := max(from.version-1, 0)
	for {
		page, err := v.engine.History(ctx, aggregate, after, verifyPage)
		if err != nil {
			return from, fmt.Errorf("verify history of %s: %w", aggregate, err)
		}
		for _, f := range page {
			if f.Version < from.version || f.Version == from.version && f.N <= from.n {
				continue
			}
			now, broken := follow(from, f)
			if broken != nil || now.hash == hash {
				return now, nil
			}
			from = now
		}
		if len(page) < verifyPage || page[len(page)-1].Version == after {
			return from, nil
		}
		after = page[len(page)-1].Version - 1
		if page[0].Version == page[len(page)-1].Version {
			after++ // a commit larger than a page
		}
	}
}

// follow checks the fact that comes after an end, and gives the new end.
func follow(last end, f Fact) (end, *Break) {
	now := end{version: f.Version, n: f.N, hash: f.Hash}
	if id := FactID(f.Aggregate, f.Version, f.N); id != f.ID {
		return last, &Break{f.ID, "the id is not the fact's", id, f.ID}
	}
	if f.Prev != last.hash {
		return last, &Break{f.ID, "the fact before it is missing or another", last.hash, f.Prev}
	}
	if want := Link(f.Prev, f.ID, f.Body); want != f.Hash {
		return last, &Break{f.ID, "the content is not what was recorded", f.Hash, want}
	}
	switch {
	case f.Version > last.version && f.N == 0, last.hash != "" && f.Version == last.version && f.N == last.n+1:
		return now, nil
	default:
		return last, &Break{f.ID, "the number does not follow", FactID(f.Aggregate, last.version, last.n+1), f.ID}
	}
}

func (v *verification) documents(ctx context.Context) error {
	cursor := ""
	for {
		page, next, err := v.engine.Documents(ctx, cursor, verifyPage)
		if err != nil {
			return fmt.Errorf("verify documents: %w", err)
		}
		for _, d := range page {
			v.report.Documents++
			if v.report.Broken, err = v.document(ctx, d); err != nil || v.report.Broken != nil {
				return err
			}
		}
		v.tell()
		if next == "" {
			return nil
		}
		cursor = next
	}
}

// document checks that a document stands at the end of its chain. What was
// committed after the facts were read is read now.
func (v *verification) document(ctx context.Context, d Document) (*Break, error) {
	aggregate := d.Collection + "/" + d.ID
	last := v.ends[aggregate]
	if last.hash != d.Chain {
		reached, err := v.extend(ctx, aggregate, last, d.Chain)
		if err != nil {
			return nil, err
		}
		last = reached
	}
	delete(v.ends, aggregate)
	switch {
	case last.hash != d.Chain:
		return &Break{aggregate, "the document does not stand at its last fact", d.Chain, last.hash}, nil
	case last.version > d.Version:
		return &Break{aggregate, "the document is older than its last fact", fmt.Sprint(last.version), fmt.Sprint(d.Version)}, nil
	}
	return nil, nil
}

// orphans finds facts whose document is gone: the ends that no document met.
func (v *verification) orphans() {
	first := ""
	for aggregate := range v.ends {
		if first == "" || strings.Compare(aggregate, first) < 0 {
			first = aggregate
		}
	}
	if first != "" {
		last := v.ends[first]
		v.report.Broken = &Break{FactID(first, last.version, last.n), "the document of the fact is missing", first, ""}
	}
}
