"""Templates of pages: whoever makes HTML has them from here.

All that is said in one is escaped, and a name that nobody has given is an error.
Templates are files of the program; nothing that anybody handed in is ever one.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined


@cache
def templates(*folders: Path) -> Environment:
    """The templates in these folders; of two of one name that in the first folder."""
    return Environment(
        loader=FileSystemLoader(folders),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
