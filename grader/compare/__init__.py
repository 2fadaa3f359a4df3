"""Values against a reference, giving findings.

The judge compares here what came over the wire with what the float64 oracle
computed. Nothing in this chapter talks to a worker or knows what a test is.
"""
