package experience

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"math"
	"slices"
	"strconv"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/experience/words"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Hit is an entry that was found.
type Hit struct {
	Doc   *Doc
	Score float64
	Parts []Part
}

// Part is a piece of an entry's text around what was asked; pieces that are what was asked are marked.
type Part struct {
	Text string `json:"text"`
	Hit  bool   `json:"hit,omitempty"`
}

// Bounds of one search.
const (
	mostTerms      = 8
	mostCandidates = 2000 // of the rarest gram
)

// Search finds the entries that hold all that is asked, the best first. A cursor
// counts places, so it is good as long as nothing is added.
func (b *Base) Search(ctx context.Context, p auth.Principal, question string, limit int, after string) ([]Hit, string, error) {
	if err := b.Guard.MayAtAll(p, access.LessonRead); err != nil {
		return nil, "", err
	}
	terms := words.Terms(question)
	if len(terms) == 0 || len(terms) > mostTerms {
		return nil, "", problem.InvalidFields(problem.FieldError("query.q", "terms", "请输入 1 到 8 个词", "takes 1 to 8 words"))
	}
	from, err := place(after)
	if err != nil {
		return nil, "", err
	}
	scores, err := b.score(ctx, terms)
	if err != nil {
		return nil, "", err
	}
	ranked := make([]string, 0, len(scores))
	for id := range scores {
		ranked = append(ranked, id)
	}
	slices.SortFunc(ranked, func(x, y string) int { return cmp.Or(cmp.Compare(scores[y], scores[x]), cmp.Compare(y, x)) })
	var out []Hit
	for i := from; i < len(ranked); i++ {
		if len(out) == limit {
			return out, base64.RawURLEncoding.EncodeToString([]byte(strconv.Itoa(i))), nil
		}
		d, err := b.lessons.Get(ctx, ranked[i])
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, "", err
		}
		if parts, all := highlight(d.Body, terms); all {
			out = append(out, Hit{Doc: d, Score: scores[ranked[i]], Parts: parts})
		}
	}
	return out, "", nil
}

func place(after string) (int, error) {
	if after == "" {
		return 0, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(after)
	if err != nil {
		return 0, store.ErrBadCursor
	}
	n, err := strconv.Atoi(string(raw))
	if err != nil || n < 0 {
		return 0, store.ErrBadCursor
	}
	return n, nil
}

// wanted is a gram that must be there, and how many documents have it.
type wanted struct {
	gram   string
	prefix bool
	count  int64
}

func (w wanted) of() store.Query {
	end := w.gram + "\x01" // no gram holds control characters
	if w.prefix {
		end = w.gram + "\U0010ffff"
	}
	return store.Query{Index: byGram, Range: store.Range{From: w.gram, To: end}}
}

// score gives the entries that have all grams, each with how well it fits (BM25 without lengths:
// rarer grams count more, more of the same count ever less).
func (b *Base) score(ctx context.Context, terms []words.Term) (map[string]float64, error) {
	total, err := b.lessons.Count(ctx, store.Query{Index: byTime})
	if err != nil {
		return nil, err
	}
	var all []wanted
	for _, t := range terms {
		for i, g := range t.Grams {
			w := wanted{gram: g, prefix: t.Prefix && i == len(t.Grams)-1}
			if w.count, err = b.grams.Count(ctx, w.of()); err != nil {
				return nil, err
			}
			if w.count == 0 {
				return nil, nil
			}
			all = append(all, w)
		}
	}
	slices.SortStableFunc(all, func(x, y wanted) int { return cmp.Compare(x.count, y.count) })
	scores := map[string]float64{}
	for i, w := range all {
		weight := math.Log(1 + float64(total)/float64(w.count))
		has, err := b.having(ctx, w, scores, i == 0)
		if err != nil {
			return nil, err
		}
		for id := range scores {
			if has[id] == 0 {
				delete(scores, id)
			}
		}
		for id, times := range has {
			scores[id] += weight * float64(times) / (float64(times) + 1.5)
		}
		if len(scores) == 0 {
			return nil, nil
		}
	}
	return scores, nil
}

// having gives the entries that have a gram: of those left, each is asked by its id
// where that is fewer reads than the gram's list.
func (b *Base) having(ctx context.Context, w wanted, left map[string]float64, first bool) (map[string]int, error) {
	out := map[string]int{}
	if !first && !w.prefix && int64(len(left)) < w.count {
		for id := range left {
			d, err := b.grams.Get(ctx, w.gram+"/"+id)
			if errors.Is(err, store.ErrNotFound) {
				continue
			}
			if err != nil {
				return nil, err
			}
			out[id] = d.Body.Times
		}
		return out, nil
	}
	q := w.of()
	q.Limit = 500
	for read := 0; ; {
		page, err := b.grams.Page(ctx, q)
		if err != nil {
			return nil, err
		}
		for _, d := range page.Docs {
			if _, kept := left[d.Body.Entry]; kept || first {
				out[d.Body.Entry] += d.Body.Times
			}
		}
		read += len(page.Docs)
		if q.After = page.Next; q.After == "" || first && read >= mostCandidates {
			return out, nil
		}
	}
}

// around is how much of the text is shown before and after what was found, in bytes.
const around = 90

// highlight gives the piece of the text around the first place of each term, and
// whether every term is there as it was asked: pairs alone do not make a word.
func highlight(l Lesson, terms []words.Term) ([]Part, bool) {
	text := l.Title + "\n" + l.Text
	var places []words.Place
	for _, t := range terms {
		found := words.Find(text, t)
		if len(found) == 0 && len(words.Find(joined(l.Tags), t)) == 0 {
			return nil, false
		}
		places = append(places, found...)
	}
	if len(places) == 0 {
		return []Part{{Text: cut(text, 0, 2*around)}}, true
	}
	slices.SortFunc(places, func(a, b words.Place) int { return cmp.Compare(a.From, b.From) })
	first := places[0].From
	if i := slices.IndexFunc(places, func(p words.Place) bool { return p.From > len(l.Title) }); i >= 0 {
		first = places[i].From // the text says more than the title, which is shown anyway
	}
	at := max(0, first-around)
	end := min(len(text), first+3*around)
	var out []Part
	add := func(from, to int, hit bool) {
		if s := cut(text, from, to); s != "" {
			out = append(out, Part{Text: s, Hit: hit})
		}
	}
	now := at
	for _, p := range places {
		if p.From < now || p.To > end {
			continue
		}
		add(now, p.From, false)
		add(p.From, p.To, true)
		now = p.To
	}
	add(now, end, false)
	return out, true
}

func joined(tags []string) string {
	out := ""
	for _, t := range tags {
		out += t + "\n"
	}
	return out
}

// cut gives a piece of a text without half a character at its ends.
func cut(text string, from, to int) string {
	to = min(to, len(text))
	for from < to && text[from]&0xc0 == 0x80 {
		from++
	}
	for to < len(text) && to > from && text[to]&0xc0 == 0x80 {
		to--
	}
	return text[from:to]
}

// names gives the reasons of the policy in both languages.
func (b *Base) names() map[string]lang.Text {
	out := map[string]lang.Text{}
	v, err := b.Policy.At(b.Clock())
	if err != nil {
		return out
	}
	for _, r := range v.Sections.Reviews.Churn.Reasons {
		out[r.ID] = r.Name
	}
	return out
}
