//go:build engines && linux

package compose

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
)

func get(ctx context.Context, address string) error {
	_, err := page(ctx, address)
	return err
}

func page(ctx context.Context, address string) ([]byte, error) {
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		return nil, err
	}
	defer func() { _ = answer.Body.Close() }()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s: %s %s %w", address, answer.Status, body, err)
	}
	return body, nil
}

func ask(ctx context.Context, address string, into any) error {
	body, err := page(ctx, address)
	if err == nil {
		err = json.Unmarshal(body, into)
	}
	return err
}
