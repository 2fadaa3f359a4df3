"""What docs/numbers.md was measured with. Nothing here is tested for speed: machines differ."""
