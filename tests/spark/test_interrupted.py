"""Ctrl-C in mid-run ends with 130, without a trace and without an output file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from equal.compare import frames
from spark.pack import packed

pytestmark = pytest.mark.spark

PRESSED = """\
import os, signal, sys, threading
from mlmkpi.cli import main
from mlmkpi.engines.spark import SparkEngine
materialise = SparkEngine.materialise
def pressed(*given):
    threading.Timer(0.05, os.kill, (os.getpid(), signal.SIGINT)).start()
    return materialise(*given)
SparkEngine.materialise = pressed
sys.argv[0] = "mlmkpi"
sys.exit(main())
"""


def test_ctrl_c_stops_the_run(tmp_path: Path) -> None:
    for name, frame in frames(packed((3,))).items():
        frame.write_parquet(tmp_path / f"{name}.parquet")
    out = tmp_path / "out.json"
    command = ["compute", str(tmp_path), "--kpi", "active_distributors", "--engine", "spark", "--output", str(out)]
    done = subprocess.run([sys.executable, "-c", PRESSED, *command], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (130, "")
    assert "Traceback" not in done.stderr
    assert "org.apache" not in done.stderr
    assert not out.exists()
