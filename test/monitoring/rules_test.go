package monitoring

import (
	_ "github.com/prometheus/prometheus/promql/promqltest"
	_ "github.com/prometheus/prometheus/rules"
	_ "sigs.k8s.io/yaml"
)
