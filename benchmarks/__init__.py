"""What the README's numbers are measured with. Nothing here is tested for speed: machines differ."""
