package importing

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"time"

	"liuke.dev/shared/instant"
	"liuke.dev/shared/money"
	"liuke.dev/shared/problem"
)

// order is what the rows of one number make.
type order struct {
	id       string
	line     int // its first row
	customer string
	at       time.Time
	amount   money.Amount
	units    int64
	lines    []map[string]any
	channel  string
}

// ordersPerCall is how many orders are told with one call.
const ordersPerCall = 500

// Orders tells every order of the file once; its customers were imported before.
// Rows of one order number are one order. Where a file has no numbers, as a
// purchase log, the customer, the day and the position within it are one, so that
// the same file gives the same orders.
func (j *Records) Orders(ctx context.Context, progress func(done, all int)) (Imported, error) {
	rows, err := read(j.File)
	if err != nil {
		return Imported{}, err
	}
	zone, err := time.LoadLocation(j.Zone)
	if err != nil {
		return Imported{}, fmt.Errorf("zone: %w", err)
	}
	out := Imported{Rows: len(rows), Sums: map[string]money.Amount{}}
	orders := j.orders(rows, zone, &out)
	out.Records = len(orders)
	done := 0
	for part := range slices.Chunk(orders, ordersPerCall) {
		if err := j.tell(ctx, part, &out); err != nil {
			return out, err
		}
		done += len(part)
		progress(done, len(orders))
	}
	slices.SortStableFunc(out.Refused, func(x, y Refusal) int { return x.Line - y.Line })
	return out, nil
}

// orders makes orders of rows; what cannot be read is refused.
func (j *Records) orders(rows []row, zone *time.Location, out *Imported) []*order {
	var list []*order
	byID := map[string]*order{}
	nth := map[string]int{}
	for _, r := range rows {
		o, product, faults := j.order(r, zone)
		if o.id == "" && o.customer != "" && !o.at.IsZero() {
			day := o.customer + "-" + o.at.Format("20060102")
			nth[day]++
			o.id = day + "-" + strconv.Itoa(nth[day])
		}
		if len(faults) > 0 {
			out.Refused = append(out.Refused, Refusal{r.line, o.id, faults})
			continue
		}
		whole := byID[o.id]
		switch {
		case whole == nil:
			byID[o.id] = o
			list = append(list, o)
			whole = o
		case whole.customer != o.customer || whole.amount.Currency != o.amount.Currency || !whole.at.Equal(o.at):
			out.Refused = append(out.Refused, Refusal{r.line, o.id, []problem.Field{wrong("order", "differs",
				fmt.Sprintf("与第 %d 行同一订单号，但客户、日期或货币不同", whole.line), fmt.Sprintf("has the number of line %d, but another customer, day or currency", whole.line))}})
			continue
		default:
			whole.amount.Minor += o.amount.Minor
			whole.units += o.units
		}
		if product != "" {
			whole.lines = append(whole.lines, map[string]any{"product": product, "quantity": o.units, "amount": o.amount})
		}
	}
	return list
}

// order reads one row, and says all that is wrong with it.
func (j *Records) order(r row, zone *time.Location) (*order, string, []problem.Field) {
	o := &order{id: r.field("order", "order_id", "order_no", "id", "订单号"), line: r.line, customer: r.customerOf(), channel: either(r.field("channel", "渠道"), j.Channel)}
	if r.broken != nil {
		return o, "", []problem.Field{*r.broken}
	}
	var faults []problem.Field
	if o.customer == "" {
		faults = append(faults, problem.Required("customer"))
	}
	var ok bool
	if day := r.field("date", "placed_at", "day", "日期", "下单日期"); day == "" {
		faults = append(faults, problem.Required("date"))
	} else if o.at, ok = when(day, zone); !ok {
		faults = append(faults, wrong("date", "date", "不是日期："+day, "is not a date: "+day))
	}
	var err error
	if text := r.field("amount", "total", "金额"); text == "" {
		faults = append(faults, problem.Required("amount"))
	} else if o.amount, err = money.Parse(text, either(r.field("currency", "货币"), j.Currency)); err != nil || o.amount.Minor < 0 {
		faults = append(faults, wrong("amount", "amount", "不是金额："+text, "is not an amount: "+text))
	}
	if text := r.field("units", "quantity", "数量"); text != "" {
		if o.units, err = strconv.ParseInt(text, 10, 64); err != nil || o.units < 0 {
			faults = append(faults, wrong("units", "number", "不是数量："+text, "is not a number of pieces: "+text))
		}
	}
	if rest := r.field("rest"); rest != "" {
		faults = append(faults, wrong("row", "too_many", "多出内容："+rest, "has more than belongs to it: "+rest))
	}
	return o, r.field("product", "产品"), faults
}

// tell records orders with one call; each is answered by itself.
func (j *Records) tell(ctx context.Context, part []*order, out *Imported) error {
	items := make([]map[string]any, 0, len(part))
	for _, o := range part {
		item := map[string]any{"match": map[string]any{"external": j.external(o.customer)}, "source": j.Source, "source_id": o.id, "placed_at": instant.Of(o.at), "amount": o.amount,
			"units": o.units, "channel": o.channel}
		if len(o.lines) > 0 {
			item["lines"] = o.lines
		}
		items = append(items, item)
	}
	var answer struct {
		Items []struct {
			Status string          `json:"status"`
			Errors []problem.Field `json:"errors"`
		} `json:"items"`
	}
	if err := j.Client.Do(ctx, j.As, http.MethodPost, "/v1/orders/batch", map[string]any{"items": items}, &answer); err != nil {
		return err
	}
	for i, a := range answer.Items {
		o := part[i]
		switch a.Status {
		case "recorded":
			out.Created++
		case "known":
			out.Known++
		default:
			out.Refused = append(out.Refused, Refusal{o.line, o.id, a.Errors})
			continue
		}
		out.Units += o.units
		sum, err := out.Sums[o.amount.Currency].Add(o.amount)
		if err != nil {
			return err
		}
		out.Sums[o.amount.Currency] = sum
	}
	return nil
}
