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

// pod is a memory cgroup with the limit of a pod. The kernel kills processes that exceed it. A nil pod has no limit.
type pod struct {
	folder string
	files  cgroupFiles
}

// cgroupFiles has the file names of a version of cgroups.
type cgroupFiles struct{ limit, swap, most, events string }

var cgroupVersions = []struct {
	root string
	cgroupFiles
}{
	{"/sys/fs/cgroup/memory", cgroupFiles{"memory.limit_in_bytes", "memory.memsw.limit_in_bytes",
		"memory.max_usage_in_bytes", "memory.oom_control"}},
	{"/sys/fs/cgroup", cgroupFiles{"memory.max", "memory.swap.max", "memory.peak", "memory.events"}},
}

// The memory of a pod in config/ and func.yaml.
const (
	podMemory   = 256 // MiB
	memoryLimit = "GOMEMLIMIT=200MiB"
	most        = 220 // MiB that a process may use of it: GOMEMLIMIT and the pages of the program itself
)

// tryPod returns a cgroup, or nil if it cannot create one. That requires root and writable cgroups, which containers
// often do not have. Without a cgroup, tests use the figures of the process alone.
func tryPod(tb testing.TB) *pod {
	tb.Helper()
	if raceEnabled {
		return nil // the race detector needs several times the memory
	}
	p, err := newPod(tb, podMemory)
	if err != nil {
		tb.Logf("no memory cgroup, using the figures of the process: %v", err)
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
		tb.Cleanup(func() { _ = os.Remove(p.folder) }) // after its process has ended
		bytes := strconv.Itoa(mib << 20)
		if why = p.write(v.limit, bytes); why != nil {
			continue
		}
		if v.swap == "memory.swap.max" { // version 2 counts swap alone, version 1 both
			bytes = "0"
		}
		_ = p.write(v.swap, bytes) // not every kernel has it
		if _, why = os.Stat(filepath.Join(p.folder, v.most)); why == nil {
			return p, nil
		}
	}
	return nil, why
}

// write writes to an existing file. It creates none, because the folder may not be one of cgroups.
func (p *pod) write(file, value string) error {
	f, err := os.OpenFile(filepath.Join(p.folder, file), os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	defer f.Close()
	_, err = f.WriteString(value)
	return err
}

// command returns a command that runs a program in the pod from its start.
func (p *pod) command(program string) *exec.Cmd {
	if p == nil {
		return exec.Command(program)
	}
	return exec.Command("sh", "-c", `echo $$ > "$0" && exec "$1"`, filepath.Join(p.folder, "cgroup.procs"), program)
}

// most returns the peak memory in MiB since the last call or, if the kernel cannot reset it, since the start.
func (p *pod) most() int {
	b, _ := os.ReadFile(filepath.Join(p.folder, p.files.most))
	n, _ := strconv.Atoi(strings.TrimSpace(string(b)))
	_ = p.write(p.files.most, "0")
	return n >> 20
}

// kills returns how many processes the kernel has killed for lack of memory.
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

// used returns the peak memory of a server as text. It fails the test if that is above the limit.
func (s *server) used(tb testing.TB, p *pod) string {
	tb.Helper()
	process := s.memory("VmHWM")
	if process > most && !raceEnabled {
		tb.Errorf("the process used %d MiB, more than %d", process, most)
	}
	if p == nil {
		return fmt.Sprintf("the process used %d MiB at most", process)
	}
	kills := p.kills()
	if kills > 0 {
		tb.Errorf("the kernel has killed %d processes", kills)
	}
	return fmt.Sprintf("the process used %d MiB at most, its cgroup %d of %d", process, p.most(), podMemory)
}
