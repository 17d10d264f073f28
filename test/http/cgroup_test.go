package http

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// pod is a memory cgroup with the limit of a pod, where the kernel kills what exceeds it. A nil one limits nothing.
type pod struct {
	folder string
	files  cgroupFiles
}

// cgroupFiles are the names of a version of cgroups for the same things.
type cgroupFiles struct{ limit, swap, most, events string }

var cgroupVersions = []struct {
	root string
	cgroupFiles
}{
	{"/sys/fs/cgroup/memory", cgroupFiles{"memory.limit_in_bytes", "memory.memsw.limit_in_bytes",
		"memory.max_usage_in_bytes", "memory.oom_control"}},
	{"/sys/fs/cgroup", cgroupFiles{"memory.max", "memory.swap.max", "memory.peak", "memory.events"}},
}

// What config/ and func.yaml give a pod.
const (
	podMemory   = 256 // MiB
	memoryLimit = "GOMEMLIMIT=200MiB"
	most        = 220 // MiB that a process may take of it: GOMEMLIMIT, and the pages of the program itself
)

// tryPod returns a cgroup, or nil where none can be made, which takes root and cgroups that are not read-only as those
// of a container often are: the process's own figures have to do then.
func tryPod(tb testing.TB) *pod {
	tb.Helper()
	if raceEnabled {
		return nil // it takes several times the memory
	}
	p, err := newPod(tb, podMemory)
	if err != nil {
		tb.Logf("without a memory cgroup, by the process's own figures: %v", err)
	}
	return p
}

func newPod(tb testing.TB, mib int) (*pod, error) {
	tb.Helper()
	var why error
	for _, v := range cgroupVersions {
		root := &pod{folder: v.root}
		_ = root.write("cgroup.subtree_control", "+memory") // of version 2
		folder, err := os.MkdirTemp(v.root, "reddit-classifier-")
		if err != nil {
			why = err
			continue
		}
		p := &pod{folder, v.cgroupFiles}
		tb.Cleanup(func() { _ = os.Remove(p.folder) }) // when the process in it has ended
		bytes := strconv.Itoa(mib << 20)
		if why = p.write(v.limit, bytes); why != nil {
			continue
		}
		if v.swap == "memory.swap.max" { // of swap alone; version 1 counts both
			bytes = "0"
		}
		_ = p.write(v.swap, bytes) // which not every kernel has
		if _, why = os.Stat(filepath.Join(p.folder, v.most)); why == nil {
			return p, nil
		}
	}
	return nil, why
}

// write writes to a file that is there: what looks like cgroups may be an ordinary folder.
func (p *pod) write(file, value string) error {
	f, err := os.OpenFile(filepath.Join(p.folder, file), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.WriteString(value)
	return err
}

// command returns what runs a program in the pod from its first page on.
func (p *pod) command(program string) *exec.Cmd {
	if p == nil {
		return exec.Command(program)
	}
	return exec.Command("sh", "-c", `echo $$ > "$0" && exec "$1"`, filepath.Join(p.folder, "cgroup.procs"), program)
}

// most returns the most memory that was in use since the last call, in MiB, where the kernel can begin again; else
// ever.
func (p *pod) most() int {
	b, _ := os.ReadFile(filepath.Join(p.folder, p.files.most))
	n, _ := strconv.Atoi(strings.TrimSpace(string(b)))
	_ = p.write(p.files.most, "0")
	return n >> 20
}

// kills returns how often the kernel has killed for want of memory.
func (p *pod) kills() int {
	b, _ := os.ReadFile(filepath.Join(p.folder, p.files.events))
	for line := range strings.Lines(string(b)) {
		if f := strings.Fields(line); len(f) == 2 && f[0] == "oom_kill" {
			n, _ := strconv.Atoi(f[1])
			return n
		}
	}
	return 0
}

// used returns what memory a server has taken since the last call, and holds it to what it may take.
func (s *server) used(tb testing.TB, p *pod) string {
	tb.Helper()
	process := s.memory("VmHWM")
	if process > most && !raceEnabled {
		tb.Errorf("the process took %d MiB, more than %d", process, most)
	}
	if p == nil {
		return fmt.Sprintf("the process took %d MiB at most", process)
	}
	kills := p.kills()
	if kills > 0 {
		tb.Errorf("the kernel has killed %d times", kills)
	}
	return fmt.Sprintf("the process took %d MiB at most, its cgroup %d of %d", process, p.most(), podMemory)
}
