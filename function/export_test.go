package function

import "testing"

// SetTrustBundles has the cluster's certificates looked for in a folder, until the test ends.
func SetTrustBundles(t *testing.T, folder string) {
	before := trustBundles
	trustBundles = folder
	t.Cleanup(func() { trustBundles = before })
}

// Whole tells whether everything that requests took of the budgets has been given back.
func (f *Function) Whole() bool {
	r := f.state.Load()
	r.bodies.mu.Lock()
	defer r.bodies.mu.Unlock()
	r.work.mu.Lock()
	defer r.work.mu.Unlock()
	return r.bodies.left == max(bodyBytes, r.maxBody) && r.work.left == workBytes
}
