"""Everything that tar can do and a student has no use for."""

import io
import tarfile
from collections.abc import Callable
from pathlib import Path


def make(folder: Path, fill: Callable[[str], str]) -> None:
    with tarfile.open(folder / "zz-packaging-tar.tar.gz", "w:gz") as archive:
        for name, kind, target in (
            ("double.py", tarfile.SYMTYPE, fill("@@reference@@")),
            ("hard.py", tarfile.LNKTYPE, fill("@@file@@")),
            ("softmax.py", tarfile.CHRTYPE, ""),
            ("pipe.py", tarfile.FIFOTYPE, ""),
            (fill("@@folder@@/absolute"), tarfile.REGTYPE, ""),
            ("../../.." + fill("@@folder@@/dotted"), tarfile.REGTYPE, ""),
        ):
            member = tarfile.TarInfo(name)
            member.type, member.linkname, member.mode = kind, target, 0o4777
            archive.addfile(member, io.BytesIO())
