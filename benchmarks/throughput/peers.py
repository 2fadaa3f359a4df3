"""How others run pytest over a class: a process a submission, or one session for all.

(a) One pytest process for each submission, as many side by side as there are cores;
its tests' bytecode is cached and no plugin is loaded that is not needed. What
autograders do that give every submission a container or a sandbox of its own.

(e) One session of pytest-xdist over all submissions, a worker for each core, a
submission's tests on one worker (`--dist loadgroup`). Student code runs in the
process that judges it: it isolates nothing.
"""

import os
import xml.etree.ElementTree as ElementTree
from pathlib import Path

from benchmarks.throughput import accounts, course
from benchmarks.throughput.environments import python
from benchmarks.throughput.table import ONE_PROCESS, ONE_SESSION, Row, between

QUICK = "-q --no-header --tb=short -p no:cacheprovider -p no:warnings --import-mode=importlib"


def environment(plain: Path) -> dict[str, str]:
    """One thread each, the plain course on the path, no plugin that happens to be there."""
    return {
        **os.environ,
        "PYTHONPATH": str(plain),
        "OMP_NUM_THREADS": "1",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        "PYTEST_ADDOPTS": "",
    }


def one_process_each(place: Path, count: int, cores: int) -> Row:
    """(a): so many submissions."""
    plain, interpreter = place / "plain", python("pytest")
    folder = course.submissions(place / "processes", count)
    run = f"SUBMISSIONS={folder}/$1 {interpreter} -m pytest {QUICK} --junitxml=$1.xml tests/hidden"
    names = place / "names"
    names.write_text("".join(f"{path.name}\n" for path in sorted(folder.iterdir())))
    script = f"xargs -a {names} -P {cores} -I NAME sh -c '{run} > NAME.log 2>&1; true' - NAME"
    spent = accounts.must(
        accounts.run(["sh", "-c", script], place / "processes.log", cwd=plain, env=environment(plain)), "(a)"
    )
    results = [plain / f"{path.name}.xml" for path in folder.iterdir()]
    note = f"{passed(results, count)}; a process each, {cores} side by side"
    rate = count / spent.wall * 60
    return Row("(a) pytest, a process each", 0.0, spent.cpu / count, rate, count, ONE_PROCESS, note)


def one_session(place: Path, few: int, many: int, cores: int) -> Row:
    """(e): a session over few submissions, and one over many."""
    runs = [(count, _session(place, count, cores)) for count in (few, many)]
    note = f"{passed([place / 'plain' / 'session.xml'], many)}; all in one session, nothing isolated"
    return between(f"(e) pytest-xdist, {cores} workers", runs[0], runs[1], ONE_SESSION, note)


def _session(place: Path, count: int, cores: int) -> accounts.Spent:
    plain, interpreter = place / "plain", python("pytest")
    folder = course.submissions(place / f"session-{count}", count)
    options = f"{QUICK} -p xdist -n {cores} --dist loadgroup --junitxml=session.xml tests/hidden".split()
    return accounts.run(
        [interpreter, "-m", "pytest", *options],
        place / "session.log",
        cwd=plain,
        env={**environment(plain), "SUBMISSIONS": str(folder), "WHOLE_CLASS": "1"},
    )


def passed(results: list[Path], count: int) -> str:
    """How many tests a submission passed and ran, on average, from files of JUnit's format."""
    suites = [suite for path in results for suite in ElementTree.parse(path).iter("testsuite")]
    ran = sum(int(suite.get("tests", 0)) for suite in suites)
    bad = sum(int(suite.get(kind, 0)) for suite in suites for kind in ("failures", "errors"))
    return f"{(ran - bad) / count:.1f} of {ran / count:.1f} tests passed"
