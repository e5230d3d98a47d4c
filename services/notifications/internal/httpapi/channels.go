package httpapi

import (
	"context"

	"liuke.dev/services/notifications/internal/access"
	"liuke.dev/services/notifications/internal/outbox"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/store"
)

// Channels is how a person is reached.
type Channels struct {
	InApp bool   `json:"in_app" doc:"Always: the list of reminders is the record of what one was told"`
	Email bool   `json:"email"`
	Robot *Robot `json:"robot,omitempty"`
}

// Robot is a person's own.
type Robot struct {
	URL    string `json:"url"`
	Format string `json:"format"`
	Secret string `json:"secret,omitempty" doc:"Signs what is posted in the format liuke"`
	Gone   string `json:"gone,omitempty" doc:"Why it was switched off"`
}

// ChooseChannels chooses how one is reached.
type ChooseChannels struct {
	Email bool `json:"email" doc:"Whether reminders, and the daily digest, come by mail"`
	Robot *struct {
		URL    string `json:"url" minLength:"1" maxLength:"1000" doc:"At a host that the policy names"`
		Format string `json:"format,omitempty" enum:"liuke,wecom,dingtalk,feishu" default:"liuke" doc:"liuke: signed, as webhooks are; else a line of text for a group's robot"`
		Secret string `json:"secret,omitempty" maxLength:"200" doc:"For the format liuke; empty: the one it has, or a new one"`
	} `json:"robot,omitempty" doc:"Absent: none"`
}

func channels(doc *store.Doc[outbox.Choice]) *httpx.Item[Channels] {
	c := Channels{InApp: true, Email: !doc.Body.NoEmail}
	if r := doc.Body.Robot; r != nil {
		c.Robot = &Robot{r.URL, r.Format, r.Secret, r.Gone}
	}
	return httpx.NewItem(c, doc.Version)
}

func (a *API) getChannels(ctx context.Context, _ *struct{}) (*httpx.Item[Channels], error) {
	p := auth.From(ctx)
	if err := a.Desk.Guard.May(p, access.ChannelsChoose, p.ID); err != nil {
		return nil, err
	}
	doc, err := a.Desk.Choice(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	return channels(doc), nil
}

func (a *API) chooseChannels(ctx context.Context, in *struct {
	httpx.IfMatch
	Body ChooseChannels
}) (*httpx.Item[Channels], error) {
	p := auth.From(ctx)
	if err := a.Desk.Guard.May(p, access.ChannelsChoose, p.ID); err != nil {
		return nil, err
	}
	want := outbox.Choice{NoEmail: !in.Body.Email}
	if r := in.Body.Robot; r != nil {
		want.Robot = &outbox.Bell{URL: r.URL, Format: r.Format, Secret: r.Secret}
	}
	doc, err := a.Desk.Choose(ctx, p.ID, httpx.Command(ctx), in.Check, want)
	if err != nil {
		return nil, err
	}
	return channels(doc), nil
}
