package httpapi

import (
	"context"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gin-gonic/gin"

	"liuke.dev/services/organization/internal/signin"
	"liuke.dev/shared/httpx"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/problem"
)

// setupInput is the first administrator; Remote is where it comes from.
type setupInput struct {
	remote string
	Body   struct {
		Token    string `json:"token" maxLength:"200" doc:"From the set-up link"`
		Name     string `json:"name" maxLength:"100" example:"王小明"`
		Email    string `json:"email,omitempty" maxLength:"254" example:"wang@example.com"`
		Password string `json:"password,omitempty" maxLength:"800" doc:"At the embedded issuer"`
		Language string `json:"language,omitempty" maxLength:"10" example:"zh-CN"`
		// Subject and AccessToken name the account at an outside issuer.
		Subject     string `json:"subject,omitempty" maxLength:"100" doc:"Subject (sub) of the account at the outside issuer; without it the mail address tells"`
		AccessToken string `json:"access_token,omitempty" maxLength:"8000" doc:"Access token of the outside issuer: who holds it becomes the administrator"`
	}
}

// Resolve keeps the caller's address.
func (in *setupInput) Resolve(c huma.Context) []error {
	in.remote = c.RemoteAddr()
	return nil
}

type setupOutput struct {
	Person string `json:"person" doc:"Id of the administrator"`
}

func (a *API) setup(s *httpx.Server) {
	httpx.Handle(s, httpx.Op{Method: "POST", Path: "/setup/administrator", ID: "set-up", Tag: "set-up", Summary: "Create the first administrator",
		Description: "With the token of the one-time link that the program prints while there is nobody yet. With an outside issuer the account there is named instead of a password: by mail address, subject, or a token.", Public: true}, a.setUp)
	page := gin.WrapF(a.Setup.Page(func(ctx context.Context, first signin.Administrator) error {
		_, err := a.Enrol(ctx, first)
		return err
	}))
	s.Routes.GET("/setup", page)
	s.Routes.POST("/setup", page)
}

func (a *API) setUp(ctx context.Context, in *setupInput) (*httpx.Item[setupOutput], error) {
	if !a.Setup.Allow(in.remote) {
		return nil, &problem.Error{Code: problem.TooMany, RetryAfter: time.Minute, Text: lang.T("尝试过于频繁，请稍后再试", "Too many tries; wait a little")}
	}
	b := in.Body
	id, err := a.Enrol(ctx, signin.Administrator{Token: b.Token, Name: b.Name, Email: b.Email, Password: b.Password, Language: b.Language,
		Subject: b.Subject, AccessToken: b.AccessToken})
	if err != nil {
		return nil, err
	}
	return httpx.NewCreated(setupOutput{id}, 1, httpx.Path("v1", "people", id)), nil
}
