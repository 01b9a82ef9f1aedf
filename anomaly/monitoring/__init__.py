"""The outcome of a night as Prometheus metrics."""
