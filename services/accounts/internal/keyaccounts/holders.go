package keyaccounts

import "liuke.dev/services/accounts/internal/holdings"

// Holders are what customers have here, which moves when two files become one.
func (k *KeyAccounts) Holders() []holdings.Holder {
	return []holdings.Holder{
		holdings.Of(spec.Name, k.docs, func(b *Body) (*string, *[]string) { return &b.Customer, &b.Origins }, nil),
		holdings.Of(notes.Name, k.notes, func(n *Note) (*string, *[]string) { return &n.Customer, &n.Origins }, nil),
		holdings.Of(items.Name, k.items, func(i *Item) (*string, *[]string) { return &i.Customer, &i.Origins }, nil),
		holdings.Of(guest.Name, k.guests, func(g *Guest) (*string, *[]string) { return &g.Customer, &g.Origins }, nil),
	}
}
