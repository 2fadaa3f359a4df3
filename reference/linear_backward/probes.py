"""Calls that tell neighbouring mistakes of linear_backward apart.

They claim nothing: what a submission answers is compared with what each mistake answers.
"""


def probe_wide_layer(student, rng):
    """Where in and out differ, a wrong transpose does not fit, and a choice by shape is right."""
    student.linear_backward(rng.normal(2, 3), rng.normal(4, 3), rng.normal(2, 4))
