package head

import (
	"math/rand/v2"
	"testing"

	"reddit-classifier/model/features"
)

// text returns a vector with 60 of the features.
func text(r *rand.Rand, n int) (x features.Vector) {
	for i := range 60 {
		x.Index, x.Value = append(x.Index, uint32(i*(n/60)+r.IntN(n/60))), append(x.Value, r.Float64())
	}
	return x
}

func numbers(r *rand.Rand, n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = r.NormFloat64()
	}
	return v
}

func linear(r *rand.Rand, n, outputs int, link Link) *Linear {
	return &Linear{Coef: numbers(r, n*outputs), Stride: outputs, Outputs: outputs, Intercept: numbers(r, outputs),
		Link: link}
}

// forest returns a forest of trees with depth 8.
func forest(r *rand.Rand, n, trees int) *Forest {
	f := &Forest{Trees{Features: n, Outputs: 2}}
	for range trees {
		f.Roots = append(f.Roots, int32(len(f.Nodes)))
		first := len(f.Nodes)
		for i := range 255 {
			left, right := int32(first+2*i+1), int32(first+2*i+2)
			if i >= 127 {
				left, right = ^int32(len(f.Leaves)/2), ^int32(len(f.Leaves)/2+1)
				f.Leaves = append(f.Leaves, 0, 1, 1, 0)
			}
			f.Nodes = append(f.Nodes, Node{r.Float32() * 0.1, uint32(r.IntN(n)), left, right})
		}
	}
	return f
}

func benchmarks() map[string]Classifier {
	const n = 100_000
	r := rand.New(rand.NewPCG(1, 2))
	margins := func(k int) (members []Classifier, calibrators [][]Calibrator) {
		for range k {
			members = append(members, linear(r, n, 1, LinkNone))
			calibrators = append(calibrators, []Calibrator{{A: -2}})
		}
		return members, calibrators
	}
	members, calibrators := margins(5)
	svc := &SVC{Kernel: KernelLinear, Features: n, Count: []int32{1000, 1000}, Start: []int32{0},
		DualCoef: numbers(r, 2000), Intercept: []float64{0}}
	for range 2000 {
		x := text(r, n)
		for i, f := range x.Index {
			svc.Index, svc.Value = append(svc.Index, int32(f)), append(svc.Value, x.Value[i])
		}
		svc.Start = append(svc.Start, int32(len(svc.Index)))
	}
	rbf := *svc
	rbf.Kernel, rbf.Gamma = KernelRBF, 0.5
	svc.Start, svc.Index, svc.Value = Transpose(svc.Start, svc.Index, svc.Value, n)
	return map[string]Classifier{
		"logistic of 2":   linear(r, n, 1, LinkLogistic),
		"softmax of 5":    linear(r, n, 5, LinkSoftmax),
		"bayes of 20":     linear(r, n, 20, LinkBayes),
		"calibrated of 5": &Calibrated{Members: members, Calibrators: calibrators},
		"forest of 100":   forest(r, n, 100),
		"svc of 2000":     svc,
		"rbf of 2000":     &rbf,
	}
}

func BenchmarkPredict(b *testing.B) {
	for name, c := range benchmarks() {
		b.Run(name, func(b *testing.B) {
			program, bytes, err := Encode(c)
			if err != nil {
				b.Fatal(err)
			}
			opened, err := Open(program, bytes, 100_000)
			if err != nil {
				b.Fatal(err)
			}
			r := rand.New(rand.NewPCG(3, 4))
			var documents [256]features.Vector
			for i := range documents {
				documents[i] = text(r, 100_000)
			}
			var s Scratch
			var p Prediction
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				opened.Predict(documents[i%len(documents)], &s, &p)
			}
		})
	}
}

func BenchmarkOpen(b *testing.B) {
	for name, c := range benchmarks() {
		b.Run(name, func(b *testing.B) {
			program, bytes, err := Encode(c)
			if err != nil {
				b.Fatal(err)
			}
			b.SetBytes(int64(len(bytes)))
			for b.Loop() {
				if _, err := Open(program, bytes, 100_000); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
