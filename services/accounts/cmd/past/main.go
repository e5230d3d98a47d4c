// Command past fills the accounts store of a program that does not run with
// customers of two years, for measuring: go run ./bench uses it.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	"liuke.dev/services/accounts/internal/past"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/store/engines"
)

func main() {
	address := flag.String("store", "", "address of the store: sqlite:DIR")
	owners := flag.String("owners", "", "ids of those who answer for the customers, comma separated")
	c := past.Config{Now: instant.Now()}
	flag.IntVar(&c.Customers, "customers", 100_000, "how many customers")
	flag.IntVar(&c.Orders, "orders", 24, "orders of each in two years, on average")
	flag.IntVar(&c.Busy, "busy", 100, "how many of them are busy")
	flag.IntVar(&c.Busiest, "busiest", 1000, "entries of each who is busy, besides orders")
	flag.Parse()
	c.Owners = strings.Split(*owners, ",")
	if err := fill(context.Background(), *address, c); err != nil {
		fmt.Fprintln(os.Stderr, "past:", err)
		os.Exit(1)
	}
}

func fill(ctx context.Context, address string, c past.Config) error {
	e, err := engines.Open(ctx, address, "accounts")
	if err != nil {
		return err
	}
	begin := time.Now()
	entries, err := past.Fill(ctx, e, c)
	if err == nil {
		fmt.Printf("%d customers with %d entries in %s\n", c.Customers, entries, time.Since(begin).Round(time.Second))
	}
	return errors.Join(err, e.Close())
}
