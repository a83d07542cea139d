"""Ctrl-C, which Polars, once imported, loses where it comes as one of its queries ends, or as it calls Python back.

SIGTERM and a terminal that is closed end a run as it does: else what was parsed would stay in the temporary folder.
"""

from __future__ import annotations

import _thread
import signal
import sys
import threading
from functools import cache
from types import FrameType

SOON = 0.01
"""Seconds after which a Ctrl-C that was swallowed comes again."""

BY_SIGNAL = 128
_DEFAULTS = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}
if hasattr(signal, "SIGHUP"):  # Windows has none
    _DEFAULTS[signal.SIGHUP] = signal.SIG_DFL
_heard: list[int] = []


def hear_signals() -> None:
    """Let Python hear of what stops a run, which ends it as soon as the query under way is done."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number, default in _DEFAULTS.items():
        if signal.getsignal(number) in (default, _stop):
            signal.signal(number, _stop)
    if signal.getsignal(signal.SIGINT) is _stop:
        _hear_swallowed()


def forget() -> None:
    """Take no earlier run's signal for this one's."""
    _heard.clear()


def stopped() -> int | None:
    """The exit code of the signal that came: an error after it is its doing, whatever the libraries made of it."""
    return BY_SIGNAL + _heard[0] if _heard else None


def _stop(number: int, frame: FrameType | None) -> None:
    _heard.append(number)
    signal.default_int_handler(signal.SIGINT, frame)


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
