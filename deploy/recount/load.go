package recount

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"time"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/programtest"
)

// Journal is what the program acknowledged: every entry must be found again.
type Journal struct {
	mu        sync.Mutex
	Leads     map[string]string // id to company
	Deals     map[string]string // id to title
	FollowUps map[string]string // id to the path of its subject
	Closed    map[string]bool   // paths of what was closed
	Refused   map[string]int    // calls that a rule refused, by code and rule
	Lost      []string          // answers that should not come, whatever happens
}

// NewJournal makes an empty journal.
func NewJournal() *Journal {
	return &Journal{Leads: map[string]string{}, Deals: map[string]string{}, FollowUps: map[string]string{}, Closed: map[string]bool{}, Refused: map[string]int{}}
}

// Size counts the acknowledged writes.
func (j *Journal) Size() int {
	j.mu.Lock()
	defer j.mu.Unlock()
	return len(j.Leads) + len(j.Deals) + len(j.FollowUps) + len(j.Closed)
}

// Copy gives the acknowledged writes so far.
func (j *Journal) Copy() *Journal {
	j.mu.Lock()
	defer j.mu.Unlock()
	return &Journal{Leads: maps.Clone(j.Leads), Deals: maps.Clone(j.Deals), FollowUps: maps.Clone(j.FollowUps), Closed: maps.Clone(j.Closed),
		Refused: maps.Clone(j.Refused)}
}

func (j *Journal) lead(id, company string) { j.mu.Lock(); j.Leads[id] = company; j.mu.Unlock() }
func (j *Journal) deal(id, title string)   { j.mu.Lock(); j.Deals[id] = title; j.mu.Unlock() }
func (j *Journal) followUp(id, subject string) {
	j.mu.Lock()
	j.FollowUps[id] = subject
	j.mu.Unlock()
}

func (j *Journal) closed(subject string) { j.mu.Lock(); j.Closed[subject] = true; j.mu.Unlock() }

// failed takes an error: a refusal by a rule is the program's right (somebody
// else owns the lead by now, it is in the pool), anything else but the end of the
// load is not.
func (j *Journal) failed(ctx context.Context, err error) {
	if err == nil || ctx.Err() != nil {
		return
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	var r *programtest.Refusal
	if errors.As(err, &r) && (r.Status == 403 || r.Status == 409 || r.Status == 422) {
		j.Refused[fmt.Sprintf("%s %s", r.Code, r.Rule)]++
		return
	}
	j.Lost = append(j.Lost, err.Error())
}

// TakeLost gives the answers that should not have come since it was asked last.
func (j *Journal) TakeLost() []string {
	j.mu.Lock()
	defer j.mu.Unlock()
	lost := j.Lost
	j.Lost = nil
	return lost
}

// Seller works: records leads, follows up, opens deals, converts.
type Seller struct {
	Client  *programtest.Client
	Name    string
	Journal *Journal
	Rand    *rand.Rand
	// Day is how long a day of the policy lasts.
	Day time.Duration
	// Pause is the mean time between two actions.
	Pause time.Duration
	// Fresh is after how many actions the pauses become four times as long, so that the
	// work is much the same however long it goes on; 0: never.
	Fresh int

	// Mine are the paths of what is being pursued.
	Mine []string

	n int
}

// Run works until ctx ends.
func (s *Seller) Run(ctx context.Context) {
	pause := s.Pause
	for acted := 1; ctx.Err() == nil; acted++ {
		s.Act(ctx)
		if acted == s.Fresh {
			pause *= 4
		}
		select {
		case <-ctx.Done():
		case <-time.After(time.Duration(s.Rand.Int64N(int64(2*pause) + 1))):
		}
	}
}

// Act does one thing, as chance has it.
func (s *Seller) Act(ctx context.Context) {
	switch n := s.Rand.IntN(10); {
	case n < 4 || len(s.Mine) == 0:
		s.Record(ctx)
	case n < 8:
		s.FollowUp(ctx, s.Mine[s.Rand.IntN(len(s.Mine))])
	case n < 9:
		s.Open(ctx)
	default:
		s.Convert(ctx)
	}
	if len(s.Mine) > 12 { // the oldest is forgotten, on purpose
		s.Mine = s.Mine[1:]
	}
}

// Created is the part of an answer that names what was made.
type Created struct {
	ID   string `json:"id"`
	Deal string `json:"deal"`
}

// Record records a lead.
func (s *Seller) Record(ctx context.Context) {
	s.n++
	company := fmt.Sprintf("%s-%04d 有限公司", s.Name, s.n)
	var made Created
	err := s.Client.Post(ctx, "/v1/leads", map[string]any{"company": company, "contact": "联系人", "wechat": company, "source": "website", "need": "需求 " + company}, &made)
	if err != nil {
		s.Journal.failed(ctx, err)
		return
	}
	s.Journal.lead(made.ID, company)
	s.Mine = append(s.Mine, "/v1/leads/"+made.ID)
}

// Open opens a deal.
func (s *Seller) Open(ctx context.Context) {
	s.n++
	title := fmt.Sprintf("%s-deal-%04d", s.Name, s.n)
	var made Created
	if err := s.Client.Post(ctx, "/v1/deals", map[string]any{"title": title, "company": title, "source": "referral", "need": "需求"}, &made); err != nil {
		s.Journal.failed(ctx, err)
		return
	}
	s.Journal.deal(made.ID, title)
	s.Mine = append(s.Mine, "/v1/deals/"+made.ID)
}

// FollowUp records a follow-up that names the next touch some days on.
func (s *Seller) FollowUp(ctx context.Context, subject string) {
	now := instant.Now()
	var made struct {
		FollowUp Created `json:"follow_up"`
	}
	err := s.Client.Post(ctx, subject+"/follow-ups", map[string]any{"occurred_at": now, "channel": "phone", "direction": "outbound", "key_points": "谈了",
		"next_action": "再联系", "next_touch_at": now.Add(time.Duration((1 + 5*s.Rand.Float64()) * float64(s.Day))), "result": "interested", "customer_type": "new",
		"budget_band": "medium", "objections": []string{"price"}, "not_owner_reason": "负责人不在"}, &made)
	if err != nil {
		s.Journal.failed(ctx, err)
		return
	}
	s.Journal.followUp(made.FollowUp.ID, subject)
}

// Convert turns the oldest of the leads into a deal.
func (s *Seller) Convert(ctx context.Context) {
	i := slices.IndexFunc(s.Mine, func(p string) bool { return len(p) > 10 && p[:10] == "/v1/leads/" })
	if i < 0 {
		return
	}
	lead := s.Mine[i]
	s.FollowUp(ctx, lead) // a lead that was never touched would not be a deal
	s.Mine = slices.Delete(s.Mine, i, i+1)
	var made Created
	if err := s.Client.Post(ctx, lead+"/conversion", map[string]any{}, &made); err != nil {
		s.Journal.failed(ctx, err)
		return
	}
	s.Journal.deal(made.Deal, "")
	s.Mine = append(s.Mine, "/v1/deals/"+made.Deal)
}

// Close brings a lead or a deal to its end: no promise is left of it.
func (s *Seller) Close(ctx context.Context, subject string) {
	path, reason := subject+"/closing", "不再跟进"
	if strings.HasPrefix(subject, "/v1/deals/") {
		path, reason = subject+"/loss", "price"
	}
	if err := s.Client.Post(ctx, path, map[string]any{"reason": reason}, nil); err != nil {
		s.Journal.failed(ctx, err)
		return
	}
	s.Journal.closed(subject)
}
