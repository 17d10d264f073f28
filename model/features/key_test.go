package features

import "testing"

// sameLine returns three keys that are remembered in the same line and differ from each other only in the half that
// change sets.
func sameLine(t *testing.T, change func(k *chunkKey, n uint64)) []chunkKey {
	t.Helper()
	seen := map[uint64][]chunkKey{}
	for n := range uint64(1 << 20) {
		k := chunkKey{low: 0x6161616161616161, high: 0x6161616161616161}
		change(&k, n)
		at := k.place()
		if seen[at] = append(seen[at], k); len(seen[at]) == 3 {
			return seen[at]
		}
	}
	t.Fatal("no three keys share a line")
	return nil
}

// TestMemoComparesWholeKeys has chunks that share a line and differ in their first or last eight bytes only: none has
// another's words. The third stands in the line beside it, which is looked at, too.
func TestMemoComparesWholeKeys(t *testing.T) {
	for name, change := range map[string]func(k *chunkKey, n uint64){
		"first half":  func(k *chunkKey, n uint64) { k.low = k.low&^0xfffff | n },
		"second half": func(k *chunkKey, n uint64) { k.high = k.high&^0xfffff | n },
	} {
		keys := sameLine(t, change)
		m := newMemo()
		for inserted := range len(keys) + 1 {
			if inserted > 0 {
				m.insert(&keys[inserted-1], packed(inserted))
			}
			for i := range keys {
				want := packed(i + 1)
				if i >= inserted {
					want = packedOverflow
				}
				if got := m.find(&keys[i], keys[i].place()); got != want {
					t.Errorf("%s, %d of 3 keys inserted: key %d has the words %x, want %x", name, inserted, i, got, want)
				}
			}
		}
	}
}

// TestLoadKey has keys of every length, with and without text behind the chunk: no byte of the chunk is left out, and
// none of what follows is in the key.
func TestLoadKey(t *testing.T) {
	const text = "0123456789abcdefGHIJ"
	for size := 1; size <= keySize; size++ {
		var want chunkKey
		for i := range size {
			if i < 8 {
				want.low |= uint64(text[i]) << (8 * i)
			} else {
				want.high |= uint64(text[i]) << (8 * (i - 8))
			}
		}
		for _, b := range []string{text, text[:size]} {
			if got := loadKey([]byte(b), uint32(size)); got != want {
				t.Errorf("the key of %d bytes of %q is %x, want %x", size, b, got, want)
			}
			if got := shortKey([]byte(b), uint32(size)); got != want.low {
				t.Errorf("the short key of %d bytes of %q is %x, want %x", size, b, got, want.low)
			}
		}
	}
}
