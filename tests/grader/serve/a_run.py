"""A run as `grader grade` writes it, step by step, without judging anything; and a server over it."""

import http.client
import json
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

from grader.batch.journal import Journal
from grader.batch.notice import NOTICE, Notice, Running
from grader.pages import write_student_page
from grader.report.files import write_student
from grader.verdicts import Reveal, Verdict
from tests.grader.report.conftest import ENVIRONMENT, make_exercise, make_student, make_test

GRADER = Path(sys.executable).with_name("grader")
STARTED = "2026-11-20T09:00:00+00:00"
EXERCISES = ("softmax", "conv2d")
LINK = re.compile(r"http://127\.0\.0\.1:(\d+)(/[\w-]{20,}/)\n")


def exercise(name="softmax", verdict=Verdict.PASSED, *findings, **fields):
    return make_exercise(name, make_test("One", verdict, *findings), **fields)


class ARun:
    """A run that goes on as long as the `with` does, unless it is told to `end`."""

    def __init__(self, folder, started=STARTED):
        self.folder = folder
        self._started = started
        folder.mkdir(exist_ok=True)

    def __enter__(self):
        self.journal = Journal(self.folder)
        self.run = self.journal.begin(self._started, EXERCISES)
        return self

    def __exit__(self, *error):
        if self.journal is not None:
            (self.folder / NOTICE).unlink(missing_ok=True)
            self.journal.close()

    def judged(self, student, report):
        """A result is in the journal."""
        return self.journal.record(
            student, "", report.name, key="k", content="c", report=report, environment=ENVIRONMENT
        ).id

    def done(self, student, *reports):
        """A student's reports and page are written."""
        results = {report.name: self.judged(student, report) for report in reports}
        whole = make_student(student, *reports)
        write_student(whole, self.folder, Reveal.MESSAGES)
        write_student_page(whole.for_student(Reveal.MESSAGES), [], self.folder)
        self.journal.publish(self.run, whole, results)
        return whole

    def says(self, students=4, graded=0, running=(), ends=None):
        """The notice is up."""
        names = [Running(student=who, exercise=what, attempt="", began=began) for who, what, began in running]
        notice = Notice(students=students, graded=graded, reused=0, ends=ends, running=tuple(names))
        (self.folder / NOTICE).write_text(notice.model_dump_json())

    def end(self):
        """All is written, and the driver goes."""
        self.journal.complete(self.run)
        self.__exit__()
        self.journal = None


class Server:
    """`grader serve` in a process of its own."""

    def __init__(self, folder, *options):
        self._streams = []
        self.folder = folder
        self._asked = [GRADER, "serve", folder, "--port", "0", *options]

    def __enter__(self):
        pipe = subprocess.PIPE
        self.process = subprocess.Popen(self._asked, stdout=pipe, stderr=pipe, text=True)
        self.said = self.process.stdout.readline()
        self.link = self.process.stdout.readline()
        found = LINK.fullmatch(self.link)
        if not found:
            self.process.kill()
        assert found, self.said + self.process.stderr.read()
        self.link = self.link.strip()
        self.port, self.root = int(found[1]), found[2]
        return self

    def __exit__(self, *error):
        for stream in self._streams:
            stream.close()
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate()

    def ask(self, path="", method="GET", **headers):
        """What comes back: status, headers, body."""
        connection = self.open(path, method, **headers)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, {name.lower(): value for name, value in answer.getheaders()}, body

    def open(self, path="", method="GET", **headers):
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        connection.putrequest(method, path if path.startswith("/") else self.root + path, skip_host=True)
        for name, value in ({"host": f"127.0.0.1:{self.port}"} | headers).items():
            connection.putheader(name.replace("_", "-"), value)
        connection.endheaders()
        return connection

    def events(self, path="events", **headers):
        """A stream of events, open."""
        self._streams.append(Events(self.open(path, **headers)))
        return self._streams[-1]

    def end(self, how=signal.SIGINT):
        """End it; exit code, seconds, and what it said on stderr."""
        began = time.monotonic()
        self.process.send_signal(how)
        code = self.process.wait(20)
        return code, time.monotonic() - began, self.process.stderr.read()


class Events:
    """Events of a stream, one after the other."""

    def __init__(self, connection):
        self._connection = connection
        self.answer = connection.getresponse()

    def next(self):
        """The next event: its kind, its id, its data, its size; blocks."""
        fields, size = {}, 0
        while line := self.answer.readline():
            size += len(line)
            if line == b"\n":
                if "data" in fields:
                    return fields["event"], fields.get("id"), json.loads(fields["data"]), size
                fields, size = {}, 0
                continue
            name, _, value = line.decode("ascii").rstrip("\n").partition(": ")
            fields[name] = value
        raise EOFError

    def until(self, holds):
        """The data of the first event from here on for which something holds."""
        while True:
            kind, id_, data, size = self.next()
            if holds(data):
                return kind, id_, data, size

    def close(self):
        self.answer.close()
        self._connection.close()
