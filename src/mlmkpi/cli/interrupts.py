"""Ctrl-C, which Polars, once imported, loses where it comes as one of its queries ends."""

from __future__ import annotations

import signal
import threading
from types import FrameType

_pressed = threading.Event()


def hear_ctrl_c() -> None:
    """Let Python hear of it again, which ends the run as soon as the query under way is done."""
    ours = signal.getsignal(signal.SIGINT) in (signal.default_int_handler, _stop)
    if ours and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, _stop)


def is_stopped() -> bool:
    """Whether it was pressed: an error after that is its doing, whatever the libraries in between made of it."""
    return _pressed.is_set()


def _stop(number: int, frame: FrameType | None) -> None:
    _pressed.set()
    signal.default_int_handler(number, frame)
