"""The same hidden tests without a wall: what a teacher without a grader would have written.

These files and a few of the grader's own (blueprints, seeded inputs, the digits)
are laid out as a package `grader` for the other graders and for the floor, so that
the same test files run there. The student's functions are called directly; a
comparison is `torch.testing.assert_close`, or a plain difference where a test brings
its own allowance. No pydantic, no findings, no report: nothing that would cost them
time and that they don't need.
"""
