"""Segments that were asked for and that nothing of the periods has: misspelt or not there then, and without a row."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from mlmkpi.books.dimensions import Dimension
from mlmkpi.books.lineage import TEAM
from mlmkpi.sources import discreet
from mlmkpi.spelling import nearest
from mlmkpi.tables import TABLES

SHOWN, NAMED = 8, 3
_PRIVATE = {column.name for table in TABLES.values() for column in table.columns if column.is_private}


def unseen(where: Mapping[str, Sequence[str]], seen: Mapping[str, set[str]]) -> Iterator[str]:
    """A line a dimension with values that none of the rows has, and which there are.

    >>> list(unseen({"market": ["US", "de"]}, {"market": {"DE", "GB", "US"}}))
    ['nothing has market = de in the time asked for: did you mean DE?']
    >>> list(unseen({"market": ["Atlantis"]}, {"market": {"GB", "US"}}))
    ['nothing has market = Atlantis in the time asked for: there are GB, US']
    >>> list(unseen({"column active": ["n"]}, {"column active": {"no"}}))
    ['nothing has active = n in the time asked for: did you mean no?']
    """
    for name, values in where.items():
        absent = [value for value in values if value not in seen[name]]
        if absent and seen[name] and name != TEAM:
            asked = Dimension(name).asked
            others = _others(name, absent[0], sorted(seen[name]))
            yield f"nothing has {asked} = {', '.join(absent)} in the time asked for{others}"


def uncounted(kpis: Sequence[str]) -> list[str]:
    """A line about KPIs that have no row.

    >>> uncounted(["quick_ratio"]), uncounted([])
    (['no row of quick_ratio: there is nothing to count in any segment'], [])
    >>> uncounted(["sales_volume", "churn_rate", "adoption_rate", "sponsor_rate", "quick_ratio"])
    ['no row of sales_volume, churn_rate, adoption_rate and 2 more: there is nothing to count in any segment']
    """
    first, more = ", ".join(kpis[:NAMED]), len(kpis) - NAMED
    further = f" and {more} more" if more > 0 else ""
    return [f"no row of {first}{further}: there is nothing to count in any segment"] if kpis else []


def _others(name: str, absent: str, known: Sequence[str]) -> str:
    """What may be meant, or what there is; what people are called stays out."""
    if Dimension(name).column in _PRIVATE:
        return ""
    alike = {value.casefold(): value for value in known}
    meant = alike.get(absent.casefold()) or nearest(absent, list(known))
    if meant:
        return f": did you mean {discreet(meant)}?"
    known = [discreet(value) for value in known]
    more = f" and {len(known) - SHOWN:,} more" if len(known) > SHOWN else ""
    return f": there are {', '.join(known[:SHOWN])}{more}"
