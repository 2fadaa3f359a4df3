"""The private root: what is laid out, and what is seen from inside."""

import os
from pathlib import Path

import pytest

from grader.sandbox import namespaces, root
from tests.grader.sandbox.elsewhere import in_child, linux

ZERO = "/dev/zero"


@pytest.fixture
def machine(tmp_path):
    """A few folders with links between them."""
    (tmp_path / "usr/lib/python").mkdir(parents=True)
    (tmp_path / "usr/lib/python/os.py").write_text("")
    (tmp_path / "lib").symlink_to("usr/lib")
    (tmp_path / "opt/deep").mkdir(parents=True)
    (tmp_path / "far").symlink_to(tmp_path / "opt/deep/../deep")
    (tmp_path / "usr/lib/inner").symlink_to("python")
    (tmp_path / "loop").symlink_to("loop")
    return tmp_path


def test_a_link_is_kept_with_what_it_leads_to(machine):
    shown = root.layout([f"{machine}/lib/python"], [])
    assert shown.folders == (f"{machine}/usr/lib/python",)
    assert shown.links == ((f"{machine}/lib", "usr/lib"),)


def test_an_absolute_link_with_dots_is_followed(machine):
    shown = root.layout([f"{machine}/far"], [])
    assert shown.folders == (f"{machine}/opt/deep",)
    assert dict(shown.links)[f"{machine}/far"] == f"{machine}/opt/deep/../deep"


def test_what_lies_in_a_folder_that_is_shown_is_not_shown_twice(machine):
    shown = root.layout([f"{machine}/usr/lib/python", f"{machine}/usr/lib", f"{machine}/lib/inner"], [])
    assert shown.folders == (f"{machine}/usr/lib",)
    assert shown.links == ((f"{machine}/lib", "usr/lib"),)


def test_what_is_not_there_is_left_out(machine):
    found = root.layout([f"{machine}/no", f"{machine}/loop"], ["/dev/no", ZERO])
    assert found == root.Layout((), (), (ZERO,))


def test_a_folder_of_a_similar_name_is_another(machine):
    (machine / "usr/lib64").mkdir()
    assert len(root.layout([f"{machine}/usr/lib", f"{machine}/usr/lib64"], []).folders) == 2


def test_what_lies_where_scratch_is_seen_is_covered_and_shown_again():
    assert root.Layout(("/tmp/venv", "/tmpfiles", "/usr/lib"), (), ()).covered == ("/tmp/venv",)


# --- inside -----------------------------------------------------------------------


def seen_inside(tmp_path, look, *, user):
    """What `look` sees in a private root that shows the folder 'shown' of `tmp_path`, as a worker."""
    (tmp_path / "shown/sub").mkdir(parents=True)
    (tmp_path / "shown/file").write_text("text")
    (tmp_path / "hidden").write_text("secret")
    for place in (tmp_path, *tmp_path.parents):
        if place != Path("/tmp") and place.is_relative_to("/tmp") and place.stat().st_uid == os.getuid():
            place.chmod(0o755)

    def act():
        shown = root.layout([f"{tmp_path}/shown", "/usr/lib", "/lib64"], [ZERO])
        root.enter(shown)
        root.furnish(shown, 2, (os.getuid(), os.getgid()), own_processes=False)
        return look(tmp_path)

    return in_child(act, user=user, namespace=user)


users = pytest.mark.parametrize(
    "user",
    [
        pytest.param(
            False, marks=pytest.mark.skipif(not namespaces.may_make_namespaces(), reason="not root")
        ),
        True,
    ],
)


@linux
@users
def test_only_what_is_shown_is_there(tmp_path, user):
    def look(tmp_path):
        text = Path(tmp_path, "shown/file").read_text()
        return [*map(sorted, map(os.listdir, (tmp_path, "/", "/dev", f"{tmp_path}/shown"))), text]

    folder, top, devices, shown, text = seen_inside(tmp_path, look, user=user)
    assert (folder, shown, text) == (["shown"], ["file", "sub"], "text")
    ways = {tmp_path.parts[1], "lib64", "usr"}
    assert set(top) == {".guarded", ".proc", "dev", "proc", "scratch", "tmp"} | ways
    assert devices == ["fd", "shm", "stdin", "stdout", "zero"]


@linux
@users
def test_nothing_but_scratch_can_be_written(tmp_path, user):
    def look(tmp_path):
        opened = []
        for path in (f"{tmp_path}/shown/new", f"{tmp_path}/shown/file", "/new", "/usr/new", "/dev/new"):
            try:
                os.close(os.open(path, os.O_WRONLY | os.O_CREAT))
                opened.append(path)
            except OSError:
                continue
        return opened

    assert seen_inside(tmp_path, look, user=user) == []


@linux
@users
def test_a_device_can_be_written_to_and_not_be_changed(tmp_path, user):
    def look(tmp_path):
        Path(ZERO).write_bytes(b"anything")
        try:
            os.utime(ZERO)
        except OSError as error:
            return os.strerror(error.errno)
        return "the machine's own device has another time now"

    assert seen_inside(tmp_path, look, user=user) == "Read-only file system"


@linux
@users
def test_scratch_has_a_size_and_is_seen_in_all_its_places(tmp_path, user):
    def look(tmp_path):
        for place, folder in root.WRITABLE.items():
            Path(place, "note").write_text(place)
            assert Path(folder, "note").read_text() == place
        try:
            Path("/tmp/big").write_bytes(bytes(3 << 20))
        except OSError as error:
            return os.strerror(error.errno)
        return "all of it fits"

    assert seen_inside(tmp_path, look, user=user) == "No space left on device"


@linux
@users
def test_the_way_back_is_gone(tmp_path, user):
    def look(tmp_path):
        return [line.split()[4] for line in Path("/proc/self/mountinfo").read_text().splitlines()]

    mounted = seen_inside(tmp_path, look, user=user)
    assert {"/", "/scratch", "/dev/zero", "/usr/lib"} <= set(mounted)
    assert not [place for place in mounted if "old" in place.split("/") or "new" in place.split("/")]
