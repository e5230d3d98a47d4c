//go:build realdata

package importing_test

import (
	"bufio"
	"bytes"
	"os"
	"strconv"
	"strings"
	"testing"

	"liuke.dev/deploy/local/importing"
	"liuke.dev/shared/realdata"
)

// cdnow gives the path of the public purchase log, and what an independent reading of it says.
func cdnow(t *testing.T) (path string, customers map[string]int64, orders int, pieces, cents int64) {
	t.Helper()
	path = realdata.File(t, "cdnow", "CDNOW_sample.txt")
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	customers = map[string]int64{}
	for lines := bufio.NewScanner(bytes.NewReader(raw)); lines.Scan(); {
		f := strings.Fields(lines.Text())
		n, err1 := strconv.ParseInt(f[3], 10, 64)
		dollars, err2 := strconv.ParseInt(strings.ReplaceAll(f[4], ".", ""), 10, 64) // every amount has two decimals
		if err1 != nil || err2 != nil || len(f[4])-strings.IndexByte(f[4], '.') != 3 {
			t.Fatalf("not as expected: %q", lines.Text())
		}
		customers[f[0]] += dollars
		orders, pieces, cents = orders+1, pieces+n, cents+dollars
	}
	return path, customers, orders, pieces, cents
}

// the public purchase log comes in whole: as many customers, orders and
// pieces as the file has, and each customer's sum and the whole one to the cent; a
// second run creates nothing.
func TestRealDataPurchasesComeIn(t *testing.T) {
	path, customers, orders, pieces, cents := cdnow(t)
	job := &importing.Records{Client: program(t), As: "admin", File: path, Source: "cdnow", Kind: "person", Currency: "USD", Zone: "America/New_York"}
	for run, want := range []struct{ customers, orders int }{{len(customers), orders}, {}} {
		who, err := job.Customers(t.Context(), quietly)
		if err != nil {
			t.Fatal(err)
		}
		if who.Rows != orders || who.Records != len(customers) || who.Created != want.customers || who.Created+who.Known != len(customers) || len(who.Refused) != 0 {
			t.Errorf("run %d: customers %+v", run, who)
		}
		what, err := job.Orders(t.Context(), quietly)
		if err != nil {
			t.Fatal(err)
		}
		if what.Records != orders || what.Created != want.orders || what.Created+what.Known != orders || what.Units != pieces || what.Sums["USD"].Minor != cents || len(what.Refused) != 0 {
			t.Errorf("run %d: %+v; the file has %d orders, %d pieces, %d cents", run, what, orders, pieces, cents)
		}
	}
	if len(customers) != 2357 || orders != 6919 {
		t.Errorf("the file has %d customers and %d orders", len(customers), orders)
	}
	// What is stored is read again, customer by customer.
	sum, n := int64(0), 0
	for id, want := range customers {
		mine := int64(0)
		for _, o := range ordersOf(t, job.Client, "cdnow:"+id) {
			mine, n = mine+o.Amount.Minor, n+1
		}
		if sum += mine; mine != want {
			t.Errorf("customer %s: %d cents, the file has %d", id, mine, want)
		}
	}
	if sum != cents || n != orders {
		t.Errorf("stored: %d orders, %d cents", n, sum)
	}
}
