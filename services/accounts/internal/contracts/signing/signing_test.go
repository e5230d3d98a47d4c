package signing_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"liuke.dev/services/accounts/internal/contracts/signing"
	"liuke.dev/shared/hooks"
	"liuke.dev/shared/instant"
)

const secret = "0123456789abcdef"

var pdf = []byte("%PDF-1.7 a contract")

func handing() signing.Handing {
	sum := sha256.Sum256(pdf)
	return signing.Handing{ID: "contract:k1.2", Contract: "k1", Round: 2, Number: "HT-1", Title: "年度合同", Hash: hex.EncodeToString(sum[:]), Signer: signing.Signer{Company: "上海华兴", Contact: "李总"}, SignBy: instant.Now()}
}

func against(t *testing.T, h http.HandlerFunc) *signing.Webhook {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	w, err := signing.New(s.URL, secret, "https://crm.example.com/v1/signing/callbacks", 300*time.Millisecond, instant.Now)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// what is posted is the document itself with what it is, signed with the
// secret, under an id that stays the same; the answer says where the customer signs.
func TestADocumentIsHandedOver(t *testing.T) {
	w := against(t, func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		if err := hooks.Verify(secret, r.Header.Get(hooks.HeaderSignature), body, instant.Now()); err != nil || r.Header.Get("Idempotency-Key") != "contract:k1.2" {
			t.Errorf("%v, key %s", err, r.Header.Get("Idempotency-Key"))
		}
		_, params, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
		if err != nil {
			t.Fatal(err)
		}
		form, err := multipart.NewReader(strings.NewReader(string(body)), params["boundary"]).ReadForm(1 << 20)
		if err != nil {
			t.Fatal(err)
		}
		var told signing.Handing
		if err := json.Unmarshal([]byte(form.Value["contract"][0]), &told); err != nil || told.Title != "年度合同" || told.Signer.Contact != "李总" || !strings.HasSuffix(told.Callback, "/v1/signing/callbacks") {
			t.Errorf("%+v %v", told, err)
		}
		f, err := form.File["document"][0].Open()
		if err != nil {
			t.Fatal(err)
		}
		got, _ := io.ReadAll(f)
		if sum := sha256.Sum256(got); hex.EncodeToString(sum[:]) != told.Hash || form.File["document"][0].Header.Get("Content-Type") != "application/pdf" {
			t.Errorf("the document is another: %s", got)
		}
		_, _ = fmt.Fprint(w, `{"id":"e-7","address":"https://sign.example.com/e-7"}`)
	})
	got, err := w.Hand(t.Context(), handing(), pdf)
	if err != nil || got.ID != "e-7" || got.Address != "https://sign.example.com/e-7" {
		t.Errorf("%+v %v", got, err)
	}
}

// a service that behaves badly is tried again where that may help, and never believed.
func TestAServiceThatBehavesBadly(t *testing.T) {
	status := func(n int) http.HandlerFunc { return func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(n) } }
	says := func(text string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, text) }
	}
	for name, c := range map[string]struct {
		does  http.HandlerFunc
		final bool
	}{
		"is down":            {status(503), false},
		"breaks":             {status(500), false},
		"has too much to do": {status(429), false},
		"does not want it":   {status(400), true},
		"does not know us":   {status(401), true},
		"sends us elsewhere": {func(w http.ResponseWriter, r *http.Request) {
			http.Redirect(w, r, "http://127.0.0.1:1/", http.StatusTemporaryRedirect)
		}, true},
		"is silent": {func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body); <-r.Context().Done() }, false},
		"hangs up":  {func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) }, false},
		"breaks off": {func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Length", "100")
			_, _ = io.WriteString(w, `{"id":`)
		}, false},
		"says nothing":               {says(""), false},
		"says something else":        {says("<html>OK</html>"), false},
		"forgets its id":             {says(`{"address":"https://sign.example.com/e"}`), false},
		"forgets the address":        {says(`{"id":"e"}`), false},
		"gives a script for address": {says(`{"id":"e","address":"javascript:alert(1)"}`), false},
		"gives an open address":      {says(`{"id":"e","address":"http://sign.example.com/e"}`), false},
		"never stops":                {says(`{"id":"` + strings.Repeat("x", 100_000) + `"}`), false},
		"has a long address":         {says(`{"id":"e","address":"https://sign.example.com/` + strings.Repeat("x", 2_000) + `"}`), false},
	} {
		got, err := against(t, c.does).Hand(t.Context(), handing(), pdf)
		if err == nil || errors.Is(err, signing.ErrFinal) != c.final || got != (signing.Handed{}) {
			t.Errorf("%s: %+v %v", name, got, err)
		}
	}
}

// A service without encryption, or a secret that can be guessed, is refused when the program starts.
func TestConfigured(t *testing.T) {
	for name, c := range map[string]struct{ url, secret string }{"not encrypted": {"http://sign.example.com", secret}, "no address": {"sign", secret}, "no secret": {"https://sign.example.com", ""}, "a short one": {"https://sign.example.com", "secret"}} {
		if _, err := signing.New(c.url, c.secret, "", time.Second, instant.Now); err == nil {
			t.Errorf("%s is accepted", name)
		}
	}
}
