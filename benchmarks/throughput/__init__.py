"""How fast a class is graded, beside how others would grade it: `python -m benchmarks.throughput`."""
