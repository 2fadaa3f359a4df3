"""Master files of other systems become exercises of a course.

nbgrader and Otter keep question, solution and tests in one notebook, told apart by
metadata and markers. Here they are taken apart: the stub and the handout, the
reference, visible and hidden tests. Masters are the staff's own and are parsed, never
run. What has no counterpart is listed, with its cell and the reason, not dropped.
"""
