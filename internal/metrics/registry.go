package metrics

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
)

// Registry holds metrics and writes them in Prometheus' text format. Prometheus' own client is not used because it
// would add 5 MB to the function, and half as much again to its start time. Tests read the output with that client.
type Registry struct {
	mu       sync.Mutex
	families []family
}

type family struct {
	name, help, kind string
	collect          func(*Samples)
}

// The kinds of metrics.
const (
	KindCounter   = "counter"
	KindGauge     = "gauge"
	KindHistogram = "histogram"
)

// Register adds a metric. collect adds its samples whenever the metrics are written. A name must be registered only
// once.
func (r *Registry) Register(kind, name, help string, collect func(*Samples)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	i, found := slices.BinarySearchFunc(
		r.families,
		name,
		func(f family, name string) int { return cmp.Compare(f.name, name) },
	)
	if found {
		panic("metrics: " + name + " is registered twice")
	}
	r.families = slices.Insert(r.families, i, family{name, help, kind, collect})
}

// AppendText appends all metrics in the text format 0.0.4, sorted by name.
func (r *Registry) AppendText(dst []byte) []byte {
	r.mu.Lock()
	families := slices.Clone(r.families)
	r.mu.Unlock()
	for _, f := range families {
		s := Samples{name: f.name}
		f.collect(&s)
		if len(s.text) == 0 {
			continue
		}
		dst = append(
			dst,
			"# HELP "+f.name+" "+strings.NewReplacer(
				`\`,
				`\\`,
				"\n",
				`\n`,
			).Replace(
				f.help,
			)+"\n# TYPE "+f.name+" "+f.kind+"\n"...)
		dst = append(dst, s.text...)
	}
	return dst
}

// Samples collects the samples of one metric.
type Samples struct {
	name string
	text []byte
}

// Add adds a sample. labels are pairs of a name and a value.
func (s *Samples) Add(value float64, labels ...string) { s.add("", value, labels) }

var escape = strings.NewReplacer(`\`, `\\`, "\n", `\n`, `"`, `\"`)

func (s *Samples) add(suffix string, value float64, labels []string) {
	s.text = append(append(s.text, s.name...), suffix...)
	for i := 0; i+1 < len(labels); i += 2 {
		open := byte(',')
		if i == 0 {
			open = '{'
		}
		s.text = append(
			append(s.text, open),
			labels[i]+`="`+escape.Replace(strings.ToValidUTF8(labels[i+1], "\ufffd"))+`"`...)
	}
	if len(labels) > 1 {
		s.text = append(s.text, '}')
	}
	s.text = append(append(append(s.text, ' '), format(value)...), '\n')
}

func format(v float64) string {
	if math.IsInf(v, 1) {
		return "+Inf"
	}
	return strconv.FormatFloat(v, 'g', -1, 64)
}

// AddHistogram adds a histogram: the number of values in each bucket and the sum of all values. counts has one element
// more than bounds, for the values above the last bound.
func (s *Samples) AddHistogram(bounds []float64, counts []uint64, sum float64, labels ...string) {
	total := uint64(0)
	for i, n := range counts {
		bound := math.Inf(1)
		if i < len(bounds) {
			bound = bounds[i]
		}
		total += n
		s.add("_bucket", float64(total), append(slices.Clone(labels), "le", format(bound)))
	}
	s.add("_sum", sum, labels)
	s.add("_count", float64(total), labels)
}

// Counter is a counter without labels, or with fixed values of labels. It is safe for concurrent use.
type Counter struct{ n atomic.Uint64 }

// Inc adds 1.
func (c *Counter) Inc() { c.n.Add(1) }

// Add adds n.
func (c *Counter) Add(n int) { c.n.Add(uint64(n)) }

// Counter registers a counter without labels.
func (r *Registry) Counter(name, help string) *Counter {
	c := &Counter{}
	r.Register(KindCounter, name, help, func(s *Samples) { s.Add(float64(c.n.Load())) })
	return c
}

// Counters is a metric with a counter for each combination of label values. It is safe for concurrent use.
type Counters struct {
	labels []string
	mu     sync.RWMutex
	list   map[string]*Counter // by label values, separated by zero bytes
}

// Counters registers counters with labels.
func (r *Registry) Counters(name, help string, labels ...string) *Counters {
	c := &Counters{labels: labels, list: make(map[string]*Counter)}
	r.Register(KindCounter, name, help, c.collect)
	return c
}

// With returns the counter for values of the labels.
func (c *Counters) With(values ...string) *Counter {
	key := strings.Join(values, "\x00")
	c.mu.RLock()
	found := c.list[key]
	c.mu.RUnlock()
	if found != nil {
		return found
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.list[key] == nil {
		c.list[key] = &Counter{}
	}
	return c.list[key]
}

func (c *Counters) collect(s *Samples) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	keys := make([]string, 0, len(c.list))
	for key := range c.list {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		var pairs []string
		for i, value := range strings.SplitN(key, "\x00", len(c.labels)) {
			pairs = append(pairs, c.labels[i], value)
		}
		s.Add(float64(c.list[key].n.Load()), pairs...)
	}
}

// Histogram counts values by size. It is safe for concurrent use.
type Histogram struct {
	bounds []float64
	mu     sync.Mutex
	counts []uint64
	sum    float64
}

// Histogram registers a histogram. bounds are the upper bounds of its buckets, in ascending order.
func (r *Registry) Histogram(name, help string, bounds ...float64) *Histogram {
	h := &Histogram{bounds: bounds, counts: make([]uint64, len(bounds)+1)}
	r.Register(KindHistogram, name, help, func(s *Samples) {
		h.mu.Lock()
		defer h.mu.Unlock()
		s.AddHistogram(h.bounds, h.counts, h.sum)
	})
	return h
}

// Observe counts a value.
func (h *Histogram) Observe(v float64) {
	i, _ := slices.BinarySearch(h.bounds, v)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.counts[i]++
	h.sum += v
}

// Gauge registers a gauge whose value is computed by a function.
func (r *Registry) Gauge(name, help string, value func() float64) {
	r.Register(KindGauge, name, help, func(s *Samples) { s.Add(value()) })
}
