"""A cluster that takes nobody without a certificate."""

import shutil
import subprocess

import dask
import pytest

from grader.batch.cluster.engine import DaskEngine
from grader.batch.grade import jobs_of
from grader.errors import UsageError
from grader.sandbox.policy import Confinement
from grader.submission import Submission
from grader.verdicts import Isolation
from tests.grader.batch.cluster.loopback import Cluster
from tests.grader.remaining import Remaining
from tests.grader.tiny import SOLUTION, bundle_of, make_course

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(shutil.which("openssl") is None, reason="makes certificates with openssl"),
]


@pytest.fixture
def certificate(tmp_path):
    """A certificate that vouches for itself, and its key."""
    cert, key = tmp_path / "cert.pem", tmp_path / "key.pem"
    words = ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=cluster"]
    subprocess.run(["openssl", *words, "-keyout", key, "-out", cert], check=True, capture_output=True)
    return cert, key


def test_jobs_travel_encrypted_with_what_dask_is_configured_with(tmp_path, certificate):
    course = make_course(tmp_path / "course")
    cert, key = map(str, certificate)
    words = ["--protocol", "tls", "--tls-ca-file", cert, "--tls-cert", cert, "--tls-key", key]
    place = "distributed.comm.tls."
    configured = {f"{place}ca-file": cert, f"{place}client.cert": cert, f"{place}client.key": key}
    work = jobs_of(course, [Submission("one", (bundle_of(SOLUTION),), (), "0" * 64)], "s")
    wall = Confinement.demanded(Isolation.CONTAINER)
    with Remaining() as remaining:
        with Cluster(tmp_path, words=words) as cluster:
            assert cluster.address.startswith("tls://")
            cluster.node("node")
            with (
                DaskEngine(course, course.names, "cpu", cluster.address, wall) as engine,
                pytest.raises(UsageError, match=r"distributed\.comm\.tls"),
            ):
                list(engine.run(iter(work)))
            with (
                dask.config.set(configured),
                DaskEngine(course, course.names, "cpu", cluster.address, wall) as engine,
            ):
                ((_, report),) = engine.run(iter(work))
        remaining.nothing()
    assert report.score == 6
