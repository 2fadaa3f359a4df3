"""Honest work under the full sandbox: torch, numpy and Python do what they do without it.

`operations` and `surroundings` are handed in as students' files, and each of
their functions is called in a worker of its own: under the full sandbox, with
what a container gives, and as a control with process limits alone. Nothing may be printed either: libraries
complain there first.

What the wall takes away is said here too. At the level `container` that is
shared memory: /dev/shm there is everybody's.
"""

import ast
from pathlib import Path

import pytest

from grader.sandbox.policy import REQUIRED, Confinement
from grader.student.calls import Answer, Refusal
from grader.student.launch import Zygote
from grader.student.proxy import Student
from grader.verdicts import Isolation
from tests.grader.student.conftest import bundle_of, exercise_of

SOURCES = [Path(__file__).with_name(name).read_text() for name in ("operations.py", "surroundings.py")]
NO_OPERATIONS = {"close", "spd", "scripted", "squared", "fill", "put", "add_rank"}
OPERATIONS = {
    node.name: source
    for source in SOURCES
    for node in ast.parse(source).body
    if isinstance(node, ast.FunctionDef) and node.name not in NO_OPERATIONS
}

SHARED_MEMORY = {
    "data_loader_with_2_workers",
    "pool_of_processes",
    "tensors_in_shared_memory",
    "tensors_through_a_queue",
    "processes_started_by_torch",
}
"""What needs /dev/shm: locks, queues and tensors between processes."""

REFUSED = """
import ctypes, multiprocessing, os, socket, subprocess

def another_program():
    return subprocess.run(["/bin/true"]).returncode == 0

def a_spawned_process():
    process = multiprocessing.get_context("spawn").Process(target=os.getpid)
    process.start()
    process.join()
    return process.exitcode

def the_network():
    with socket.socket(socket.AF_INET) as asked:
        return asked.fileno() > 2

def the_network_of_version_6():
    with socket.socket(socket.AF_INET6) as asked:
        return asked.fileno() > 2

def a_system_v_queue():
    libc = ctypes.CDLL(None, use_errno=True)
    queue = libc.msgget(0, 0o600)
    if queue < 0:
        raise OSError(ctypes.get_errno(), "msgget")
    return libc.msgctl(queue, 0, None) == 0

def a_folder_of_the_machine():
    return len(os.listdir("/etc/security")) > 0
"""


@pytest.fixture(scope="module", params=Isolation, ids=str)
def walled(request):
    """A zygote whose workers are walled off as a level demands, and no more than that."""
    level = request.param
    wanted = Confinement.demanded(level).wanted if level is not Isolation.CONTAINER else REQUIRED[level]
    with Zygote(warm=True, confinement=Confinement(wanted)) as zygote:
        if zygote.posture.level is not level:
            pytest.skip(f"'{level}' cannot be had here: {'; '.join(zygote.posture.missing)}")
        yield zygote


@pytest.fixture
def hand_in(walled):
    students = []

    def hand_in(source, name):
        students.append(Student(walled, exercise_of(name), bundle_of({"work.py": source})))
        students[-1].begin_test("cpu", "a test")
        return students[-1]

    yield hand_in
    for student in students:
        student.close()


def test_there_are_enough():
    assert len(OPERATIONS) >= 60


@pytest.mark.parametrize("operation", OPERATIONS)
def test_it_works(walled, hand_in, operation):
    student = hand_in(OPERATIONS[operation], operation)
    answer = getattr(student, operation).attempt()
    if walled.posture.level is Isolation.CONTAINER and operation in SHARED_MEMORY:
        assert isinstance(answer, Refusal)
        assert "Permission denied" in answer.message
        return
    assert isinstance(answer, Answer), answer
    assert answer.value is True
    assert student.end_test() == ""


@pytest.mark.parametrize(
    ("attempt", "said"),
    [
        ("another_program", "PermissionError"),
        ("the_network", "PermissionError"),
        ("the_network_of_version_6", "PermissionError"),
        ("a_system_v_queue", "PermissionError"),
        ("a_folder_of_the_machine", "FileNotFoundError"),
    ],
)
def test_what_does_not_work_says_so_in_words_of_python(walled, hand_in, attempt, said):
    answer = getattr(hand_in(REFUSED, attempt), attempt).attempt()
    level = walled.posture.level
    if level is Isolation.PROCESS:
        assert isinstance(answer, Answer), answer  # the control
        assert answer.value is True
    else:
        assert isinstance(answer, Refusal), answer
        assert answer.type == ("PermissionError" if level is Isolation.CONTAINER else said)


def test_a_process_that_is_started_afresh_ends_at_once(walled, hand_in):
    # multiprocessing looks away when the program cannot be started; 'fork' is what works.
    answer = hand_in(REFUSED, "a_spawned_process").a_spawned_process()
    assert answer.value == (0 if walled.posture.level is Isolation.PROCESS else 255)
