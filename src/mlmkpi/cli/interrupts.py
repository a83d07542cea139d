"""Ctrl-C, which Polars, once imported, loses where it comes as one of its queries ends, or as it calls Python back."""

from __future__ import annotations

import _thread
import signal
import sys
import threading
from functools import cache
from types import FrameType

SOON = 0.01
"""Seconds after which a Ctrl-C that was swallowed comes again."""

_pressed = threading.Event()


def hear_ctrl_c() -> None:
    """Let Python hear of it again, which ends the run as soon as the query under way is done."""
    ours = signal.getsignal(signal.SIGINT) in (signal.default_int_handler, _stop)
    if ours and threading.current_thread() is threading.main_thread():
        signal.signal(signal.SIGINT, _stop)
        _hear_swallowed()


def is_stopped() -> bool:
    """Whether it was pressed: an error after that is its doing, whatever the libraries in between made of it."""
    return _pressed.is_set()


def _stop(number: int, frame: FrameType | None) -> None:
    _pressed.set()
    signal.default_int_handler(number, frame)


@cache
def _hear_swallowed() -> None:
    """Where compiled code can only report it and go on, have it come again."""
    others = sys.unraisablehook

    def again(raised: sys.UnraisableHookArgs) -> None:
        if raised.exc_type is not KeyboardInterrupt:
            others(raised)
            return
        timer = threading.Timer(SOON, _thread.interrupt_main)
        timer.daemon = True
        timer.start()

    sys.unraisablehook = again
