"""What other programs call columns, to be proposed in messages alone: no header is taken for another in silence."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from difflib import SequenceMatcher

from mlmkpi.tables import Column, Kind, Table

_CAME = ("join", "joined", "enrol", "enroll", "enrolled", "enrolment", "enrollment", "sign up", "signup", "start",
         "started", "registered", "registration", "entry", "member since", "since", "created", "eintritts", "alta")
CALLED: dict[str, tuple[str, ...]] = {
    "distributor_id": ("distributor", "rep", "representative", "consultant", "associate", "member", "ambassador", "ibo",
                       "stylist", "brand partner", "partner", "affiliate", "advisor", "agent", "seller", "berater",
                       "vertriebspartner", "distribuidor", "customer"),
    "sponsor_id": ("sponsor", "upline", "placement", "parent", "patrocinador"),
    "enroller_id": ("enroller", "recruiter", "referrer", "referred by"),
    "enrolled_on": _CAME,
    "joined_on": _CAME,
    "terminated_on": ("term", "terminated", "termination", "inactive", "resigned", "resignation", "cancelled", "end",
                      "austritts", "baja"),
    "customer_id": ("customer", "client", "buyer", "shopper", "kunde", "kunden", "cliente"),
    "order_id": ("order", "invoice", "transaction", "receipt", "auftrag", "auftrags", "bestellung", "bestell",
                 "pedido"),
    "ordered_on": ("order date", "ordered", "purchase date", "purchased", "transaction date", "invoice date",
                   "order purchase", "created", "bestell", "auftrags", "bestellung", "pedido", "fecha", "datum"),
    "amount": ("umsatz", "umsatz netto", "betrag", "importe", "monto"),
    "status": ("status", "order status", "estado"),
    "currency": ("currency", "currency code", "currency type", "währung", "moneda"),
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
    Kind.ID: frozenset({"id", "no", "number", "num", "nr", "code", "key", "#", "unique", "nº", "nummer", "número"}),
    Kind.DATE: frozenset({"date", "day", "on", "at", "time", "timestamp", "of", "utc", "datum", "tag", "fecha"}),
    Kind.MONEY: frozenset({"total", "order", "line"}),
    Kind.CODE: frozenset({"code", "name", "id"}),
}
"""What may stand beside them."""
_USUAL = {Kind.MONEY: ("total", "amount", "net", "price", "value"), Kind.DATE: ("date", "created", "_at")}
_WORDS = re.compile(r"[A-Z]+(?![^\W\dA-Z_])|[A-Z]?[^\W\dA-Z_]+|\d+|#")
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
    foreign = [word for kind, words in _USUAL.items() if kind is not column.kind for word in words]
    alike = [header for header in free if not any(word in header.lower() for word in foreign)]
    ratios = {header: SequenceMatcher(None, column.name, header.lower()).ratio() for header in alike}
    best = max(ratios, key=lambda header: ratios[header], default=None)
    return best if best is not None and ratios[best] >= _ALIKE else None


def meant(table: Table, columns: Collection[str], headers: Sequence[str]) -> dict[str, str]:
    """Of headers that are left over, those that other programs give columns which the export lacks, and which.

    >>> from mlmkpi.tables import TABLES
    >>> meant(TABLES["orders"], {"order_id", "ordered_on", "amount"}, ["order_status", "Customer", "seller_id", "vat"])
    {'seller_id': 'distributor_id', 'order_status': 'status', 'Customer': 'customer_id'}
    """
    customers_last = sorted(table.columns, key=lambda column: column.name == "customer_id")
    named = {header: column.name for column in customers_last if (header := _named(column, headers))}
    return {header: name for header, name in named.items() if name not in columns}


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
    bare = header.casefold().rstrip(".: ")
    return bare.startswith(glued) and bare.removeprefix(glued) in fillers
