"""A link is a file whose content is a path."""

import io
import os
import zipfile
from collections.abc import Callable
from pathlib import Path



def make(folder: Path, fill: Callable[[str], str]) -> None:
    with zipfile.ZipFile(folder / "zz-packaging-zip-links.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, target in (("double.py", fill("@@reference@@")), ("softmax.py", "/etc/passwd"), ("more", "..")):
            link = zipfile.ZipInfo(name)
            link.external_attr = 0o120777 << 16
            archive.writestr(link, target)
