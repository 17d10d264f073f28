// Package monitoring holds no code, only tests: that the alert rules in config/monitoring fire when they should and not
// otherwise, and that every query of the dashboard finds something in the metrics that a real run exports. Both are
// evaluated by Prometheus' own engine.
package monitoring
