package monitoring

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/prometheus/prometheus/model/histogram"
	"github.com/prometheus/prometheus/model/labels"
	"github.com/prometheus/prometheus/promql"
	"github.com/prometheus/prometheus/promql/parser"
	"github.com/prometheus/prometheus/storage"
	"github.com/prometheus/prometheus/tsdb/chunkenc"
	"github.com/prometheus/prometheus/tsdb/chunks"
	"github.com/prometheus/prometheus/util/annotations"
)

// store keeps series for Prometheus' engine to query.
type store struct {
	engine *promql.Engine
	series map[string]*series // by labels
}

type series struct {
	labels  labels.Labels
	samples []chunks.Sample
}

func newStore() *store {
	return &store{promql.NewEngine(promql.EngineOpts{MaxSamples: 1e6, Timeout: time.Minute, EnableAtModifier: true}),
		make(map[string]*series)}
}

// add adds a sample to a series. Times rise.
func (s *store) add(l labels.Labels, at time.Time, value float64) {
	key := l.String()
	if s.series[key] == nil {
		s.series[key] = &series{labels: l}
	}
	s.series[key].samples = append(s.series[key].samples, sample{at.UnixMilli(), value})
}

// load adds series in promtool's notation, a value a minute from begin on.
func (s *store) load(t *testing.T, begin time.Time, descriptions ...string) {
	t.Helper()
	for _, d := range descriptions {
		l, values, err := parser.ParseSeriesDesc(d)
		if err != nil {
			t.Fatalf("%s: %v", d, err)
		}
		for i, v := range values {
			if !v.Omitted {
				s.add(l, begin.Add(time.Duration(i)*time.Minute), v.Value)
			}
		}
	}
}

// query evaluates an expression at a time.
func (s *store) query(t *testing.T, expression string, at time.Time) promql.Vector {
	t.Helper()
	q, err := s.engine.NewInstantQuery(context.Background(), storage.QueryableFunc(s.querier), nil, expression, at)
	if err != nil {
		t.Fatalf("%s: %v", expression, err)
	}
	defer q.Close()
	result := q.Exec(context.Background())
	if result.Err != nil {
		t.Fatalf("%s: %v", expression, result.Err)
	}
	switch v := result.Value.(type) {
	case promql.Vector:
		return slices.Clone(v)
	case promql.Scalar:
		return promql.Vector{{T: v.T, F: v.V}}
	}
	t.Fatalf("%s is no vector", expression)
	return nil
}

func (s *store) querier(mint, maxt int64) (storage.Querier, error) {
	return &storage.MockQuerier{SelectMockFunction: func(_ bool, _ *storage.SelectHints,
		matchers ...*labels.Matcher) storage.SeriesSet {
		var found []*series
		for _, x := range s.series {
			if matches(x.labels, matchers) {
				found = append(found, x)
			}
		}
		slices.SortFunc(found, func(a, b *series) int { return labels.Compare(a.labels, b.labels) })
		return &set{list: found}
	}}, nil
}

func matches(l labels.Labels, matchers []*labels.Matcher) bool {
	for _, m := range matchers {
		if !m.Matches(l.Get(m.Name)) {
			return false
		}
	}
	return true
}

// set is a storage.SeriesSet.
type set struct {
	list []*series
	next int
}

func (s *set) Next() bool {
	s.next++
	return s.next <= len(s.list)
}

func (s *set) At() storage.Series {
	x := s.list[s.next-1]
	return storage.NewListSeries(x.labels, x.samples)
}

func (s *set) Err() error                        { return nil }
func (s *set) Warnings() annotations.Annotations { return nil }

// sample is a chunks.Sample.
type sample struct {
	t int64
	v float64
}

func (s sample) T() int64                      { return s.t }
func (s sample) F() float64                    { return s.v }
func (s sample) H() *histogram.Histogram       { return nil }
func (s sample) FH() *histogram.FloatHistogram { return nil }
func (s sample) Type() chunkenc.ValueType      { return chunkenc.ValFloat }
func (s sample) Copy() chunks.Sample           { return s }
