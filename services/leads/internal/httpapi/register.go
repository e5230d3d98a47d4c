// Package httpapi is the HTTP interface of services/leads: one file per
// resource, which translates and nothing else.
package httpapi

import (
	"net/http"
	"strconv"

	"liuke.dev/shared/httpx"
	"liuke.dev/shared/problem"

	"liuke.dev/services/leads/internal/app"
)

// Register adds all operations of the service.
func Register(s *httpx.Server, a *app.App) {
	registerLeads(s, a)
	registerFirstContacts(s, a)
	registerOwnerships(s, a)
	registerPool(s, a)
	registerTransfers(s, a)
	registerEffects(s, a)
	registerForms(s, a)
	registerDeals(s, a)
	registerImports(s, a)
}

// op describes an operation that answers 200, as all but creations do.
func op(method, path, id, tag, summary, description string) httpx.Op {
	return httpx.Op{Method: method, Path: path, ID: id, Tag: tag, Summary: summary, Description: description, Status: http.StatusOK}
}

// creates describes an operation that answers 201.
func creates(path, id, tag, summary, description string) httpx.Op {
	o := op(http.MethodPost, path, id, tag, summary, description)
	o.Status = http.StatusCreated
	return o
}

// versionCursor reads the cursor of a list that goes by version.
func versionCursor(after string) (int64, error) {
	if after == "" {
		return 0, nil
	}
	n, err := strconv.ParseInt(after, 10, 64)
	if err != nil || n < 0 {
		return 0, problem.InvalidFields(problem.FieldError("query.after", "cursor", "不是本列表的游标", "is not a cursor of this list"))
	}
	return n, nil
}

func cursor(version int64) string {
	if version == 0 {
		return ""
	}
	return strconv.FormatInt(version, 10)
}
