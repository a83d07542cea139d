"""Output files appear whole or not at all."""

from __future__ import annotations

import re
from pathlib import Path
from stat import S_IMODE

import pytest

from mlmkpi.errors import OutputError
from mlmkpi.sources.atomic import atomic_path


def test_the_file_takes_its_name_when_the_block_ends(tmp_path: Path) -> None:
    with atomic_path(tmp_path / "a.txt") as aside:
        aside.write_text("new")
        assert not (tmp_path / "a.txt").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "new"


def test_a_failing_block_leaves_the_old_file_alone(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("old")

    def fail() -> None:
        with atomic_path(tmp_path / "a.txt") as aside:
            aside.write_text("half")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
    assert (tmp_path / "a.txt").read_text() == "old"


def test_the_file_has_the_rights_of_a_new_file(tmp_path: Path) -> None:
    (tmp_path / "plain.txt").touch()
    with atomic_path(tmp_path / "a.txt"):
        pass
    assert (tmp_path / "a.txt").stat().st_mode == (tmp_path / "plain.txt").stat().st_mode


def test_a_file_that_is_replaced_keeps_its_rights(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("private")
    (tmp_path / "a.txt").chmod(0o600)
    with atomic_path(tmp_path / "a.txt") as aside:
        aside.write_text("new")
    assert S_IMODE((tmp_path / "a.txt").stat().st_mode) == 0o600
    assert (tmp_path / "a.txt").read_text() == "new"


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "none" / "a.txt"
    expected = (
        f"{path} cannot be written\n"
        "  got  No such file or directory\n"
        "  fix  choose a folder that exists and can be written to"
    )
    with pytest.raises(OutputError, match=f"^{re.escape(expected)}$"), atomic_path(path):
        pass


def test_a_name_may_be_as_long_as_the_system_lets_it(tmp_path: Path) -> None:
    name = "é" * 125 + "." + "csvx"
    assert len(name.encode()) == 255
    with atomic_path(tmp_path / name) as aside:
        aside.write_text("new")
    assert [path.name for path in tmp_path.iterdir()] == [name]
