"""Orders in several currencies: they add up to nothing without rates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet

import polars as pl

from mlmkpi.sources import Exports
from mlmkpi.validate.rule import Rule, Scene


def currency_rules(scene: Scene, exports: Exports, readable: Mapping[str, AbstractSet[str]]) -> Iterator[Rule]:
    """The rule on the currencies of orders that the settings and the rates leave."""
    found = {code: n for code, n in scene.spellings.get("currency", {}).items() if code is not None}
    home = scene.settings.currency or max(sorted(found), key=lambda code: found[code], default=None)
    foreign = sorted(code for code in found if code != home)
    if not foreign:
        return
    code, day = pl.col("currency"), pl.col("ordered_on")
    if "rates" not in readable:
        message = f"currency is not {home} and there are no rates"
        yield Rule("mixed-currencies", "currency", code.is_in(foreign), message, "error")
        return
    rates = exports.tables["rates"].scan(["currency", "valid_from"]).drop_nulls(["currency", "valid_from"])
    first = dict(rates.group_by("currency").agg(pl.col("valid_from").min()).collect().iter_rows())
    none = code.is_in([each for each in foreign if each not in first])
    early = [(code == each) & (day < first[each]) for each in foreign if each in first]
    yield Rule("no-rate", "currency", pl.any_horizontal(none, *early), "the currency has no rate on that day", "error")
