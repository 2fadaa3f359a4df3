"""Git clones: repositories of students, as Git, GitHub Classroom or a script fetched them.

Only the files as they lie there count, and they may lie in subfolders, as in any
repository. What Git keeps for itself is never opened: its history, its hooks and its
settings are a stranger's, and none is needed. (Pointers of Git LFS are told by their bytes.)
"""

from collections.abc import Collection


def is_clone(names: Collection[str]) -> bool:
    """Whether a folder that holds these names is one."""
    return ".git" in names


def clone_notes(names: Collection[str]) -> tuple[str, ...]:
    """What is to be said of a clone that holds these names."""
    if not is_clone(names) or ".gitmodules" not in names:
        return ()
    return ("It is a Git clone with submodules: of those only what was fetched along can be read.",)
