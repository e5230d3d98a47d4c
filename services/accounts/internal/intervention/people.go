package intervention

import (
	"hash/fnv"
	"strconv"
	"strings"

	"liuke.dev/services/accounts/internal/customer"
	"liuke.dev/shared/auth"
	"liuke.dev/shared/directory"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
)

// RoleAttention is the one role of an intervention that only looks.
const RoleAttention = "attention"

var attention = lang.T("立即了解客户的异常行为并处理", "Look into the customer's unusual behaviour at once")

// finder finds who takes something over for a customer: nobody who left or is
// away.
type finder struct {
	people *directory.Directory
	file   customer.File
	owner  string
	groups []string
	now    instant.Time
}

// first gives the person of the first route that fits and gives somebody; where
// none does, whoever stands in for the owner, in the end anybody (C-11).
func (f finder) first(routes []policy.Route) string {
	for _, r := range routes {
		if !r.Fits(f.file.Tier, f.groups) {
			continue
		}
		if who := f.to(r.To); who != "" {
			return who
		}
	}
	if s := f.people.Supervisor(f.owner); s != "" {
		return f.people.Substitute(s, f.now)
	}
	return f.people.Substitute(f.owner, f.now)
}

func (f finder) to(target string) string {
	switch target {
	case policy.ToOwner:
		return f.present(f.owner)
	case policy.ToOwnerSupervisor:
		return f.present(f.people.Supervisor(f.owner))
	}
	return f.share(f.people.Active(auth.Role(target)))
}

// present gives the person, or their delegate while they are away; empty where neither is there.
func (f finder) present(id string) string {
	switch {
	case id == "":
		return ""
	case f.people.Available(id, f.now):
		return id
	}
	return f.people.Delegate(id, f.now)
}

// share gives one of a role's people who are present: customers are spread evenly,
// and a customer stays with the same person while that one is there.
func (f finder) share(list []string) string {
	best, most := "", uint64(0)
	for _, id := range list {
		if !f.people.Available(id, f.now) {
			continue
		}
		h := fnv.New64a()
		_, _ = h.Write([]byte(id + "/" + f.file.ID))
		if n := mixed(h.Sum64()); best == "" || n > most {
			best, most = id, n
		}
	}
	return best
}

// mixed spreads a hash over all its bits.
func mixed(h uint64) uint64 {
	h ^= h >> 33
	h *= 0xff51afd7ed558ccd
	return h ^ h>>33
}

func episodeOf(id string) int64 {
	n, err := strconv.ParseInt(id[strings.LastIndexByte(id, '-')+1:], 10, 64)
	if err != nil {
		return 0
	}
	return n
}
