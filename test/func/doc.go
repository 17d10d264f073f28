// Package host holds no code, only tests: that func's own packages accept, build and start this project.
//
// They run what `func build --builder host` runs (knative.dev/func v0.50.1, which is func 1.23.1), on a copy of the
// project. Do not run go mod tidy here: what func's own tests need cannot be had.
package host
