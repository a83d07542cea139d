"""Rules that only one table has: what the definitions call a finding, said once as an expression."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import narwhals as nw

from mlmkpi.declaration import OLDEST, YOUNGEST
from mlmkpi.errors import DataError
from mlmkpi.order_classes import classes, is_code, is_valid, kinds_of
from mlmkpi.period import day_number, from_day_number, years_before
from mlmkpi.spelling import nearest, unspelled
from mlmkpi.validate.rule import Rule, Scene

_TOP_SCORE = 100_000


def particular_rules(table: str, scene: Scene) -> Iterator[Rule]:
    """The rules of one table."""
    rules = _RULES.get(table)
    return rules(scene) if rules else iter(())


def _distributors(scene: Scene) -> Iterator[Rule]:
    yield _before("terminated-before-enrolled", "terminated_on", "enrolled_on", "; the termination does not count")
    marked = nw.col("status").str.to_lowercase() == "terminated"
    undated = marked & nw.col("terminated_on").is_null() if "terminated_on" in scene.columns else marked
    message = "marked terminated without a date; they count as gone after their latest enrolment or sale"
    beside = ("terminated_on",) if "terminated_on" in scene.columns else ()
    yield Rule("terminated-without-date", "status", undated, message, empties=True, beside=beside)
    yield from _self(scene)
    yield from _ages(scene, YOUNGEST["distributors"])
    yield from _ranks(scene)


def _customers(scene: Scene) -> Iterator[Rule]:
    yield from _ages(scene, YOUNGEST["customers"])


def _orders(scene: Scene) -> Iterator[Rule]:
    kinds = kinds_of(scene.spellings["kind"]) if "kind" in scene.columns else {}
    valid, amount = _valid(scene), nw.col("amount")
    sale, _, goods = classes(valid, kinds)
    looked = tuple(name for name in ("status", "kind", "amount") if name in scene.columns)
    if kinds:
        negative = valid & is_code("kind", kinds["sale"]) & (amount < 0)
        message = "a sale below zero; it counts as a return"
        yield Rule("negative-sale", "amount", negative, message, beside=looked)
    day, whose = nw.col("ordered_on"), "distributor_id"
    early, message = day < nw.col("enrolled"), "a sale before its distributor enrolled; it counts"
    yield Rule("sale-before-enrolment", "ordered_on", early, message, among=sale, of=whose, beside=looked)
    left = (day > nw.col("terminated")) & (day < nw.col("back")).fill_null(True)
    message = "a sale after its distributor left; it counts"
    yield Rule("sale-after-termination", "ordered_on", left, message, among=sale, of=whose, beside=looked)
    name = {"cv": "commissionable_volume", "amount": None}.get(str(scene.settings.definitions.get("volume")), "volume")
    if name:
        none = valid & ~goods & (amount != 0) & nw.col(name).is_null()
        yield Rule("no-volume", name, none, f"{name} is empty; it counts as 0", empties=True, beside=looked)


def _enrollments(scene: Scene) -> Iterator[Rule]:
    yield from _self(scene)


def _ranks(scene: Scene) -> Iterator[Rule]:
    ladder = scene.settings.rank_ladder
    unknown = list(unspelled(scene.spellings.get("rank", {}), ladder))
    if ladder and unknown:
        message = "rank is not on rank_ladder; the row is left out of ranks"
        yield Rule("unknown-rank", "rank", nw.col("rank").is_in(unknown), message, known=ladder)


def _surveys(_: Scene) -> Iterator[Rule]:
    off = ~nw.col("score").is_between(0, _TOP_SCORE)
    yield Rule("score-off-scale", "score", off, "score is not from 0 to 10; the answer is left out")
    yield Rule("negative-weight", "weight", nw.col("weight") < 0, "weight is below zero")


def _leads(_: Scene) -> Iterator[Rule]:
    yield _before("converted-before-created", "converted_on", "created_on")


def _trainings(_: Scene) -> Iterator[Rule]:
    yield _before("completed-before-assigned", "completed_on", "assigned_on")


def _stretches(_: Scene) -> Iterator[Rule]:
    yield _before("ends-before-start", "ends_on", "starts_on")


def _targets(scene: Scene) -> Iterator[Rule]:
    yield from _stretches(scene)
    found = (code for code in scene.spellings.get("kpi", {}) if code is not None)
    unknown = [code for code in found if code not in scene.kpis] if scene.kpis else []
    if unknown:
        meant = nearest(unknown[0], sorted(scene.kpis))
        fix = f"did you mean {meant}?" if meant else "mlmkpi kpis lists them"
        message = str(DataError("kpi is the name of no KPI; the target is of nothing", (("fix", fix),)))
        yield Rule("unknown-kpi", "kpi", nw.col("kpi").is_in(unknown), message, known=tuple(scene.kpis))


def _periods(_: Scene) -> Iterator[Rule]:
    ends = nw.col("ends_on") < nw.col("starts_on")
    yield Rule("ends-before-start", "ends_on", ends, "ends_on is before starts_on", "error", beside=("starts_on",))
    order = ("starts_on", "ends_on", "period")
    given = (
        nw.col("ends_on").cum_max().over(order_by=order).alias("reached"),
        nw.col("reached").shift(1).over(order_by=order).alias("before"),
    )
    overlap, message = nw.col("starts_on") <= nw.col("before"), "starts_on is not after the end of the period before"
    yield Rule("overlapping-periods", "starts_on", overlap, message, "error", beside=order, given=given)


def _rates(_: Scene) -> Iterator[Rule]:
    yield Rule("rate-not-positive", "rate", nw.col("rate") <= 0, "rate is not above zero", "error")


_RULES: dict[str, Callable[[Scene], Iterator[Rule]]] = {
    "distributors": _distributors, "customers": _customers, "orders": _orders, "enrollments": _enrollments,
    "ranks": _ranks, "surveys": _surveys, "leads": _leads, "trainings": _trainings, "goals": _stretches,
    "targets": _targets, "periods": _periods, "rates": _rates,
}  # fmt: skip


def _before(name: str, later: str, earlier: str, effect: str = "") -> Rule:
    """A date before the one that it should follow."""
    broken, message = nw.col(later) < nw.col(earlier), f"{later} is before {earlier}{effect}"
    return Rule(name, later, broken, message, beside=(earlier,))


def _self(scene: Scene) -> Iterator[Rule]:
    """People above themselves."""
    for column, role in (("sponsor_id", "sponsor"), ("enroller_id", "enroller")):
        if column in scene.columns:
            whose = "distributor_id"
            message = f"somebody is their own {role}; figures of the tree are left out"
            yield Rule(f"self-{role}", column, nw.lit(True), message, beside=(whose,), same=whose)


def _ages(scene: Scene, youngest: int) -> Iterator[Rule]:
    """People who are younger, or not born yet, and older than anybody, on the as-of date."""
    if scene.as_of is None:
        return
    name = f"under-{youngest}" if youngest else "not-born"
    message = f"under {youngest} on the as-of date" if youngest else "born after the as-of date"
    as_of = from_day_number(scene.as_of)
    newest, oldest = years_before(as_of, youngest), years_before(as_of, OLDEST + 1)
    born, year = nw.col("birth_date"), nw.col("birth_year")
    yield Rule(name, "birth_date", born > day_number(newest), message)
    yield Rule(name, "birth_year", year > _last_year(newest), message)
    name, message = f"over-{OLDEST}", f"over {OLDEST} years old on the as-of date"
    yield Rule(name, "birth_date", born <= day_number(oldest), message)
    yield Rule(name, "birth_year", year <= _last_year(oldest), message)


def _last_year(day: date) -> int:
    """The last year whose 1 July, which a birth year stands for, is on or before the day."""
    return day.year if (day.month, day.day) >= (7, 1) else day.year - 1


def _valid(scene: Scene) -> nw.Expr:
    """Whether an order's status counts, as the settings or the usual words have it."""
    chosen = scene.settings.definitions.get("valid_status") or []
    codes = list(map(str, chosen)) if isinstance(chosen, list) else [str(chosen)]
    return is_valid(scene.spellings.get("status"), codes)
