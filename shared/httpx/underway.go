package httpx

import (
	"context"
	"sync"

	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
)

// underway are the commands with an Idempotency-Key that this process carries out.
// Two at once under one key would each find no first answer; so the later one
// waits, or is refused if it is another request.
type underway struct{ sync.Map }

// turn is one command's; ended is closed when it has been answered.
type turn struct {
	request string
	ended   chan struct{}
}

// take gives the key to a request, once whoever has it was answered; end gives it
// back. Errors: the key is another request's, or the context ended.
func (u *underway) take(ctx context.Context, id, request string) (end func(), err error) {
	mine := &turn{request, make(chan struct{})}
	for {
		held, taken := u.LoadOrStore(id, mine)
		if !taken {
			return func() { u.Delete(id); close(mine.ended) }, nil
		}
		if held.(*turn).request != request {
			return nil, keyReused()
		}
		select {
		case <-held.(*turn).ended:
		case <-ctx.Done():
			return nil, problem.Away(ctx.Err())
		}
	}
}

func keyReused() error {
	return &problem.Error{Code: problem.KeyReused, Text: lang.T("这个 Idempotency-Key 已用于另一请求", "This Idempotency-Key was used for another request")}
}
