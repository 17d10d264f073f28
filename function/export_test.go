package function

import "testing"

// SetTrustBundles has the cluster's certificates looked for in a folder, until the test ends.
func SetTrustBundles(t *testing.T, folder string) {
	before := trustBundles
	trustBundles = folder
	t.Cleanup(func() { trustBundles = before })
}
