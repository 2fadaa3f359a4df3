"""A zygote for all tests of the far side, and workers that end with their test."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.grader.worker.driver import Worker, Zygote, shared


@pytest.fixture
def zygote() -> Zygote:
    return shared()


@pytest.fixture
def start(zygote: Zygote, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Worker]]:
    """Forks workers: `start(memory_mb=64)`."""
    workers: list[Worker] = []

    def fork(**limits: int) -> Worker:
        scratch: Path = tmp_path_factory.mktemp("scratch")
        workers.append(Worker(zygote, scratch, **limits))
        return workers[-1]

    yield fork
    for worker in workers:
        worker.close()


@pytest.fixture
def worker(start: Callable[..., Worker]) -> Worker:
    return start()
