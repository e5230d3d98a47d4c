// Package holdings says what belongs to a customer, so that a merge can move it
// and its undo can give it back.
package holdings

// Index is the name of the list by customer that every collection of holdings declares.
const Index = "by_customer"

// Belonging is embedded in every document that belongs to a customer.
type Belonging struct {
	Customer string `json:"customer"`
	// Origins are the customers it belonged to before merges moved it, oldest first.
	Origins []string `json:"origins,omitempty"`
}
