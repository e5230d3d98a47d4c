package imports

import (
	"fmt"

	"liuke.dev/shared/spelling"
)

// product gives the product as the list spells it; what the list does not know
// stays and is reported with the nearest spelling.
func (r *reading) product() string {
	v := r.cell("product")
	if v == "" || len(r.products) == 0 {
		return v
	}
	if name, ok := r.products[spelling.Key(v)]; ok {
		if name != v {
			r.adjust("product", "product_spelling", v, name, "按产品清单改写", "spelled as the list of products has it")
		}
		return name
	}
	nearest, distance := "", 4
	for key, name := range r.products {
		if d := spelling.Apart(spelling.Key(v), key); d < distance || d == distance && name < nearest {
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
