package main

import "fmt"

// growth is how many times as much each journey may take as each of the first tenth
// did: nothing grows worse than linearly with the work.
const growth = 1.5

// judgeGrowth holds what each of the later journeys took against what each of the
// first did, in the same run on the same machine. What a warm program takes once is in
// neither.
func (b *bench) judgeGrowth(warm, few, full weight, first, others int) {
	goal := fmt.Sprintf("≤ %.1f × each of the first %d", growth, first)
	judge := func(what string, begin, then, end float64) {
		early, late := (then-begin)/float64(first), (end-then)/float64(others)
		if early <= 0 {
			b.report.state(what, "nothing of the first")
			return
		}
		b.report.judge(late <= growth*early, goal, what, fmt.Sprintf("%.2f ×", late/early))
	}
	of := fmt.Sprintf(" of each of the other %d journeys", others)
	judge("processor time"+of, warm.processor, few.processor, full.processor)
	judge("memory"+of, warm.resident, few.resident, full.resident)
	if full.temporal == 0 {
		return // the engines keep their data elsewhere
	}
	judge("disk of Temporal"+of, float64(warm.temporal), float64(few.temporal), float64(full.temporal))
	judge("documents and Kafka"+of, float64(warm.store+warm.kafka), float64(few.store+few.kafka), float64(full.store+full.kafka))
}
