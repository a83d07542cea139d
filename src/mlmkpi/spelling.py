"""How codes are spelled, and what was likely meant by a word that is none of those expected."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches


def folded(code: str) -> str:
    """A code without regard to its case and the space around it, as codes are matched.

    >>> folded(" Gold ") == folded("GOLD")
    True
    """
    return code.strip().casefold()


def spelled(found: Iterable[str | None], codes: Iterable[str]) -> list[str]:
    """Those of the texts found that are one of the codes.

    >>> spelled(["Kit", "sale", " KIT", None], ["kit"])
    ['Kit', ' KIT']
    """
    wanted = {folded(code) for code in codes}
    return [text for text in found if text is not None and folded(text) in wanted]


def unspelled(found: Mapping[str | None, int], codes: Iterable[str]) -> dict[str, int]:
    """Those of the texts found that are none of the codes, with their counts.

    >>> unspelled({"Title": 2, "honorary": 1, None: 3}, ["title"])
    {'honorary': 1}
    """
    known = {folded(code) for code in codes}
    return {text: found[text] for text in found if text is not None and folded(text) not in known}


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
