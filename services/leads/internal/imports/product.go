package imports

import "fmt"

// product gives the product as the list spells it; what the list does not know
// stays and is reported with the nearest spelling.
func (r *reading) product() string {
	v := r.cell("product")
	if v == "" || len(r.products) == 0 {
		return v
	}
	if name, ok := r.products[Key(v)]; ok {
		if name != v {
			r.adjust("product", "product_spelling", v, name, "按产品清单改写", "spelled as the list of products has it")
		}
		return name
	}
	nearest, distance := "", 4
	for key, name := range r.products {
		if d := apart(Key(v), key); d < distance || d == distance && name < nearest {
			nearest, distance = name, d
		}
	}
	if nearest == "" {
		r.adjust("product", "product_unknown", v, v, "产品清单中没有，保持原样", "is not in the list of products: kept as it is")
	} else {
		r.adjust("product", "product_unknown", v, v, "产品清单中没有，保持原样；是否为“"+nearest+"”？", fmt.Sprintf("is not in the list of products: kept as it is; is it %q?", nearest))
	}
	return v
}

// apart counts the letters by which two words differ.
func apart(a, b string) int {
	x, y := []rune(a), []rune(b)
	row := make([]int, len(y)+1)
	for j := range row {
		row[j] = j
	}
	for i := range x {
		left := row[0]
		row[0] = i + 1
		for j := range y {
			cost := left
			if x[i] != y[j] {
				cost = 1 + min(left, row[j], row[j+1])
			}
			left, row[j+1] = row[j+1], cost
		}
	}
	return row[len(y)]
}
