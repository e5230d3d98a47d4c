package experience_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"liuke.dev/services/accounts/internal/access"
	"liuke.dev/services/accounts/internal/experience"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/facts"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/policy/policytest"
	"liuke.dev/shared/store"
	"liuke.dev/shared/store/sqlite"
)

const now = instant.Time(1_800_000_000_000)

var tech = auth.Principal{ID: "tech", Roles: []auth.Role{auth.Technical}}

func open(t testing.TB) (*experience.Base, store.Engine) {
	t.Helper()
	e, err := sqlite.Open(t.Context(), t.TempDir()+"/accounts.db")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = e.Close() })
	clock := func() instant.Time { return now }
	b, err := experience.New(t.Context(), experience.Config{Engine: e, Guard: access.New(directory.Of(), clock), Policy: policytest.Holder(t), Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	return b, e
}

// among many entries each is found by what only it says, ranked, by index reads alone.
func TestManyEntries(t *testing.T) {
	b, e := open(t)
	r := rand.New(rand.NewPCG(3, 3))
	common := strings.Split("响应 价格 服务 物流 合同 续约 培训 系统 报价 投诉 交付 质量 price service delivery contract renewal training quality response", " ")
	const n = 60
	for i := range n {
		var text strings.Builder
		for range 40 {
			text.WriteString(common[r.IntN(len(common))] + []string{"，", " ", "。"}[r.IntN(3)])
		}
		if _, err := b.Write(t.Context(), tech, fmt.Sprintf("复盘第%d号", i), text.String()+fmt.Sprintf(" unique%d 独特%c", i, '一'+rune(i)), nil); err != nil {
			t.Fatal(err)
		}
	}
	begin := time.Now()
	for i := range n {
		for _, q := range []string{fmt.Sprintf("unique%d 服务", i), fmt.Sprintf("独特%c price", '一'+rune(i))} {
			hits, _, err := b.Search(t.Context(), tech, q, 10, "")
			if err != nil {
				t.Fatal(err)
			}
			for _, h := range hits { // unique1 is the beginning of unique10, too
				if !strings.Contains(h.Doc.Body.Text, strings.Fields(q)[0]) {
					t.Errorf("%s found %s", q, h.Doc.Body.Text)
				}
			}
		}
	}
	t.Logf("%d searches in %d entries: %v each", 2*n, n, (time.Since(begin) / (2 * n)).Round(10*time.Microsecond))
	how, err := e.Explain(t.Context(), "lesson_gram", store.Query{Index: "by_gram", Range: store.Range{From: "服务", To: "服务\x01"}})
	if err != nil || !strings.Contains(how, "SEARCH") || strings.Contains(how, "SCAN") {
		t.Errorf("not an index read: %s %v", how, err)
	}
	seen := map[string]bool{}
	for after, pages := "", 0; ; pages++ {
		hits, next, err := b.Search(t.Context(), tech, "服务", 7, after)
		if err != nil || pages > n {
			t.Fatal(err)
		}
		for i, h := range hits {
			if seen[h.Doc.ID] || i > 0 && h.Score > hits[i-1].Score {
				t.Errorf("%s again, or out of order", h.Doc.ID)
			}
			seen[h.Doc.ID] = true
		}
		if after = next; after == "" {
			break
		}
	}
	if len(seen) < n/2 {
		t.Errorf("%d entries on all pages", len(seen))
	}
}

// a closed review that is told twice is one entry; a crash between an entry and its grams is mended by its fact.
func TestAnEntryIsMadeOnceAndFound(t *testing.T) {
	b, e := open(t)
	closed := catalogue.ChurnReviewClosed{After: catalogue.ChurnReview{ID: "c.1", Customer: "c", Company: "华兴", Status: catalogue.ChurnClosed, ChurnedOn: now, ConfirmedAt: now, Summary: "响应太慢", ClosedBy: "wang", ClosedAt: now,
		Reasons: []catalogue.ChurnReason{{Reason: "slow_response", Controllable: true}}}}
	closed.SetHead(catalogue.Head{AggregateVersion: 5, Actor: catalogue.Actor{ID: "wang", Kind: catalogue.ActorPerson}, Customer: "c"})
	tell := func(d catalogue.Data) facts.Event {
		f, err := facts.Record(t.Context(), facts.Stamp{Source: "liuke/accounts", At: now, Customer: "c"}, 5, d)
		if err != nil {
			t.Fatal(err)
		}
		ev, err := facts.Stored(f)
		if err != nil {
			t.Fatal(err)
		}
		return ev
	}
	for range 2 {
		if err := b.Observe(t.Context(), tell(&closed)); err != nil {
			t.Fatal(err)
		}
	}
	page, err := b.Newest(t.Context(), tech, 10, "")
	if err != nil || len(page.Docs) != 1 {
		t.Fatalf("%d entries %v", len(page.Docs), err)
	}
	gone, err := e.Get(t.Context(), "lesson_gram", "响应/c.1")
	if err != nil {
		t.Fatal(err)
	}
	if err := e.Remove(t.Context(), "lesson_gram", gone.ID, gone.Version); err != nil { // as if it had died before
		t.Fatal(err)
	}
	if hits, _, _ := b.Search(t.Context(), tech, "响应", 10, ""); len(hits) != 0 {
		t.Fatal("found without its gram")
	}
	if err := b.Observe(t.Context(), tell(&catalogue.LessonRecorded{After: page.Docs[0].Body.Lesson})); err != nil {
		t.Fatal(err)
	}
	if hits, _, err := b.Search(t.Context(), tech, "响应太慢 slow", 10, ""); err != nil || len(hits) != 1 {
		t.Errorf("%d hits %v", len(hits), err)
	}
}
