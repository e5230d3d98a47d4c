package fit_test

import (
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"liuke.dev/services/insights/internal/learning/fit"
)

// drawn are rows of a known model, drawn from a fixed seed.
func drawn(n int, bias float64, weights ...float64) []fit.Row {
	r := rand.New(rand.NewPCG(1, 2))
	rows := make([]fit.Row, n)
	for i := range rows {
		x := make([]float64, len(weights))
		sum := bias
		for j, w := range weights {
			x[j] = r.NormFloat64()*float64(j+1) + float64(j)
			sum += w * x[j]
		}
		rows[i] = fit.Row{X: x, Lost: r.Float64() < 1/(1+math.Exp(-sum))}
	}
	return rows
}

// D-8: a fit finds the weights that the rows were drawn by, and is the same to the last bit every time.
func TestFindsTheWeights(t *testing.T) {
	rows := drawn(40_000, -1, 1.5, 0, 0.4)
	m, err := fit.Logistic(rows, fit.Options{Penalty: 1})
	if err != nil {
		t.Fatal(err)
	}
	for j, want := range []float64{1.5, 0, 0.4} {
		if math.Abs(m.Weights[j]-want) > 0.05 {
			t.Errorf("weight %d: %.3f, want %.1f", j, m.Weights[j], want)
		}
	}
	if math.Abs(m.Bias+1) > 0.1 {
		t.Errorf("bias %.3f", m.Bias)
	}
	again, err := fit.Logistic(rows, fit.Options{Penalty: 1})
	if err != nil || again.Bias != m.Bias || again.Weights[0] != m.Weights[0] || again.Weights[2] != m.Weights[2] {
		t.Errorf("another model from the same rows: %+v, %+v %v", m, again, err)
	}
	lost, expected := 0, 0.0
	for _, r := range rows {
		if expected += m.Chance(r.X); r.Lost {
			lost++
		}
	}
	if math.Abs(expected-float64(lost)) > 2 {
		t.Errorf("chances sum to %.1f, there were %d losses", expected, lost)
	}
}

// A weight that may not be negative is left out instead, and the others are fitted without it.
func TestNonNegative(t *testing.T) {
	m, err := fit.Logistic(drawn(5_000, 0, 1, -1), fit.Options{Penalty: 1, NonNegative: []int{0, 1}})
	if err != nil || m.Weights[1] != 0 || m.Weights[0] < 0.5 {
		t.Errorf("%+v %v", m, err)
	}
}

// Rows that two columns part cleanly, and columns that never change, make no wild weights.
func TestPenaltyHolds(t *testing.T) {
	var rows []fit.Row
	for i := range 50 {
		rows = append(rows, fit.Row{X: []float64{float64(i), 7, float64(i)}, Lost: i >= 25})
	}
	m, err := fit.Logistic(rows, fit.Options{Penalty: 1})
	if err != nil || m.Weights[1] != 0 || m.Weights[0] <= 0 || m.Weights[0] > 2 || math.Abs(m.Weights[0]-m.Weights[2]) > 1e-6 {
		t.Errorf("%+v %v", m, err)
	}
}

func TestCannotBeFitted(t *testing.T) {
	if _, err := fit.Logistic(nil, fit.Options{}); !errors.Is(err, fit.ErrNoRows) {
		t.Error(err)
	}
	if _, err := fit.Logistic([]fit.Row{{X: []float64{1}}, {X: []float64{2}}}, fit.Options{}); !errors.Is(err, fit.ErrOneSided) {
		t.Error(err)
	}
	if _, err := fit.Logistic([]fit.Row{{X: []float64{1}}, {X: []float64{2, 3}, Lost: true}}, fit.Options{}); err == nil {
		t.Error("rows of different lengths")
	}
}
