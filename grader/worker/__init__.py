"""The far side of the wall: where student code runs.

The zygote is a fresh exec that holds torch and nothing of the course; it forks
workers, which confine themselves and serve one submission each. Nothing here
imports a test, a reference, a report or the judge, and what a worker says is
evidence, never a verdict.
"""
