package host

import (
	"go.temporal.io/api/enums/v1"
	"go.temporal.io/sdk/temporal"
	"go.temporal.io/sdk/workflow"

	"liuke.dev/shared/instant"
	"liuke.dev/workflows/decisions"
)

// SearchAttributes that the namespace must have.
var SearchAttributes = map[string]enums.IndexedValueType{
	"JourneyKind": enums.INDEXED_VALUE_TYPE_KEYWORD,
	"Stage":       enums.INDEXED_VALUE_TYPE_KEYWORD,
	"Owner":       enums.INDEXED_VALUE_TYPE_KEYWORD,
	"Customer":    enums.INDEXED_VALUE_TYPE_KEYWORD,
	"Risk":        enums.INDEXED_VALUE_TYPE_KEYWORD,
	"NextDue":     enums.INDEXED_VALUE_TYPE_DATETIME,
	"Late":        enums.INDEXED_VALUE_TYPE_BOOL,
}

// Keys of the search attributes.
var (
	KindKey     = temporal.NewSearchAttributeKeyKeyword("JourneyKind")
	stageKey    = temporal.NewSearchAttributeKeyKeyword("Stage")
	ownerKey    = temporal.NewSearchAttributeKeyKeyword("Owner")
	customerKey = temporal.NewSearchAttributeKeyKeyword("Customer")
	riskKey     = temporal.NewSearchAttributeKeyKeyword("Risk")
	nextDueKey  = temporal.NewSearchAttributeKeyTime("NextDue")
	lateKey     = temporal.NewSearchAttributeKeyBool("Late")
)

// shown is what was upserted last. An upsert is the dearest step there is, so
// only changes are, and NextDue is the day of the timer: a fact that postpones
// it leaves both as they are.
type shown struct {
	stage, owner, customer, risk string
	late                         bool
	day                          instant.Time
}

const dayMS = instant.Time(24 * 60 * 60 * 1000)

// Shown is what the search attributes of a run say when it begins, as far as
// whoever starts it can tell: what the first decision need not change costs no
// upsert.
type Shown struct {
	Stage    string       `json:"stage,omitempty"`
	Owner    string       `json:"owner,omitempty"`
	Customer string       `json:"customer,omitempty"`
	NextDue  instant.Time `json:"next_due,omitempty"` // cut to its day
}

// Attributes are the search attributes that a journey starts with.
func Attributes(kind string, s *Shown) temporal.SearchAttributes {
	all := []temporal.SearchAttributeUpdate{KindKey.ValueSet(kind)}
	if s != nil {
		var none shown
		keyword(&all, stageKey, &none.stage, s.Stage)
		keyword(&all, ownerKey, &none.owner, s.Owner)
		keyword(&all, customerKey, &none.customer, s.Customer)
		if day := dayOf(s.NextDue); day != 0 {
			all = append(all, nextDueKey.ValueSet(day.Std()))
		}
	}
	return temporal.NewSearchAttributes(all...)
}

// at gives what is shown when a run begins.
func (s *Shown) at() shown {
	if s == nil {
		return shown{}
	}
	return shown{stage: s.Stage, owner: s.Owner, customer: s.Customer, day: dayOf(s.NextDue)}
}

func dayOf(t instant.Time) instant.Time { return t - t%dayMS }

func (s *shown) update(ctx workflow.Context, now decisions.Show, timer instant.Time) error {
	var changes []temporal.SearchAttributeUpdate
	keyword(&changes, stageKey, &s.stage, now.Stage)
	keyword(&changes, ownerKey, &s.owner, now.Owner)
	keyword(&changes, customerKey, &s.customer, now.Customer)
	keyword(&changes, riskKey, &s.risk, now.Risk)
	if s.late != now.Late {
		s.late = now.Late
		changes = append(changes, lateKey.ValueSet(now.Late))
	}
	if day := dayOf(timer); day != s.day {
		s.day = day
		if day == 0 {
			changes = append(changes, nextDueKey.ValueUnset())
		} else {
			changes = append(changes, nextDueKey.ValueSet(day.Std()))
		}
	}
	if len(changes) == 0 {
		return nil
	}
	return workflow.UpsertTypedSearchAttributes(ctx, changes...)
}

func keyword(changes *[]temporal.SearchAttributeUpdate, key temporal.SearchAttributeKeyKeyword, was *string, is string) {
	switch {
	case *was == is:
		return
	case is == "":
		*changes = append(*changes, key.ValueUnset())
	default:
		*changes = append(*changes, key.ValueSet(is))
	}
	*was = is
}
