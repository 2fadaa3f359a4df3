"""What of the interpreter stays in sight, and what it forgets."""

import os
import pwd
import sys
import sysconfig
from pathlib import Path

import numpy
import torch

import grader
from grader.sandbox.interpreter import importable, needed_folders

CHECKOUT = Path(grader.__file__).resolve().parents[1]


def test_the_grader_s_own_folder_is_not_importable():
    standard = os.path.dirname(os.__file__)
    paths = (standard, "", str(CHECKOUT), f"{CHECKOUT}/.", str(CHECKOUT.parent), "/", "/opt/more")
    assert importable(paths) == (standard, "/opt/more")


def test_a_grader_that_is_installed_stays_importable(monkeypatch):
    monkeypatch.setattr("sysconfig.get_path", lambda name: str(CHECKOUT))
    importable.cache_clear()
    assert importable((str(CHECKOUT),)) == (str(CHECKOUT),)
    importable.cache_clear()


def test_everything_that_is_imported_lies_in_a_folder_that_is_needed():
    needed = needed_folders({})
    for module in (os, torch, numpy):
        assert any(Path(module.__file__).is_relative_to(folder) for folder in needed)


def test_no_folder_that_is_needed_shows_the_checkout():
    for folder in needed_folders({}):
        assert not CHECKOUT.is_relative_to(os.path.realpath(folder))


def test_libraries_are_looked_for_where_the_environment_says():
    more = set(needed_folders({"LD_LIBRARY_PATH": "/opt/cuda/lib:relative::"})) - set(needed_folders({}))
    assert more == {"/opt/cuda/lib"}


def test_a_library_path_that_names_a_home_or_all_shows_neither(monkeypatch, tmp_path):
    home = Path(pwd.getpwuid(os.getuid()).pw_dir)
    named = ["/", str(home), f"{home}/.", str(home.parent), str(CHECKOUT), str(CHECKOUT.parent)]
    (tmp_path / "link").symlink_to(CHECKOUT)
    slips = ":".join([*named, f"{tmp_path}/link"])
    assert needed_folders({"LD_LIBRARY_PATH": slips}) == needed_folders({})
    below = f"{home}/lib"
    assert needed_folders({"LD_LIBRARY_PATH": below}) == (*needed_folders({}), below)
    monkeypatch.setattr("sys.path", [*sys.path, str(home)])
    assert str(home) not in needed_folders({})


def test_the_standard_library_is_needed():
    assert sysconfig.get_path("stdlib") in needed_folders({})
