package decisions

import (
	"context"
	"slices"
	"time"

	"liuke.dev/shared/catalogue"
	"liuke.dev/shared/telemetry"
	"liuke.dev/workflows/journey"
)

// Armed is the trace in which an obligation was armed: what fires days later
// belongs to the matter that began it.
type Armed struct {
	Obligation string `json:"obligation"`
	Trace      string `json:"trace"`
}

// maxLinks bounds the other traces that a decision names.
const maxLinks = 16

// begin makes the decision a step of the trace of the facts that it read, or else
// of the obligation that came due. Its effects go on from there, or in the trace
// in which their own obligation was armed. The decision itself was made already;
// the step says since when.
func (b *Document) begin(ctx context.Context, in Request, dec journey.Decision, begun time.Time) (context.Context, telemetry.Span) {
	if !telemetry.On() {
		return ctx, telemetry.Span{}
	}
	from := b.sources(in, dec)
	if len(from) == 0 {
		return ctx, telemetry.Span{}
	}
	ctx, step := telemetry.BeginAt(telemetry.Continue(ctx, from[0]), telemetry.Inside, "decide", in.Kind, begun)
	step.Note("liuke.journey", in.Kind+"/"+in.ID).Note("liuke.customer", dec.Status.Customer).Count("liuke.read", len(dec.Read))
	for _, f := range dec.Fired {
		step.Note("liuke.fired."+f.Obligation.Rule, f.Obligation.Due.String())
	}
	for _, other := range from[1:min(len(from), maxLinks)] {
		step.Link(other)
	}
	here := telemetry.Here(ctx)
	for i, e := range dec.Effects {
		dec.Effects[i].Trace = here
		if armed := b.armed(e.Cause); armed != "" && !telemetry.Same(armed, here) {
			dec.Effects[i].Trace = armed
		}
	}
	return ctx, step
}

// sources are the traces that a decision has to do with, each once: of facts
// first, then of obligations that fired.
func (b *Document) sources(in Request, dec journey.Decision) []string {
	var from []string
	add := func(trace string) {
		if trace != "" && !slices.ContainsFunc(from, func(known string) bool { return telemetry.Same(known, trace) }) {
			from = append(from, trace)
		}
	}
	for _, e := range in.Events {
		add(e.Trace)
	}
	for _, f := range dec.Fired {
		add(b.armed(f.Obligation.ID))
	}
	return from
}

func (b *Document) armed(obligation string) string {
	for _, a := range b.Armed {
		if a.Obligation == obligation {
			return a.Trace
		}
	}
	return ""
}

// arm remembers in which trace each pending obligation was armed: what is new was
// by this decision. It comes before the pending ones of the document are replaced.
func (b *Document) arm(pending []catalogue.Obligation, here string) {
	if here == "" && len(b.Armed) == 0 {
		return
	}
	var kept []Armed
	for _, o := range pending {
		trace := b.armed(o.ID)
		if trace == "" && !slices.ContainsFunc(b.Pending, func(old catalogue.Obligation) bool { return old.ID == o.ID }) {
			trace = here
		}
		if trace != "" {
			kept = append(kept, Armed{o.ID, trace})
		}
	}
	b.Armed = kept
}
