package channel

import (
	"context"
	"encoding/json"
	"fmt"

	"liuke.dev/services/notifications/internal/outbox"
	"liuke.dev/shared/catalogue"
)

// text is what a chat group's robot takes: WeCom and DingTalk the first two
// fields, Feishu the others.
type text struct {
	Type    string    `json:"msgtype,omitempty"`
	Text    *textBody `json:"text,omitempty"`
	MsgType string    `json:"msg_type,omitempty"`
	Content *textBody `json:"content,omitempty"`
}

type textBody struct {
	Content string `json:"content,omitempty"`
	Text    string `json:"text,omitempty"`
}

// Ring tells a person's robot of a reminder: in the format liuke as webhooks are
// told, signed; else as a line of text in the person's language. Robots of chat
// groups answer 200 and say in the body whether they took it.
func (w *Webhook) Ring(ctx context.Context, b outbox.Bell, key, language string, r catalogue.Reminder) error {
	line := fmt.Sprintf("[%s] %s", levels[r.Level].In(language), r.Text.In(language))
	switch b.Format {
	case outbox.FormatWeCom, outbox.FormatDingTalk:
		return w.tell(ctx, b, key, text{Type: "text", Text: &textBody{Content: line}})
	case outbox.FormatFeishu:
		return w.tell(ctx, b, key, text{MsgType: "text", Content: &textBody{Text: line}})
	}
	_, err := w.post(ctx, b.URL, b.Secret, key, posted{ID: key, Type: "reminder", Reminder: r})
	return err
}

func (w *Webhook) tell(ctx context.Context, b outbox.Bell, key string, what text) error {
	answer, err := w.post(ctx, b.URL, "", key, what)
	if err != nil {
		return err
	}
	var said struct {
		ErrCode int    `json:"errcode"` // WeCom, DingTalk
		ErrMsg  string `json:"errmsg"`
		Code    int    `json:"code"` // Feishu
		Msg     string `json:"msg"`
	}
	if json.Unmarshal(answer, &said) != nil || said.ErrCode == 0 && said.Code == 0 {
		return nil
	}
	return fmt.Errorf("the robot did not take it: %d %s%s", said.ErrCode+said.Code, said.ErrMsg, said.Msg) // such as too many a minute: it may pass
}
