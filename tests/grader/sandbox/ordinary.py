"""Run a command as an ordinary user, with an interpreter that this user can read.

    python tests/grader/sandbox/ordinary.py [--no-user-namespaces | --root] COMMAND...

Only root can do this. The command sees the machine's files, but folders that
only root may enter are replaced, for it alone, by empty ones that show what the
interpreter needs. With --root the command is root's own, on the same machine.
Everything is gone with the command.
"""

import os
import sys
import sysconfig
from pathlib import Path

from grader.sandbox import namespaces
from grader.sandbox.root import _BIND, _PRIVATE, _REC, _mount

USER = 65534
_LIMIT = "/proc/sys/user/max_user_namespaces"


def main(arguments: list[str]) -> None:
    option = arguments[0] if arguments[0].startswith("--") else ""
    command = arguments[1:] if option else arguments
    namespaces.unshare(namespaces.NEWNS)
    _mount(None, "/", None, _REC | _PRIVATE)
    _open_up([sys.prefix, sys.base_prefix, sysconfig.get_path("stdlib"), os.getcwd()])
    if option == "--root":
        os.execvp(command[0], command)
    if option:
        _own_namespace()
        Path(_LIMIT).write_text("0")
    os.setgroups([])
    os.setresgid(USER, USER, USER)
    os.setresuid(USER, USER, USER)
    os.environ["HOME"] = "/tmp"
    os.execvp(command[0], command)


def _open_up(needed: list[str]) -> None:
    """Show each of `needed` to everybody, whatever folders it lies in."""
    for path in map(os.path.realpath, needed):
        for folder in reversed(Path(path).parents):
            if folder != Path("/") and not folder.stat().st_mode & 0o001:
                shown = os.open(path, os.O_PATH)
                _mount("tmpfs", str(folder), "tmpfs", 0, "mode=755,size=1m")
                os.makedirs(path)
                _mount(f"/proc/self/fd/{shown}", path, None, _BIND | _REC)
                os.close(shown)
                break


def _own_namespace() -> None:
    """A user namespace with everybody in it, whose own limits can be set without harm to others."""
    outside, inside = os.pipe(), os.pipe()
    parent = os.getpid()
    writer = os.fork()
    if writer == 0:
        os.read(outside[0], 1)
        for name in ("uid_map", "gid_map"):
            Path(f"/proc/{parent}/{name}").write_text("0 0 4294967295")
        os.write(inside[1], b"+")
        os._exit(0)
    namespaces.unshare(namespaces.NEWUSER)
    os.write(outside[1], b"+")
    os.read(inside[0], 1)
    os.waitpid(writer, 0)
    for end in (*outside, *inside):
        os.close(end)


if __name__ == "__main__":
    main(sys.argv[1:])
