// Package version identifies the build of the program.
package version

import (
	"runtime/debug"
	"sync"
)

// String returns the version of the main module, or the first 12 digits of its commit (with "+dirty" if files were
// changed), or "devel" if the build information has neither.
var String = sync.OnceValue(func() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return devel
	}
	return fromBuildInfo(info)
})

const devel = "devel"

func fromBuildInfo(info *debug.BuildInfo) string {
	if v := info.Main.Version; v != "" && v != "(devel)" {
		return v
	}
	settings := map[string]string{}
	for _, s := range info.Settings {
		settings[s.Key] = s.Value
	}
	commit := settings["vcs.revision"]
	if commit == "" {
		return devel
	}
	commit = commit[:min(len(commit), 12)]
	if settings["vcs.modified"] == "true" {
		commit += "+dirty"
	}
	return commit
}

// Go returns the release of Go that built the program.
func Go() string {
	if info, ok := debug.ReadBuildInfo(); ok {
		return info.GoVersion
	}
	return "unknown"
}
