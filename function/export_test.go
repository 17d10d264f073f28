package function

import "testing"

// SetTrustBundles has the cluster's certificates looked for in a folder, until the test ends.
func SetTrustBundles(t *testing.T, folder string) {
	before := trustBundles
	trustBundles = folder
	t.Cleanup(func() { trustBundles = before })
}

// Whole tells whether everything that requests reserved has been given back.
func (f *Function) Whole() bool {
	r := f.state.Load()
	for i, all := range [memoryKinds]int64{max(bodyBytes, r.maxBody), workBytes} {
		b := &r.memory.budgets[i]
		b.mu.Lock()
		left := b.free
		b.mu.Unlock()
		if left != all {
			return false
		}
	}
	return true
}
