"""The libraries below are tuned, unless the caller has set them otherwise."""

from __future__ import annotations

import gc
import os
import subprocess
import sys

from mlmkpi.cli import main
from mlmkpi.cli.tuning import FEW, tune

AHEAD, ALLOCATOR = "POLARS_ROW_GROUP_PREFETCH_SIZE", "_RJEM_MALLOC_CONF"
HEAVY = "import sys, mlmkpi.cli.running; print(*{'numpy', 'polars', 'scipy'} & set(sys.modules))"
OWN = "import gc, sys; sys.argv[1:] = ['--version']; from mlmkpi.cli import main; main(); print(gc.get_threshold()[0])"


def test_what_the_caller_has_set_stays() -> None:
    environment = {AHEAD: "7", "OPENBLAS_NUM_THREADS": "4", ALLOCATOR: ""}
    tune(environment)
    assert environment == {AHEAD: "7", "OPENBLAS_NUM_THREADS": "4", ALLOCATOR: ""}


def test_as_many_row_groups_are_read_ahead_as_there_are_cores() -> None:
    environment: dict[str, str] = {}
    tune(environment)
    assert environment[AHEAD] == str(os.cpu_count())


def test_the_allocator_keeps_what_queries_let_go() -> None:
    environment: dict[str, str] = {}
    tune(environment)
    assert environment[ALLOCATOR].split(",")[1:] == ["oversize_threshold:0", "dirty_decay_ms:1000"]


def test_what_is_tuned_is_not_imported_before() -> None:
    ended = subprocess.run([sys.executable, "-c", HEAVY], check=True, capture_output=True, text=True)
    assert ended.stdout.strip() == ""


def test_a_process_of_our_own_seldom_looks_for_garbage() -> None:
    ended = subprocess.run([sys.executable, "-c", OWN], check=True, capture_output=True, text=True)
    assert ended.stdout.split()[-1] == str(FEW)


def test_in_a_caller_s_process_garbage_is_looked_for_as_before() -> None:
    before = gc.get_threshold()
    main(["--version"])
    assert gc.get_threshold() == before
