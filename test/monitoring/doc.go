// Package monitoring holds no code, only tests of config/monitoring, by Prometheus itself: promtool tests the alert
// rules; the whole system runs while a Prometheus reads its metrics, and every query of the dashboard and every rule is
// asked there; the names of all metrics pass promtool's lint. It needs prometheus and promtool (Debian: apt-get install
// prometheus).
package monitoring
