"""How a command ends: its exit codes, and the one ending that is nobody's fault."""

FINDINGS = 1
"""It was done, and there is something to mend."""
COULD_NOT = 2
"""It could not be done."""
INTERRUPTED = 130
"""Ctrl-C: 128 + SIGINT, as shells have it."""
NO_READER = 141
"""Whoever read our output has gone (`grader list | head`): 128 + SIGPIPE."""


class Interrupted(Exception):
    """Ctrl-C, with a sentence on what is there all the same."""
