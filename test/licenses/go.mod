module reddit-classifier/test/licenses

go 1.25.0
