package main

import (
	"context"
	"fmt"
	"path/filepath"
	"time"

	"liuke.dev/shared/policy"
	"liuke.dev/shared/programtest"
)

const (
	// fleet is how many journeys are open.
	fleet = 10_000
	// fleetSettles bounds how long it takes until all of them have decided.
	fleetSettles = 3 * time.Hour
	// afterwards is how long Temporal still has to do with every step that was made:
	// it looks a minute later whether the step was made.
	afterwards = 75 * time.Second
	// dueAtOnce is how many promises come due in the same instant.
	dueAtOnce = 2_000
)

// measureFleet opens many journeys and gives what they take: time, memory, disk,
// processor while nothing happens, and a start again.
func (b *bench) measureFleet(ctx context.Context, journeys int) error {
	o, err := b.open(ctx, "fleet")
	if err != nil {
		return err
	}
	defer o.Close()
	if err := calm(ctx, o); err != nil {
		return err
	}
	if err := quiet(ctx, o); err != nil {
		return err
	}
	empty, err := b.weigh(ctx, o)
	if err != nil {
		return err
	}
	warmed, first := max(journeys/100, 1), max(journeys/10, 1)
	begin := time.Now()
	warm, err := b.enlist(ctx, o, "暖", warmed, warmed)
	if err != nil {
		return err
	}
	few, err := b.enlist(ctx, o, "先", first, warmed+first)
	if err != nil {
		return err
	}
	full, err := b.enlist(ctx, o, "队", journeys-warmed-first, journeys)
	if err != nil {
		return err
	}
	took := time.Since(begin)
	b.report.state(fmt.Sprintf("%d leads recorded, each with its journey, customer and task", journeys), fmt.Sprintf("%s = %s", short(took), rate(float64(journeys)/took.Seconds())))
	b.stateWeights(empty, full, journeys)
	b.judgeGrowth(warm, few, full, first, journeys-warmed-first)
	if err := rest(ctx, b.during(afterwards)); err != nil {
		return err
	}
	if err := b.measureIdle(ctx, o, fmt.Sprintf("idle with %d open journeys", journeys)); err != nil {
		return err
	}
	return b.measureRestart(ctx, o, journeys)
}

// enlist records leads, waits until all there are have decided, and weighs the program.
func (b *bench) enlist(ctx context.Context, o *programtest.Office, run string, leads, all int) (weight, error) {
	if _, err := create(ctx, o, run, clients, leads, 0, false); err != nil {
		return weight{}, err
	}
	if err := allDecided(ctx, o, all); err != nil {
		return weight{}, err
	}
	return b.weigh(ctx, o)
}

func measureFleet(ctx context.Context, b *bench) error { return b.measureFleet(ctx, b.scale(fleet)) }

// measureArmada is the same with ten times as many; it takes the better part of
// two hours.
func measureArmada(ctx context.Context, b *bench) error {
	return b.measureFleet(ctx, b.scale(10*fleet))
}

// calm publishes a policy under which a lead waits for its first contact longer
// than the measuring takes, so that nothing else comes due meanwhile.
func calm(ctx context.Context, o *programtest.Office) error {
	boss := o.As(o.Boss)
	var book policy.Book
	if err := boss.Get(ctx, "/v1/policy", &book); err != nil {
		return err
	}
	intake := book.Sections.Intake
	intake.FirstTouchWithin, intake.ResponseBandFrom, intake.ResponseBandTo = policy.D("20h"), policy.D("20h"), policy.D("21h")
	admin := o.As(o.Administrator)
	if err := admin.Call(ctx, "PUT", "/v1/policy/drafts/calm/sections/intake", "", intake, nil); err != nil {
		return err
	}
	return admin.Post(ctx, "/v1/policy/drafts/calm/publication", map[string]any{"reason": "nothing is due while the bench measures"}, nil)
}

// allDecided waits until every journey has decided and all is published.
func allDecided(ctx context.Context, o *programtest.Office, journeys int) error {
	for end := time.Now().Add(fleetSettles); ; {
		n, err := decided(ctx, o)
		if err != nil {
			return err
		}
		if n >= float64(journeys) {
			return quietWithin(ctx, o, time.Until(end)) // some decide twice before others begin
		}
		if time.Now().After(end) {
			return fmt.Errorf("%.0f of %d journeys have decided within %s", n, journeys, fleetSettles)
		}
		if err := rest(ctx, time.Second); err != nil {
			return err
		}
	}
}

// weight is what the program has and takes.
type weight struct {
	facts, resident, processor float64
	store, kafka, temporal     int64
}

func (b *bench) weigh(ctx context.Context, o *programtest.Office) (w weight, err error) {
	m, err := o.Metrics(ctx)
	if err != nil {
		return w, err
	}
	w = weight{facts: m.Sum("liuke_relay_published_total"), resident: m.Sum("process_resident_memory_bytes"), processor: m.Sum("process_cpu_seconds_total")}
	if o.Suite != nil {
		return w, nil // the engines keep their data elsewhere
	}
	for name, into := range map[string]*int64{"store": &w.store, "kafka": &w.kafka, "temporal": &w.temporal} {
		if *into, err = programtest.DiskUse(filepath.Join(o.Data, name)); err != nil {
			return w, err
		}
	}
	return w, nil
}

func (b *bench) stateWeights(empty, full weight, journeys int) {
	facts := full.facts - empty.facts
	b.report.state(fmt.Sprintf("memory with %d open journeys", journeys), fmt.Sprintf("%.0f MB (%.0f MB without)", full.resident/(1<<20), empty.resident/(1<<20)))
	b.report.state("processor time of each of them until all is done", short(time.Duration((full.processor-empty.processor)/float64(journeys)*float64(time.Second))))
	if full.temporal == 0 {
		return
	}
	kib := func(n int64) float64 { return float64(n) / 1024 }
	b.report.state("disk", fmt.Sprintf("%.1f KiB of Temporal a journey; %.1f KiB of documents and %.1f KiB of Kafka a lead, %.1f facts each: %.2f KiB a fact", kib(full.temporal-empty.temporal)/float64(journeys),
		kib(full.store-empty.store)/float64(journeys), kib(full.kafka-empty.kafka)/float64(journeys), facts/float64(journeys), kib(full.store-empty.store+full.kafka-empty.kafka)/facts))
}

// measureRestart stops and starts the program with its open journeys.
func (b *bench) measureRestart(ctx context.Context, o *programtest.Office, journeys int) error {
	if err := o.Stop(30 * time.Second); err != nil {
		return err
	}
	begin := time.Now()
	if err := o.Start(ctx); err != nil {
		return err
	}
	took := time.Since(begin)
	b.report.judge(took <= 10*time.Second, "≤ 10 s", fmt.Sprintf("start again with %d open journeys, to ready", journeys), short(took))
	return nil
}

func rest(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
