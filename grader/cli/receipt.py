"""`grader receipt`: whether a file is the one that a receipt is of.

For the evening when somebody says that another file was marked: a student or her
teaching assistant lays what is there beside the receipt of `grader submit`.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from grader.cli.exits import FINDINGS
from grader.cli.place import place_of
from grader.cli.voice import JSON, Plain, Voice


def receipt(
    context: typer.Context,
    receipt: Annotated[
        Path, typer.Argument(metavar="RECEIPT", help="The receipt that `grader submit` wrote.")
    ],
    presented: Annotated[
        Path, typer.Argument(metavar="FILE|FOLDER", help="What may be it: an archive, a folder, one file.")
    ],
    plain: Plain = False,
    as_json: JSON = False,
) -> None:
    """Say whether a file is the one that a receipt is of.

    The digests are taken anew. An archive that was renamed, unpacked or packed again
    on its way is recognised by the digests of its exercises. Exits with 1 if it is another.

    \b
    Examples:
      grader receipt homework-1-receipt.txt homework-1.zip
      grader receipt homework-1-receipt.txt softmax.py
    """
    from grader.desk.presented import compare, read_receipt

    course = place_of(context).course(staff=False)
    found = compare(read_receipt(receipt), presented, course.entry_points)
    if as_json:
        exercises = [
            {"name": each.exercise, "receipt": each.digest, "found": digest} for each, digest in found.found
        ]
        print(json.dumps({"same": found.same, "archive": found.whole, "exercises": exercises}, indent=1))
    else:
        Voice(plain).say(found.sentence, "green" if found.same else "")
    raise typer.Exit(0 if found.same else FINDINGS)
