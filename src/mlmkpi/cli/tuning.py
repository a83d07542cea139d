"""What the libraries below are told before they are imported; whoever set a variable has their own way."""

from __future__ import annotations

import atexit
import gc
import os
from collections.abc import MutableMapping

FEW = 200_000
"""How many new objects there are before garbage is looked for."""


def tune(environment: MutableMapping[str, str]) -> None:
    """Set what a process of our own runs best with.

    A fit's matrices are a handful of numbers, over which threads of linear algebra would only wait for one another.
    Of Parquet as many row groups are read ahead as there are cores to decode them: more only fill the memory. What a
    query lets go, Polars' allocator keeps a second for the next one, large pieces too: to get pages anew takes a
    tenth of a run. It keeps it in few places, so that little is kept.
    """
    cores = os.cpu_count() or 2
    environment.setdefault("OPENBLAS_NUM_THREADS", "1")
    environment.setdefault("POLARS_ROW_GROUP_PREFETCH_SIZE", str(cores))
    kept = f"narenas:{max(cores // 2, 1)},oversize_threshold:0,dirty_decay_ms:1000"
    environment.setdefault("_RJEM_MALLOC_CONF", kept)


def collect_rarely() -> None:
    """Look for garbage seldom, and at the process's end not at all.

    Nearly all objects are libraries' modules and classes, which stay: to go through them time and again, and once more
    before the memory goes as a whole, takes a sixth of a small run.
    """
    gc.set_threshold(FEW)
    atexit.register(gc.freeze)
