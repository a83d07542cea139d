"""A figure as people read it: value and unit to text, the same in every output made for people.

Rates are percents and change in points; counts and totals change in percent, all else in its own unit.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

MINUS = "\N{MINUS SIGN}"
NOTHING = "\N{EN DASH}"
SIGNS = {"USD": "$", "GBP": "£", "INR": "₹", "KRW": "₩", "PHP": "₱"}
WITHOUT_CENTS = frozenset({"CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND"})
SUFFIXES = {
    "rate": " %", "days": " d", "points": " pt", "volume": " vol", "count": "", "ratio": "", "money": ""
}
LARGE = 10_000
BARS = "▁▂▃▄▅▆▇█"
CALM = 0.1
FINEST = 6
"""So many decimal places at most tell a figure; beyond them is what floating point leaves."""


def value_text(value: float | None, unit: str) -> str:
    """A value with its unit; a null is a dash.

    >>> value_text(0.862, "rate"), value_text(59.241, "USD"), value_text(59.241, "EUR")
    ('86.2 %', '$59.24', 'EUR 59.24')
    """
    if value is None:
        return NOTHING
    if unit == "days":
        return f"{_digits(value, _places(value, unit))} {'day' if value == 1 else 'days'}"
    return _dressed(_digits(_scaled(value, unit), _places(value, unit)), unit)


def change_text(
    change: float | None, before: float | None, value: float | None, unit: str, *, total: bool
) -> str:
    """A change with its sign; `total`: the value is a sum, which changes in percent of what was before.

    >>> change_text(90, 1114, 1204, "count", total=True)
    '+8.1 %'
    >>> change_text(-0.0131, 0.8751, 0.862, "rate", total=False)
    '−1.3 pt'
    """
    if change is None or value is None:
        return NOTHING
    if total and before is not None and before > 0:
        percent = change / before
        return _signed(f"{_digits(100 * percent, 1 if abs(percent) < 10 else 0)} %")
    places = _places(change, unit) if unit in ("count", "days") else _places(value, unit)
    text = _digits(_scaled(change, unit), places)
    return _signed(_dressed(text, "points" if unit == "rate" else unit, short=True))


def interval_text(low: float | None, high: float | None, value: float | None, unit: str) -> str:
    """Both ends of an interval; one end alone is said to be open, none is empty. Points go without their mark.

    >>> interval_text(0.854, 0.869, 0.862, "rate"), interval_text(-3.21, 4.5, 1, "points")
    ('85.4–86.9 %', '−3.2 to 4.5')
    """
    known = [end for end in (low, high) if end is not None]
    if not known or value is None:
        return ""
    ends = [_digits(_scaled(end, unit), _bound_places(end, value, unit)) for end in known]
    unit = "" if unit == "points" else unit
    if len(ends) == 1:
        return f"{'≥' if high is None else '≤'} {_dressed(ends[0], unit, short=True)}"
    between = " to " if min(known) < 0 else NOTHING
    first, last = (_dressed(end, unit, short=True) for end in ends)
    return first.removesuffix(_marks(unit, short=True)[1]) + between + last


def plain_text(value: float | None) -> str:
    """A numerator or denominator, whose unit its KPI alone knows.

    >>> plain_text(1204.0), plain_text(0.5), plain_text(None)
    ('1,204', '0.50', '')
    """
    if value is None:
        return ""
    return _digits(value, 0 if value == int(value) or abs(value) >= LARGE else 2)


def sum_text(value: float) -> str:
    """A sum in full, its thousands apart; a part of one has two places, and up to four where it has them.

    >>> sum_text(1204), sum_text(43207.4), sum_text(-35.2391)
    ('1,204', '43,207.40', '−35.2391')
    """
    whole, _, part = f"{value:,.4f}".rstrip("0").partition(".")
    return (f"{whole}.{part:0<2}" if part else whole).replace("-", MINUS)


def spark_text(values: Iterable[float | None]) -> str:
    """A bar a value, a space where there is none.

    The scale is the row's own, but never finer than a tenth of its largest value: what hardly moves is flat.

    >>> spark_text([1, 2, None, 4]), spark_text([0.97, 0.971, 0.969])
    ('▁▃ █', '▄▄▄')
    """
    points = list(values)
    known = [point for point in points if point is not None]
    if not known:
        return ""
    lowest, highest = min(known), max(known)
    largest = max(abs(lowest), abs(highest))
    if largest == 0:
        return "".join(" " if point is None else BARS[0] for point in points)
    calm = highest - lowest < CALM * largest
    span = CALM * largest if calm else highest - lowest
    step = (len(BARS) - 1) / span
    middle = 3.0 if calm else 3.5
    centre = (highest + lowest) / 2
    places = (None if point is None else round(max(middle + (point - centre) * step, 0)) for point in points)
    return "".join(" " if place is None else BARS[place] for place in places)


def _scaled(value: float, unit: str) -> float:
    return 100 * value if unit == "rate" else value


def _places(value: float, unit: str) -> int:
    """Decimal places that fit a value of this size."""
    size = abs(value)
    if unit == "rate":
        return _significant(100 * size, 2) if 0 < size < 0.01 else 1
    if unit in ("count", "days"):
        return 0 if value == int(value) else 1
    if unit == "points":
        return 1
    if unit == "ratio":
        return _significant(size, 3) if 0 < size < 0.1 else 2
    if size >= LARGE or unit in WITHOUT_CENTS:
        return 0
    return 1 if unit == "volume" else 2


def _significant(size: float, places: int) -> int:
    """So many places, and more where the first two digits that are not 0 need them; what needs too many is noise.

    >>> _significant(0.46, 2), _significant(0.000506, 2), _significant(1e-9, 2)
    (2, 5, 2)
    """
    needed = 1 - math.floor(math.log10(size))
    return needed if places < needed <= FINEST else places


def _bound_places(end: float, value: float, unit: str) -> int:
    return _places(end, unit) if unit in ("count", "days") else _places(value, unit)


def _digits(value: float, places: int) -> str:
    """Digits in groups of three, with a real minus sign and never a minus nought."""
    text = f"{abs(value):,.{places}f}"
    return MINUS + text if value < 0 and text.strip("0.,") else text


def _signed(text: str) -> str:
    """The text with a plus, unless it is negative or nought."""
    return text if text.startswith(MINUS) or not any(digit in text for digit in "123456789") else f"+{text}"


def _marks(unit: str, *, short: bool) -> tuple[str, str]:
    """What stands before and after a number; in short, beside a value, without a currency's code or "vol"."""
    if unit in SUFFIXES:
        return "", "" if short and unit == "volume" else SUFFIXES[unit]
    return SIGNS.get(unit, "" if short else f"{unit} "), ""


def _dressed(text: str, unit: str, *, short: bool = False) -> str:
    before, after = _marks(unit, short=short)
    sign = MINUS if text.startswith(MINUS) else ""
    return sign + before + text.removeprefix(MINUS) + after
