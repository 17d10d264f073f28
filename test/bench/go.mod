module reddit-classifier/test/bench

go 1.25.0

require reddit-classifier v0.0.0

replace reddit-classifier => ../..
