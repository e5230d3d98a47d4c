package organization

import (
	"context"
	"regexp"
	"strings"

	"liuke.dev/services/organization/internal/people"
	"liuke.dev/services/organization/internal/signin"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/problem"
)

// enrolFirst creates the first administrator.
func (s *Service) enrolFirst(ctx context.Context, a signin.Administrator) (string, error) {
	if s.signin == nil {
		return s.enrolOutsider(ctx, a)
	}
	id, err := s.setup.Person(ctx, a.Token, "")
	if err != nil {
		return "", err
	}
	fields := signin.CheckPassword(a.Password, a.Name, a.Email)
	if strings.TrimSpace(a.Email) == "" {
		fields = append(fields, problem.Required("email"))
	}
	for field, value := range map[string]string{"subject": a.Subject, "access_token": a.AccessToken} {
		if value != "" {
			fields = append(fields, problem.FieldError(field, "embedded_issuer", "没有配置外部身份提供方", "no outside issuer is configured"))
		}
	}
	if err := problem.InvalidFields(fields...); err != nil {
		return "", err
	}
	if err := s.enrolAs(ctx, id, a); err != nil {
		return "", err
	}
	if err := s.signin.SetPassword(ctx, id, a.Password); err != nil {
		return "", err
	}
	return id, s.setup.Done(ctx)
}

func (s *Service) enrolAs(ctx context.Context, id string, a signin.Administrator) error {
	_, err := s.app.Enrol(ctx, first(id, a))
	return err
}

func first(id string, a signin.Administrator) catalogue.Person {
	return catalogue.Person{ID: id, Name: a.Name, Email: a.Email, Language: a.Language, Roles: []string{string(auth.Administrator)}}
}

// enrolOutsider creates the first administrator where people sign in at an outside
// issuer: under the subject there, which tokens carry; else under an id of ours,
// and the mail address of the token tells who it is.
func (s *Service) enrolOutsider(ctx context.Context, a signin.Administrator) (string, error) {
	if _, err := s.setup.Person(ctx, a.Token, ""); err != nil {
		return "", err
	}
	var fields []problem.Field
	if a.Password != "" {
		fields = append(fields, problem.FieldError("password", "outside_issuer", "登录由外部身份提供方负责", "people sign in at an outside issuer"))
	}
	if a.AccessToken != "" {
		subject, email, err := s.deps.Verifier.Bearer(ctx, a.AccessToken)
		if err != nil || a.Subject != "" && a.Subject != subject {
			fields = append(fields, problem.FieldError("access_token", "token", "不是该身份提供方签发给此人的有效令牌", "is no valid token of the issuer for this subject"))
		}
		a.Subject = subject
		if a.Email == "" {
			a.Email = email
		}
	}
	switch {
	case len(fields) > 0:
	case a.Subject == "" && strings.TrimSpace(a.Email) == "":
		fields = append(fields, problem.FieldError("subject", "required_without_email", "请填写邮箱、标识（sub）或令牌之一", "name the mail address, the subject or a token"))
	case a.Subject != "" && !subjectForm.MatchString(a.Subject):
		fields = append(fields, problem.FieldError("subject", "pattern", "此标识不能用作人员编号，请改用邮箱", "cannot be the id of a person here: name the mail address instead"))
	}
	fields = append(fields, people.Check(people.Tidy(first("", a)), func(string) bool { return true })...)
	if err := problem.InvalidFields(fields...); err != nil {
		return "", err
	}
	id, err := s.setup.Person(ctx, a.Token, a.Subject)
	switch {
	case err != nil:
		return "", err
	case a.Subject != "" && id != a.Subject:
		return "", problem.Refuse("setup_taken", "另一位管理员正在或已经完成初始化", "somebody else is the first administrator, or about to be")
	}
	if err := s.enrolAs(ctx, id, a); err != nil {
		return "", err
	}
	return id, s.setup.Done(ctx)
}

// subjectForm is what a subject must look like to be the id of a person: ids stand
// in paths, and before slashes in the names of facts.
var subjectForm = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._@|+-]{0,99}$`)
