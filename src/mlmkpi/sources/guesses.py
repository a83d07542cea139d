"""What other programs call columns, to be proposed in messages alone: no header is taken for another in silence."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher

from mlmkpi.tables import Column, Kind, Table

_CAME = ("join", "joined", "enrol", "enroll", "enrolled", "enrolment", "enrollment", "sign up", "signup", "start",
         "started", "registered", "registration", "entry", "member since", "since", "created")
CALLED: dict[str, tuple[str, ...]] = {
    "distributor_id": ("distributor", "rep", "representative", "consultant", "associate", "member", "ambassador", "ibo",
                       "stylist", "brand partner", "partner", "affiliate", "advisor", "agent", "seller", "customer"),
    "sponsor_id": ("sponsor", "upline", "placement", "parent"),
    "enroller_id": ("enroller", "recruiter", "referrer", "referred by"),
    "enrolled_on": _CAME,
    "joined_on": _CAME,
    "terminated_on": ("term", "terminated", "termination", "inactive", "resigned", "resignation", "cancelled", "end"),
    "customer_id": ("customer", "client", "buyer", "shopper"),
    "order_id": ("order", "invoice", "transaction", "receipt"),
    "ordered_on": ("order date", "ordered", "purchase date", "purchased", "transaction date", "invoice date",
                   "created"),
    "volume": ("qv", "pv", "bv", "qualifying volume", "personal volume", "business volume", "points"),
    "commissionable_volume": ("cv", "commissionable volume"),
    "product_id": ("sku", "item", "product", "article"),
    "quantity": ("qty", "quantity", "units"),
    "rank": ("rank", "paid as", "title", "level"),
    "effective_on": ("effective", "modified", "changed", "promoted", "since"),
    "paid_on": ("pay date", "paid", "payment date"),
    "score": ("score", "rating", "nps", "recommend"),
}
"""The words of a header that is likely meant by a column, the likeliest first."""
_FILLERS = {
    Kind.ID: frozenset({"id", "no", "number", "num", "nr", "code", "key", "#"}),
    Kind.DATE: frozenset({"date", "day", "on", "at", "time", "of", "utc"}),
    Kind.MONEY: frozenset({"total", "order", "line"}),
    Kind.CODE: frozenset({"code", "name", "id"}),
}
"""What may stand beside them."""
_USUAL = {Kind.MONEY: ("total", "amount", "net", "price", "value"), Kind.DATE: ("date", "created", "_at")}
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+|#")
_ALIKE = 0.5


def guess(table: Table, column: Column, headers: Sequence[str]) -> str | None:
    """The header that is likely meant: by its words, by one that is usual for the kind, or the most similar one.

    >>> from mlmkpi.tables import TABLES
    >>> people = TABLES["distributors"]
    >>> guess(people, people.column("distributor_id"), ["Upline", "Rep Name", "RepNo", "Join Date"])
    'RepNo'
    """
    if named := _named(column, headers):
        return named
    others = {_named(other, headers) for other in table.columns if other is not column}
    free = [header for header in headers if header not in others]
    for word in _USUAL.get(column.kind, ()):
        for header in free:
            if word in header.lower():
                return header
    ratios = {header: SequenceMatcher(None, column.name, header.lower()).ratio() for header in free}
    best = max(ratios, key=lambda header: ratios[header], default=None)
    return best if best is not None and ratios[best] >= _ALIKE else None


def _named(column: Column, headers: Sequence[str]) -> str | None:
    """The header that has the words of something that the column is called, and little else."""
    fillers = _FILLERS.get(column.kind, frozenset())
    fits = (h for phrase in CALLED.get(column.name, ()) for h in headers if _says(h, phrase.split(), fillers))
    return next(fits, None)


def _says(header: str, words: Sequence[str], fillers: frozenset[str]) -> bool:
    """Whether a header has these words, however written, and beside them fillers alone.

    >>> [_says(header, ["join"], frozenset({"date"})) for header in ("Date Join", "joindate", "Join Source")]
    [True, True, False]
    """
    found, glued = {word.lower() for word in _WORDS.findall(header)}, "".join(words)
    if found.issuperset(words):
        return found.difference(words) <= fillers
    return header.casefold().startswith(glued) and header.casefold().removeprefix(glued) in fillers
