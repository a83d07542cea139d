"""Orders in several currencies: they add up to nothing without rates."""

from __future__ import annotations

from collections.abc import Iterator

import narwhals as nw

from mlmkpi.validate.lookups import Lookups
from mlmkpi.validate.rule import Rule, Scene


def currency_rules(scene: Scene, lookups: Lookups) -> Iterator[Rule]:
    """The rule on the currencies of orders that the settings and the rates leave."""
    found = {code: n for code, n in scene.spellings.get("currency", {}).items() if code is not None}
    home = scene.settings.currency or max(sorted(found), key=lambda code: found[code], default=None)
    foreign = sorted(code for code in found if code != home)
    if not foreign:
        return
    code, day = nw.col("currency"), nw.col("ordered_on")
    if "rates" not in lookups.readable:
        message = f"currency is not {home} and there are no rates"
        yield Rule("mixed-currencies", "currency", code.is_in(foreign), message, "error")
        return
    rates = lookups.engine.scan("rates", ["currency", "valid_from"]).drop_nulls(["currency", "valid_from"])
    first = dict(lookups.engine.collect(rates.group_by("currency").agg(nw.col("valid_from").min())).iter_rows())
    none = code.is_in([each for each in foreign if each not in first])
    early = [(code == each) & (day < first[each]) for each in foreign if each in first]
    broken, message = nw.any_horizontal(none, *early, ignore_nulls=True), "the currency has no rate on that day"
    yield Rule("no-rate", "currency", broken, message, "error", beside=("ordered_on",))
