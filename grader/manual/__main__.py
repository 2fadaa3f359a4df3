"""`python -m grader.manual`: write the pages to where they are kept, from the root of the repository."""

from pathlib import Path

from grader.manual import PAGES
from grader.report.files import write_whole

if __name__ == "__main__":
    for path, page in PAGES.items():
        write_whole(Path(path), page().encode("utf-8"))
