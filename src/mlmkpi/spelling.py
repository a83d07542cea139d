"""What was likely meant by a word that is none of those expected."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches


def nearest(word: str, words: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """The word whose initials it is, else the most similar one; None where none is near.

    >>> nearest("AOV", ["active_customers", "average_order_value"]), nearest("chrun_rate", ["churn_rate"])
    ('average_order_value', 'churn_rate')
    """
    known = list(words)
    shortened = (each for each in known if len(word) > 1 and _initials(each) == word.casefold())
    return next(shortened, None) or next(iter(get_close_matches(word, known, n=1, cutoff=cutoff)), None)


def _initials(name: str) -> str:
    return "".join(part[:1] for part in name.split("_"))
