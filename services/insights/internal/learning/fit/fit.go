// Package fit fits the one kind of model that the score may learn: a logistic
// regression with a penalty, whose weights a person can read (D-8, R-104).
//
// It is deterministic: the same rows in the same order give the same model to the
// last bit. Sums run in the order of the rows, and nothing is drawn by chance.
package fit

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
)

// Row is one moment of a customer: what was measured, and whether it was lost afterwards.
type Row struct {
	X    []float64
	Lost bool
}

// Model gives the chance of a loss as the logistic function of a weighted sum.
type Model struct {
	Bias    float64
	Weights []float64 // of what was measured, in its own unit
}

// Options of a fit.
type Options struct {
	// Penalty keeps weights small where rows say little, in rows: how many it takes to outvote it.
	Penalty float64
	// NonNegative lists the columns whose weight may not be below zero: a model of which
	// more danger makes less risk would explain nothing.
	NonNegative []int
	// Steps bounds the iterations; 0: 100.
	Steps int
}

// What a fit answers when it cannot be made.
var (
	ErrNoRows   = errors.New("fit: no rows")
	ErrOneSided = errors.New("fit: all rows have the same outcome")
)

// Logistic fits a model by iteratively reweighted least squares. Columns are
// standardised first, so that the penalty treats them alike. Errors: ErrNoRows,
// ErrOneSided.
func Logistic(rows []Row, o Options) (Model, error) {
	if len(rows) == 0 || len(rows[0].X) == 0 {
		return Model{}, ErrNoRows
	}
	lost := 0
	for _, r := range rows {
		if len(r.X) != len(rows[0].X) {
			return Model{}, fmt.Errorf("fit: rows of %d and of %d columns", len(rows[0].X), len(r.X))
		}
		if r.Lost {
			lost++
		}
	}
	if lost == 0 || lost == len(rows) {
		return Model{}, ErrOneSided
	}
	s := standardise(rows)
	held := make([]bool, len(rows[0].X)+1)
	for {
		beta, err := s.solve(held, o)
		if err != nil {
			return Model{}, err
		}
		worst := -1
		for _, c := range o.NonNegative {
			if beta[c+1] < 0 && (worst < 0 || beta[c+1] < beta[worst+1]) {
				worst = c
			}
		}
		if worst < 0 {
			return s.raw(beta), nil
		}
		held[worst+1] = true // leave it out, and fit the others again
	}
}

// standardised are rows with columns of mean 0 and spread 1.
type standardised struct {
	rows        []Row
	mean, scale []float64
}

func standardise(rows []Row) standardised {
	n, p := float64(len(rows)), len(rows[0].X)
	s := standardised{rows, make([]float64, p), make([]float64, p)}
	for _, r := range rows {
		for j, v := range r.X {
			s.mean[j] += v / n
		}
	}
	for _, r := range rows {
		for j, v := range r.X {
			s.scale[j] += (v - s.mean[j]) * (v - s.mean[j]) / n
		}
	}
	for j := range s.scale {
		if s.scale[j] = math.Sqrt(s.scale[j]); s.scale[j] < 1e-12 {
			s.scale[j] = math.Inf(1) // a column that never changes says nothing
		}
	}
	return s
}

func (s standardised) at(r Row, j int) float64 {
	if j == 0 {
		return 1
	}
	return (r.X[j-1] - s.mean[j-1]) / s.scale[j-1]
}

// solve fits the columns that are not held at zero; column 0 is the bias, which bears no penalty.
func (s standardised) solve(held []bool, o Options) ([]float64, error) {
	var free []int
	for j, h := range held {
		if !h {
			free = append(free, j)
		}
	}
	k, beta := len(free), make([]float64, len(held))
	steps := o.Steps
	if steps == 0 {
		steps = 100
	}
	z := make([]float64, k)
	for range steps {
		h, g := mat.NewSymDense(k, nil), mat.NewVecDense(k, nil)
		for _, r := range s.rows {
			eta := 0.0
			for a, j := range free {
				z[a] = s.at(r, j)
				eta += beta[j] * z[a]
			}
			p, y := logistic(eta), 0.0
			if r.Lost {
				y = 1
			}
			w := math.Max(p*(1-p), 1e-9)
			for a := range k {
				g.SetVec(a, g.AtVec(a)+(y-p)*z[a])
				for b := a; b < k; b++ {
					h.SetSym(a, b, h.At(a, b)+w*z[a]*z[b])
				}
			}
		}
		for a, j := range free {
			if j > 0 {
				g.SetVec(a, g.AtVec(a)-o.Penalty*beta[j])
				h.SetSym(a, a, h.At(a, a)+o.Penalty+1e-9)
			}
		}
		var c mat.Cholesky
		if !c.Factorize(h) {
			return nil, errors.New("fit: the columns cannot be told apart")
		}
		var step mat.VecDense
		if err := c.SolveVecTo(&step, g); err != nil {
			return nil, fmt.Errorf("fit: %w", err)
		}
		most := 0.0
		for a, j := range free {
			d := math.Max(-5, math.Min(5, step.AtVec(a)))
			beta[j] += d
			most = math.Max(most, math.Abs(d))
		}
		if most < 1e-9 {
			break
		}
	}
	return beta, nil
}

// raw gives the model in the columns' own units.
func (s standardised) raw(beta []float64) Model {
	m := Model{Bias: beta[0], Weights: make([]float64, len(beta)-1)}
	for j := range m.Weights {
		m.Weights[j] = beta[j+1] / s.scale[j]
		m.Bias -= m.Weights[j] * s.mean[j]
	}
	return m
}

// Chance gives the chance of a loss, from 0 to 1.
func (m Model) Chance(x []float64) float64 { return logistic(m.Sum(x)) }

// Sum gives the weighted sum.
func (m Model) Sum(x []float64) float64 {
	sum := m.Bias
	for j, v := range x {
		sum += m.Weights[j] * v
	}
	return sum
}

func logistic(v float64) float64 { return 1 / (1 + math.Exp(-v)) }
