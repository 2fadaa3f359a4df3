"""What honest work does around torch: files, processes, threads, Python's own library.

As in `operations`, each function is called in a worker of its own, and returns
whether what it did gave what it must.
"""

import asyncio
import copy
import dataclasses
import datetime
import functools
import inspect
import io
import logging
import multiprocessing
import os
import pickle
import platform
import random
import tempfile
import threading
import time
import warnings

import numpy as np
import torch
from torch import nn
from torch.utils.data import DataLoader, Dataset, TensorDataset

# --- files --------------------------------------------------------------------------


def save_and_load_mapped_into_memory():
    model = nn.Linear(200, 200)
    torch.save(model.state_dict(), "model.pt")
    mapped = torch.load("model.pt", mmap=True)
    other = nn.Linear(200, 200)
    other.load_state_dict(torch.load("model.pt"))
    return torch.equal(mapped["weight"], model.weight) and torch.equal(other.weight, model.weight)


def saved_to_memory():
    buffer = io.BytesIO()
    torch.save({"x": torch.arange(3)}, buffer)
    buffer.seek(0)
    return torch.equal(torch.load(buffer)["x"], torch.arange(3))


def temporary_files_and_folders():
    with tempfile.TemporaryDirectory() as folder, tempfile.NamedTemporaryFile("w+") as file:
        file.write("text")
        file.flush()
        np.save(f"{folder}/array.npy", np.arange(3))
        with open(file.name) as again, tempfile.SpooledTemporaryFile() as spooled:
            spooled.write(b"x")
            return again.read() == "text" and int(np.load(f"{folder}/array.npy", mmap_mode="r").sum()) == 3


def files_of_ones_own():
    os.makedirs("results/first", exist_ok=True)
    with open("results/first/log.txt", "w") as file:
        file.write("epoch 1\n")
    os.rename("results/first/log.txt", "results/log.txt")
    os.symlink("log.txt", "results/last")
    with open("results/last") as file:
        return file.read() == "epoch 1\n" and sorted(os.listdir("results")) == ["first", "last", "log.txt"]


def a_tensor_that_lives_in_a_file():
    x = torch.from_file("numbers.bin", shared=True, size=1000, dtype=torch.float32)
    x.fill_(2)
    return os.path.getsize("numbers.bin") == 4000 and float(x.sum()) == 2000


# --- processes and threads ----------------------------------------------------------


class Squares(Dataset):
    def __len__(self):
        return 20

    def __getitem__(self, i):
        return torch.tensor([i * i, os.getpid()])


def data_loader():
    loader = DataLoader(TensorDataset(torch.arange(10)), batch_size=3, shuffle=True)
    return sorted(int(i) for (batch,) in loader for i in batch) == list(range(10))


def data_loader_with_2_workers():
    rows = torch.cat(list(DataLoader(Squares(), batch_size=4, num_workers=2)))
    squares = rows[:, 0].tolist() == [i * i for i in range(20)]
    return squares and len(set(rows[:, 1].tolist())) == 2 and os.getpid() not in rows[:, 1]


def squared(x):
    return x * x


def pool_of_processes():
    with multiprocessing.get_context("fork").Pool(2) as pool:
        return pool.map(squared, range(10)) == [i * i for i in range(10)]


def fill(x, lock):
    with lock:
        x += 1


def tensors_in_shared_memory():
    context = torch.multiprocessing.get_context("fork")
    x, lock = torch.zeros(1000).share_memory_(), context.Lock()
    processes = [context.Process(target=fill, args=(x, lock)) for _ in range(3)]
    for process in processes:
        process.start()
    for process in processes:
        process.join()
    return float(x.sum()) == 3000


def put(queue):
    queue.put(torch.arange(5))
    time.sleep(0.3)  # the tensor's memory is handed over by this process


def tensors_through_a_queue():
    context = torch.multiprocessing.get_context("fork")
    queue = context.Queue()
    process = context.Process(target=put, args=(queue,))
    process.start()
    got = queue.get(timeout=5).clone()
    process.join()
    return torch.equal(got, torch.arange(5))


def add_rank(rank, x):
    x[rank] += rank + 1


