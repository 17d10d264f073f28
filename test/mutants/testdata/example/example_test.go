package example

import "testing"

func TestSign(t *testing.T) {
	for _, c := range [][2]int{{-2, -1}, {-1, -1}, {0, 0}, {1, 1}, {3, 1}} {
		if got := Sign(c[0]); got != c[1] {
			t.Errorf("Sign(%d) = %d, want %d", c[0], got, c[1])
		}
	}
}

func TestHalf(t *testing.T) {
	if got, err := Half(8); err != nil || got != 4 {
		t.Errorf("Half(8) = %d, %v", got, err)
	}
	Half(3)
}

func TestLoop(t *testing.T) {
	if got := Loop(4); got != 10 {
		t.Errorf("Loop(4) = %d, want 10", got)
	}
}
