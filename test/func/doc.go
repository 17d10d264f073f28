// Package host tests that func's own packages accept, build and start this project.
//
// The tests run the code of `func build --builder host` (knative.dev/func v0.50.1, which is func 1.23.1) on a copy of
// the project. Do not run go mod tidy here: modules that func's own tests need are not available.
package host