def processes_started_by_torch():
    x = torch.zeros(2).share_memory_()
    torch.multiprocessing.start_processes(add_rank, args=(x,), nprocs=2, start_method="fork")
    return x.tolist() == [1.0, 2.0]


def threads():
    found = []
    all_threads = [threading.Thread(target=lambda i=i: found.append(torch.ones(i).sum())) for i in range(8)]
    for thread in all_threads:
        thread.start()
    for thread in all_threads:
        thread.join()
    return sorted(int(x) for x in found) == list(range(8))


def an_event_loop():
    async def work(x):
        await asyncio.sleep(0.001)
        return await asyncio.to_thread(squared, x)

    async def main():
        return await asyncio.gather(*(work(i) for i in range(4)))

    return asyncio.run(main()) == [0, 1, 4, 9]


# --- around torch -------------------------------------------------------------------


def profiled():
    os.environ["KINETO_LOG_LEVEL"] = "99"  # it tells of itself otherwise, with the sandbox or without
    with torch.profiler.profile(activities=[torch.profiler.ProfilerActivity.CPU]) as profile:
        torch.ones(50, 50) @ torch.ones(50, 50)
    return any(event.key == "aten::mm" for event in profile.key_averages())


def benchmarked():
    from torch.utils import benchmark

    return benchmark.Timer("x + 1", globals={"x": torch.ones(1)}).timeit(10).mean > 0


def random_generators():
    generator = torch.Generator().manual_seed(7)
    a, b = torch.randn(5, generator=generator), torch.randn(5)
    torch.manual_seed(3)
    again = torch.rand(1)
    torch.manual_seed(3)
    different = os.urandom(8) != os.urandom(8) and torch.Generator().seed() != torch.Generator().seed()
    same = torch.equal(again, torch.rand(1)) and len(random.sample(range(9), 3)) == 3
    return (
        same and different and not torch.equal(a, b) and np.random.default_rng(1).normal(size=3).shape == (3,)
    )


def the_bridge_to_numpy():
    x = torch.arange(6.0).view(2, 3)
    x.numpy()[0, 0] = 9
    return float(x[0, 0]) == 9 and torch.equal(torch.from_numpy(np.asarray(x)), x)


def numpy_alone():
    a = np.random.default_rng(0).normal(size=(200, 200))
    u, s, v = np.linalg.svd(a)
    return bool(np.allclose(u * s @ v, a)) and bool(np.allclose(np.fft.ifft(np.fft.fft(a)).real, a))


def source_of_ones_own_code():
    return "inspect.getsource" in inspect.getsource(source_of_ones_own_code)


def copies_and_pickles():
    model = nn.Linear(3, 3)
    other = copy.deepcopy(model)
    third = pickle.loads(pickle.dumps(model))
    return torch.equal(other.weight, model.weight) and torch.equal(third.weight, model.weight)


@dataclasses.dataclass(frozen=True)
class Settings:
    rate: float = 0.1
    sizes: tuple[int, ...] = (1, 2)


def dataclasses_and_caches():
    @functools.lru_cache
    def slow(n):
        return n if n < 2 else slow(n - 1) + slow(n - 2)

    return dataclasses.replace(Settings(), rate=0.2).rate == 0.2 and slow(50) == 12_586_269_025


def warnings_and_logs():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.warn("careful", stacklevel=1)
    stream = io.StringIO()
    logger = logging.getLogger("mine")
    logger.addHandler(logging.StreamHandler(stream))
    logger.warning("logged")
    return len(caught) == 1 and stream.getvalue() == "logged\n"


def the_clock_and_the_machine():
    known = bool(platform.platform()) and bool(platform.machine()) and (os.cpu_count() or 0) > 0
    return known and datetime.datetime.now().astimezone().year > 2000 and time.perf_counter() > 0


def about_torch_itself():
    text = torch.__config__.show() + torch.__config__.parallel_info()
    return "OpenMP" in text and torch.cuda.device_count() >= 0 and len(repr(torch.ones(2000))) < 500


def late_imports():
    import ctypes
    import decimal
    import hashlib
    import json
    import sqlite3
    import unittest
    import uuid
    import zipfile

    return all(
        (ctypes, decimal, hashlib.sha256(b"x").hexdigest(), json, sqlite3, unittest, uuid.uuid4(), zipfile)
    )
