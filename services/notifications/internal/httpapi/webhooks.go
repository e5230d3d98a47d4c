package httpapi

import (
	"context"
	"crypto/rand"
	"errors"
	"net/http"

	"liuke.dev/services/notifications/internal/access"
	"liuke.dev/services/notifications/internal/channel"
	"liuke.dev/services/notifications/internal/outbox"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/problem"
	"liuke.dev/shared/store"
)

// Webhook is a webhook as HTTP shows it; its secret only when it is made.
type Webhook struct {
	ID        string       `json:"id"`
	URL       string       `json:"url"`
	Levels    []string     `json:"levels,omitempty"`
	Channels  []string     `json:"channels,omitempty" doc:"Channels to customers whose gateway it is"`
	Active    bool         `json:"active"`
	Gone      string       `json:"gone,omitempty" doc:"Why it was switched off"`
	Secret    string       `json:"secret,omitempty"`
	CreatedAt instant.Time `json:"created_at,omitempty"`
	// Of the list alone.
	Waiting   int64  `json:"waiting,omitempty" doc:"Deliveries that are on their way, or will be tried again"`
	LastError string `json:"last_error,omitempty" doc:"Of the waiting one that is due first"`
}

func webhook(h outbox.Hook) Webhook {
	return Webhook{ID: h.ID, URL: h.URL, Levels: h.Levels, Channels: h.Channels, Active: h.Active, Gone: h.Gone, CreatedAt: h.CreatedAt}
}

// NewHook registers a webhook.
type NewHook struct {
	URL    string   `json:"url" minLength:"1" maxLength:"1000" doc:"https, or http on this machine"`
	Levels []string `json:"levels,omitempty" enum:"remind,warn,escalate,inform" maxItems:"4" doc:"Empty: all"`
	// Channels make it the gateway of channels to customers; it then takes reminders of the levels it names only.
	Channels []string `json:"channels,omitempty" maxItems:"20" doc:"Channels to customers that it carries (wechat, sms …); it then takes only reminders of the levels it names"`
	Secret   string   `json:"secret,omitempty" minLength:"16" maxLength:"200" doc:"Signs what is posted; empty: one is made"`
}

func (a *API) createHook(ctx context.Context, in *struct{ Body NewHook }) (*httpx.Item[Webhook], error) {
	p := auth.From(ctx)
	if err := a.Desk.Guard.MayAtAll(p, access.WebhookManage); err != nil {
		return nil, err
	}
	if channel.CheckURL(in.Body.URL) != nil {
		return nil, problem.InvalidFields(problem.FieldError("url", "https", "必须是 https 地址（本机可用 http）", "must be https, or http on this machine"))
	}
	h := outbox.Hook{ID: httpx.NewID(ctx), URL: in.Body.URL, Levels: in.Body.Levels, Channels: in.Body.Channels, Secret: in.Body.Secret, Active: true, CreatedBy: p.ID, CreatedAt: a.Desk.Clock()}
	if h.Secret == "" {
		h.Secret = rand.Text()
	}
	doc := store.New(h.ID, h)
	err := a.Desk.Docs.Hooks.Commit(ctx, doc, "")
	if errors.Is(err, store.ErrExists) {
		doc, err = a.Desk.Docs.Hooks.Get(ctx, h.ID)
	}
	if err != nil {
		return nil, err
	}
	out := httpx.NewCreated(webhook(doc.Body), doc.Version, httpx.Path("v1", "webhooks", h.ID))
	out.Body.Secret, out.Status = doc.Body.Secret, http.StatusCreated
	return out, nil
}

func (a *API) listHooks(ctx context.Context, _ *struct{}) (*httpx.List[Webhook], error) {
	if err := a.Desk.Guard.MayAtAll(auth.From(ctx), access.WebhookManage); err != nil {
		return nil, err
	}
	hooks, err := a.Desk.Hooks(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Webhook, 0, len(hooks))
	for _, h := range hooks {
		one := webhook(h)
		if one.Waiting, one.LastError, err = a.Desk.Standing(ctx, h.ID); err != nil {
			return nil, err
		}
		out = append(out, one)
	}
	return httpx.NewList(out, ""), nil
}

func (a *API) deleteHook(ctx context.Context, in *TaskPath) (*httpx.None, error) {
	p := auth.From(ctx)
	if err := a.Desk.Guard.MayAtAll(p, access.WebhookManage); err != nil {
		return nil, err
	}
	err := a.Desk.SwitchOff(ctx, in.ID, "by "+p.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil, problem.Missing("网络钩子", "webhook", in.ID)
	}
	if err != nil {
		return nil, err
	}
	return httpx.NoContent(), nil
}
