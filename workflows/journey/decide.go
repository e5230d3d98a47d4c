package journey

import (
	"encoding/json"
	"fmt"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/instant"
	"liuke.dev/shared/lang"
	"liuke.dev/shared/policy"
)

// Input is all that a decision depends on.
type Input struct {
	ID    string
	State json.RawMessage // memory as the last decision left it, empty before the first
	Facts []Event
	Now   instant.Time
	View  *policy.View
	// Calendars names the working calendars of people who do not work by the
	// book's default, by their ids (directory.Calendars).
	Calendars map[string]string
}

// Decision is what was decided, in the form that is stored, shown and published.
type Decision struct {
	State    json.RawMessage
	Read     []catalogue.FactRef
	Fired    []catalogue.Fired
	Effects  []Effect
	Pending  []catalogue.Obligation
	NextDue  instant.Time // zero: nothing is pending
	Policy   int64
	Holder   string // whose obligations they are
	Calendar string // of the holder, which working time ran on; empty for the default
	Status   Status
	Ended    bool      // nothing will happen unless new facts come
	Says     lang.Text // where it stands and what happens next
	Stranger []string  // ids of facts that could not be read: shown, never in the way
}

// Process is a kind of journey as the host knows it.
type Process interface {
	Name() string
	// Decide makes a decision. It is a function of its input alone.
	Decide(in Input) (Decision, error)
}

// Of gives the process that a kind's rules make.
func Of[S any](r Rules[S]) Process { return process[S]{r} }

type process[S any] struct{ rules Rules[S] }

func (p process[S]) Name() string { return p.rules.Name() }

func (p process[S]) Decide(in Input) (Decision, error) {
	m := Remember(p.rules, in.ID)
	if len(in.State) > 0 {
		if err := json.Unmarshal(in.State, m); err != nil {
			return Decision{}, fmt.Errorf("journey %s/%s: state: %w", p.Name(), in.ID, err)
		}
	}
	if m.Fired == nil {
		m.Fired = Fired{}
	}
	d := Decision{Policy: in.View.Version}
	facts := make([]Fact, 0, len(in.Facts))
	for _, e := range in.Facts {
		f, err := Read(e)
		if err != nil {
			d.Stranger = append(d.Stranger, e.ID)
			continue
		}
		facts = append(facts, f)
	}
	out, err := Step(p.rules, m, facts, in.Now, in.View, in.Calendars)
	if err != nil {
		return Decision{}, err
	}
	return d, p.record(&d, m, out, facts, in)
}

// record turns an outcome into what is stored and shown.
func (p process[S]) record(d *Decision, m *Memory[S], out Outcome, facts []Fact, in Input) error {
	for _, i := range out.Read {
		d.Read = append(d.Read, catalogue.FactRef{ID: facts[i].ID, Type: facts[i].Type, Time: facts[i].Time})
	}
	for _, f := range out.Fired {
		fired := catalogue.Fired{Obligation: p.obligation(f.ID, f.Obligation, f.Description), At: in.Now, Late: f.Late}
		for _, a := range f.Asks {
			fired.Effects = append(fired.Effects, catalogue.EffectRef{ID: a.ID, Verb: string(a.Verb), On: a.On.Kind + "/" + a.On.ID})
			e, err := a.effect(f.ID)
			if err != nil {
				return err
			}
			d.Effects = append(d.Effects, e)
		}
		d.Fired = append(d.Fired, fired)
	}
	for _, o := range out.Pending {
		d.Pending = append(d.Pending, p.obligation(ObligationID(p.Name(), in.ID, o), o, p.rules.Describe(&m.State, o, in.View)))
	}
	if len(out.Pending) > 0 {
		d.NextDue = out.Pending[0].Due
	}
	d.Holder = p.rules.Holder(&m.State)
	d.Calendar = in.Calendars[d.Holder]
	d.Status = p.rules.Status(&m.State, in.View)
	d.Ended = d.Status.Closed && len(out.Pending) == 0
	d.Says = says(d, in.View)
	state, err := json.Marshal(m)
	if err != nil {
		return fmt.Errorf("journey %s/%s: state: %w", p.Name(), in.ID, err)
	}
	d.State = state
	return nil
}

func (p process[S]) obligation(id string, o Obligation, d Description) catalogue.Obligation {
	return catalogue.Obligation{ID: id, Rule: o.Rule, Episode: digits(int(o.Episode)), Due: o.Due, Does: d.Does, Because: d.Because, Policy: d.Policy}
}

func (a Asked) effect(cause string) (Effect, error) {
	e := Effect{ID: a.ID, Cause: cause, Verb: a.Verb, On: a.On, Mark: a.Mark}
	if a.Body == nil {
		return e, nil
	}
	body, err := json.Marshal(a.Body)
	if err != nil {
		return e, fmt.Errorf("effect %s: %w", a.ID, err)
	}
	e.Body = body
	return e, nil
}

// says puts where it stands and what happens next into one sentence.
func says(d *Decision, v *policy.View) lang.Text {
	if d.Ended {
		return lang.T(d.Status.Says.Zh+"。", d.Status.Says.En+".")
	}
	if len(d.Pending) == 0 {
		return lang.T(d.Status.Says.Zh+"；目前没有待办的期限。", d.Status.Says.En+"; nothing is due.")
	}
	o := d.Pending[0]
	at := v.Local(o.Due)
	return lang.T(d.Status.Says.Zh+"；若无人处理，"+at+" "+o.Does.Zh+"。", d.Status.Says.En+"; if nobody acts, at "+at+": "+o.Does.En+".")
}
