"""A simulated plant and camera: what the demo, the benchmarks and the tests run on."""
