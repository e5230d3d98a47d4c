// Package cdnow reads the public CDNOW sample: one line for each order of 2,357
// customers of a shop between January 1997 and June 1998. It is a yardstick for
// the score that learns, never part of a company's data.
package cdnow

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"liuke.dev/services/insights/internal/learning/orders"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/money"
)

// Until is where the record ends: nothing is known of July 1998.
var Until = instant.Of(time.Date(1998, 7, 1, 0, 0, 0, 0, time.UTC))

// Read reads the file: customer, number in the sample, date, pieces, dollars. It
// gives each customer's orders by day, in the order of the file, and how many lines there were.
func Read(r io.Reader) (customers []orders.Customer, lines int, err error) {
	at := map[string]int{}
	for s := bufio.NewScanner(r); s.Scan(); lines++ {
		f := strings.Fields(s.Text())
		if len(f) != 5 {
			return nil, 0, fmt.Errorf("cdnow: line %d has %d fields, not 5", lines+1, len(f))
		}
		on, err := time.Parse("20060102", f[2])
		if err != nil {
			return nil, 0, fmt.Errorf("cdnow: line %d: %w", lines+1, err)
		}
		if _, err := strconv.Atoi(f[3]); err != nil {
			return nil, 0, fmt.Errorf("cdnow: line %d: %w", lines+1, err)
		}
		amount, err := money.Parse(f[4], "USD")
		if err != nil {
			return nil, 0, fmt.Errorf("cdnow: line %d: %w", lines+1, err)
		}
		i, known := at[f[1]]
		if !known {
			i = len(customers)
			at[f[1]] = i
			customers = append(customers, orders.Customer{ID: f[1]})
		}
		customers[i].Orders = append(customers[i].Orders, orders.Order{At: instant.Of(on), Minor: amount.Minor})
	}
	for i := range customers {
		customers[i].Orders = orders.Gather(customers[i].Orders)
	}
	return customers, lines, nil
}
