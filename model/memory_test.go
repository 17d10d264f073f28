package model

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"strconv"
	"testing"

	"reddit-classifier/test/hostile"
)

// mostResident is what a process may have resident that predicts hostile texts of a megabyte, one after the other.
const mostResident = 40 << 20

// TestHostileMemory predicts hostile texts in a process of its own, which has no other tests behind it, and looks at
// the most that the process has had resident.
func TestHostileMemory(t *testing.T) {
	if os.Getenv("HOSTILE_MODEL") != "" {
		predictHostile(t)
		return
	}
	if raceEnabled {
		t.Skip("the race detector takes memory of its own")
	}
	if _, err := resident("VmHWM:"); err != nil {
		t.Skip("how much memory a process has had is read from Linux:", err)
	}
	size := 1 << 20
	for _, name := range []string{"default", "original"} {
		t.Run(name, func(t *testing.T) {
			for try := 1; ; try++ { // the garbage collector is late when other processes are busy
				child := exec.Command(os.Args[0], "-test.run=^TestHostileMemory$", "-test.v")
				child.Env = append(os.Environ(), "HOSTILE_MODEL="+name, "HOSTILE_SIZE="+strconv.Itoa(size), "GOGC=100",
					"GOMEMLIMIT=off")
				out, err := child.CombinedOutput()
				t.Logf("\n%s", out)
				if err == nil {
					break
				}
				if try == 3 {
					t.Fatal(err)
				}
			}
		})
	}
}

// predictHostile is the other process.
func predictHostile(t *testing.T) {
	load := Default
	if os.Getenv("HOSTILE_MODEL") == "original" {
		load = Original
	}
	m, err := load()
	if err != nil {
		t.Fatal(err)
	}
	size, err := strconv.Atoi(os.Getenv("HOSTILE_SIZE"))
	if err != nil {
		t.Fatal(err)
	}
	m.PredictProba("The quick brown fox.")
	before, _ := resident("VmHWM:")
	fmt.Printf("%6.1f MiB before\n", float64(before)/(1<<20))
	for _, h := range hostile.Units {
		text := hostile.Text(h, size)
		forgetMost(t)
		sink += m.PredictProba(text)[1]
		sink += m.PredictProba(text)[1]
		most, err := resident("VmHWM:")
		if err != nil {
			t.Fatal(err)
		}
		fmt.Printf("%6.1f MiB %s\n", float64(most)/(1<<20), h.Name)
		if most > mostResident {
			t.Errorf("%s: %d bytes resident, more than %d", h.Name, most, mostResident)
		}
	}
}

// resident returns a line of the process's status in bytes: VmHWM is the most it has had resident.
func resident(line string) (int, error) {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0, err
	}
	_, rest, found := bytes.Cut(status, []byte(line))
	if !found {
		return 0, fmt.Errorf("there is no %s", line)
	}
	kB, err := strconv.Atoi(string(bytes.Fields(rest)[0]))
	return kB << 10, err
}

// forgetMost has Linux count VmHWM from what is resident now.
func forgetMost(t *testing.T) {
	if err := os.WriteFile("/proc/self/clear_refs", []byte("5"), 0); err != nil {
		t.Log(err) // then VmHWM is the most of all texts so far, which is bounded too
	}
}
