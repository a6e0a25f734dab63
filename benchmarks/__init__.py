"""Measures the server beside a bare hello in the same run: `python -m benchmarks`."""
