package main

import (
	"math/rand/v2"
	"regexp"
	"slices"
)

// choose returns at most n mutants that match, compile and do not overlap, in the files' order: of each kind about as
// many.
func choose(packages []*source, match *regexp.Regexp, n int, seed uint64) []*mutant {
	kinds := map[string][]*mutant{}
	for _, p := range packages {
		for i := range p.GoFiles {
			for _, m := range find(p, i) {
				if match.MatchString(m.String()) {
					kinds[m.Operator] = append(kinds[m.Operator], m)
				}
			}
		}
	}
	random := rand.New(rand.NewPCG(seed, 0))
	var names []string
	for name := range kinds {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		k := kinds[name]
		random.Shuffle(len(k), func(i, j int) { k[i], k[j] = k[j], k[i] })
	}
	var chosen []*mutant
	for left := true; left && len(chosen) < n; {
		left = false
		for _, name := range names {
			for len(kinds[name]) > 0 && len(chosen) < n {
				left = true
				m := kinds[name][0]
				kinds[name] = kinds[name][1:]
				if !slices.ContainsFunc(chosen, m.overlaps) && m.source.compiles(m) {
					chosen = append(chosen, m)
					break
				}
			}
		}
	}
	slices.SortFunc(chosen, func(a, b *mutant) int {
		if i, j := slices.Index(packages, a.source), slices.Index(packages, b.source); i != j {
			return i - j
		}
		if a.file != b.file {
			return a.file - b.file
		}
		return a.edits[0].start - b.edits[0].start
	})
	for i, m := range chosen {
		m.Number = i + 1
	}
	return chosen
}

// overlaps reports whether the two change the same code.
func (m *mutant) overlaps(other *mutant) bool {
	start, end := m.span()
	from, to := other.span()
	return m.source == other.source && m.file == other.file && start <= to && from <= end
}
