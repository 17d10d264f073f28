package host

import (
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// The function runs in a restricted pod: it has only the files of the image, cannot write to them, and runs as an
// unprivileged user without capabilities.
func TestRestricted(t *testing.T) {
	var img image
	for _, one := range images(t, built(t)) {
		if strings.HasSuffix(own(""), strings.ReplaceAll(one.platform, "/", ".")) {
			img = one
		}
	}
	dir := filepath.Join(work, "rootfs")
	extract(t, img, dir)
	t.Cleanup(func() { chmodFolders(t, dir, 0o755) })
	chmodFolders(t, dir, 0o555)
	restriction := nobody(t, dir)
	i := start(t, img.config.Config.Cmd[0], func(cmd *exec.Cmd) {
		cmd.Dir = "/"
		cmd.Env = append(append([]string{}, img.config.Config.Env...), cmd.Env...)
		cmd.SysProcAttr = restriction
	})
	i.ready(t)
	i.check(t)
	if err := i.stop(); err != nil {
		t.Errorf("after SIGTERM: %v", err)
	}
}

// nobody returns the attributes of a process with dir as its root folder and without privileges. If the test runs as
// root, the process gets another user. Otherwise it runs in a user namespace, which permits to change the root folder.
// If the system allows neither, the test is skipped, or fails with REQUIRE_ALL=1.
func nobody(t *testing.T, dir string) *syscall.SysProcAttr {
	t.Helper()
	if os.Getuid() == 0 {
		open(t, dir)
		return &syscall.SysProcAttr{Chroot: dir, Credential: &syscall.Credential{Uid: 1000, Gid: 1000, NoSetGroups: true}}
	}
	namespace := &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 1000, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 1000, HostID: os.Getgid(), Size: 1}},
	}
	try := exec.Command("true")
	try.SysProcAttr = namespace
	if err := try.Run(); err != nil {
		if os.Getenv("REQUIRE_ALL") == "1" {
			t.Fatalf("changing the root folder needs root, or a user namespace: %v; REQUIRE_ALL=1 requires it",
				err)
		}
		t.Skipf("changing the root folder needs root, or a user namespace: %v", err)
	}
	restricted := *namespace
	restricted.Chroot = dir
	return &restricted
}

// open makes the folders above dir that the tests have created accessible to other users.
func open(t *testing.T, dir string) {
	t.Helper()
	for d := filepath.Dir(dir); d != filepath.Dir(os.TempDir()) && d != "/"; d = filepath.Dir(d) {
		if d == os.TempDir() {
			continue
		}
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

// chmodFolders sets the mode of dir and all folders in it.
func chmodFolders(t *testing.T, dir string, mode os.FileMode) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.IsDir() {
			return err
		}
		return os.Chmod(path, mode)
	})
	if err != nil {
		t.Fatal(err)
	}
}
