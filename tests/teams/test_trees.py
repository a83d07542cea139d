"""What a tree may be and what is asked of it: identities of sums, unknown ids, cycles, people without a team."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
import pytest

import mlmkpi
from equal.compare import frames
from mlmkpi.errors import DataError, UsageError
from oracle.companies import company
from oracle.definitions import Definitions
from oracle.export import Export
from oracle.leaders import above
from oracle.world import World

DAY = date(2026, 10, 5)
Rows = list[dict[str, Any]]


def people(*sponsors: tuple[str, str | None]) -> Rows:
    """Distributors and their sponsors, all on the books since the year before."""
    since = date(2025, 1, 1)
    return [{"distributor_id": who, "sponsor_id": sponsor, "enrolled_on": since} for who, sponsor in sponsors]


def orders(**amounts: int) -> Rows:
    """An order a seller in October 2026; `house` is nobody's."""
    return [
        {"order_id": f"o{at}", "ordered_on": DAY, "amount": Decimal(amount), "customer_id": f"c{at}",
         "distributor_id": None if seller == "house" else seller}
        for at, (seller, amount) in enumerate(amounts.items())
    ]


def computed(distributors: Rows, sales: Rows | None = None, **options: Any) -> pl.DataFrame:
    """One month's rows."""
    tables = {"distributors": distributors, "orders": sales or orders(A=1)}
    return mlmkpi.compute(frames(tables), count=1, as_of=date(2026, 10, 31), **options).frame


def values(frame: pl.DataFrame, statistic: str = "value") -> dict[str, float]:
    """The values of a statistic by team."""
    rows = frame.filter((pl.col("statistic") == statistic) & pl.col("team").is_not_null())
    return dict(rows.select("team", "value").iter_rows())


CHAIN = people(("A", None), ("B", "A"), ("C", "B"), ("D", "B"), ("R", "gone"))
SOLD = orders(A=1, B=10, C=100, D=1000, R=5, house=7, nobody=3)


def test_a_teams_volume_is_its_own_and_that_of_the_teams_directly_below() -> None:
    rows = computed(CHAIN, SOLD, kpis=["team_sales_volume"], by=["team"])
    assert values(rows) == {"A": 1111, "B": 1110}
    assert values(rows, "own") == {"A": 1, "B": 10}
    assert values(rows, "team_size") == {"A": 3, "B": 2}
    assert values(rows, "frontline") == {"A": 1, "B": 2}
    assert values(rows, "depth") == {"A": 2, "B": 1}
    assert values(rows, "active_legs") == {"A": 1, "B": 2}
    assert values(rows, "largest_leg") == {"A": 1110 / 1111, "B": 1000 / 1110}
    assert values(rows, "outside_largest_leg") == {"A": 1, "B": 110}


def test_who_enrolled_whom_is_the_tree_where_no_sponsor_is_told_and_the_other_way_round() -> None:
    """B stands under A, by the one column or by the other."""
    tree = {one["distributor_id"]: one["sponsor_id"] for one in CHAIN}
    enrolled = [{**one, "enroller_id": tree[one["distributor_id"]]} for one in CHAIN]
    for one in enrolled:
        del one["sponsor_id"]
    assert values(computed(enrolled, SOLD, kpis=["team_sales_volume"], by=["team"])) == {"A": 1111, "B": 1110}
    by_enroller = computed(CHAIN, SOLD, kpis=["team_sales_volume"], by=["team"], tree="enroller")
    assert values(by_enroller) == {"A": 1111, "B": 1110}


def test_rows_of_distributors_without_an_id_are_nobody_in_the_tree() -> None:
    rows = [*CHAIN, *people(("", "A"), ("", "B"))]
    nameless = [{**one, "distributor_id": one["distributor_id"] or None} for one in rows]
    assert values(computed(nameless, SOLD, kpis=["team_sales_volume"], by=["team"])) == {"A": 1111, "B": 1110}


@pytest.mark.parametrize("split", ["team", "distributor"])
def test_without_orders_nobody_has_figures_of_their_own(split: str) -> None:
    tables = frames({"distributors": CHAIN})
    rows = mlmkpi.compute(tables, kpis=["team_sales_volume"], count=1, as_of=date(2026, 10, 31), by=[split]).frame
    assert rows.select("statistic", "value", "note").rows() == [("value", None, "needs the orders export")]


def test_the_mean_team_is_that_of_people_with_anybody_below_on_the_books() -> None:
    rows = computed(CHAIN, SOLD, kpis=["team_sales_volume"])
    assert rows.filter(pl.col("statistic") == "value").row(0, named=True)["denominator"] == 2
    assert dict(rows.select("statistic", "value").iter_rows()) == {"value": 1110.5, "median": 1110.5, "p90": 1110.9}


def test_a_breakaway_ends_at_the_next_person_of_the_same_rank() -> None:
    ranks = [{"distributor_id": who, "rank": rank, "effective_on": DAY} for who, rank in zip("ABC", "121", strict=True)]
    tables = {"distributors": CHAIN, "orders": SOLD, "ranks": ranks}
    rows = mlmkpi.compute(frames(tables), kpis=["team_sales_volume"], count=1, as_of=date(2026, 10, 31), by=["team"])
    assert values(rows.frame, "breakaway") == {"A": 1, "B": 1110}


def test_without_ranks_a_breakaway_says_what_it_needs() -> None:
    rows = computed(CHAIN, SOLD, kpis=["team_sales_volume"], by=["team"])
    assert rows.filter(pl.col("statistic") == "breakaway").select("team", "value", "note").rows() == [
        (None, None, "needs the ranks export")
    ]


def test_whoever_recruits_for_the_first_time_is_a_new_leader_of_every_team_above() -> None:
    grown = [*CHAIN, {"distributor_id": "E", "sponsor_id": "C", "enrolled_on": DAY}]
    rows = computed(grown, SOLD, kpis=["team_sales_volume"], by=["team"])
    assert values(rows, "new_leaders") == {"A": 1, "B": 1, "C": 1}


def test_growth_and_retention_leave_the_leader_out() -> None:
    left = [{**row, "terminated_on": DAY if row["distributor_id"] in ("B", "D") else None} for row in CHAIN]
    grown = computed([*left, {"distributor_id": "E", "sponsor_id": "C", "enrolled_on": DAY}], kpis=["team_growth_rate"],
                     by=["team"]).filter(pl.col("statistic") == "value")
    assert grown.select("team", "numerator", "denominator").rows() == [("A", -1, 3), ("B", 0, 2), ("C", 1, 0)]
    assert grown["value"].to_list() == [-1 / 3, 0, None]


def test_the_median_growth_is_over_leaders_with_a_downline_at_the_start() -> None:
    left = [{**row, "terminated_on": DAY if row["distributor_id"] in ("C",) else None} for row in CHAIN]
    rows = computed(left, kpis=["team_growth_rate"])
    assert dict(rows.select("statistic", "value").iter_rows()) == {"value": -1 / 5, "median": -5 / 12}


def test_the_teams_of_the_roots_with_the_house_and_unknown_sellers_are_the_company() -> None:
    one = company(3)
    tables = frames(one.tables)
    world = World(Export(one.tables), Definitions.of({"min_cell": 0}), "month", one.as_of)
    parents = above(world.roster, "sponsor")
    roots = [who for who, parent in parents.items() if parent is None]
    kpis = ["personal_sales_volume", "sales_volume", "active_distributors"]
    sums = ["numerator", "denominator"]
    teams = mlmkpi.compute(tables, kpis=kpis, where={"team": roots}).frame.filter(pl.col("statistic") == "value")
    sellers = mlmkpi.compute(tables, kpis=kpis, by=["distributor"]).frame.filter(pl.col("statistic") == "value")
    others = sellers.filter(~pl.col("distributor").is_in(list(parents)))
    whole = mlmkpi.compute(tables, kpis=kpis).frame.filter(pl.col("statistic") == "value")
    put = pl.concat([teams.select("kpi", "period", *sums), others.select("kpi", "period", *sums)])
    added = put.group_by("kpi", "period").agg(pl.col(sums).sum()).sort("kpi", "period")
    wanted = whole.select("kpi", "period", *(pl.col(name).fill_null(0) for name in sums)).sort("kpi", "period")
    wanted = wanted.join(added, on=["kpi", "period"], how="semi")
    assert added.select("kpi", "period").rows() == wanted.select("kpi", "period").rows()
    for name in sums:
        assert added[name].to_list() == pytest.approx(wanted[name].to_list(), abs=1e-6)


def test_a_team_is_the_leader_and_those_directly_below_put_together() -> None:
    rows = computed(CHAIN, SOLD, kpis=["sales_volume"], where={"team": ["A", "B", "C", "D", "R"]})
    assert values(rows) == {"A": 1111, "B": 1110, "C": 100, "D": 1000, "R": 5}


def test_depth_and_generation_say_how_far_down_a_team_goes() -> None:
    def volume(**limits: int) -> dict[str, float]:
        return values(computed(CHAIN, SOLD, kpis=["sales_volume"], where={"team": ["A"]}, **limits))

    assert volume(depth=0) == {"A": 1}
    assert volume(depth=1) == {"A": 11}
    assert volume(depth=5) == {"A": 1111}
    assert volume(generation=2) == {"A": 1100}
    with pytest.raises(UsageError, match="depth counts from 0"):
        volume(depth=-1)


def test_how_deep_team_volume_goes_is_said_by_its_parameter_alone() -> None:
    """Below A stand B, who sold 10, and one generation further down C and D, who sold 100 and 1,000."""
    said = "how deep the team goes is said by team_depth, not by --"

    def row(kpi: str, **limits: int) -> tuple[float, str | None]:
        rows = computed(CHAIN, SOLD, kpis=[kpi], where={"team": ["A"]}, **limits)
        found = rows.filter(statistic="value", period="2026-10").row(0, named=True)
        notes = [note for note in found["note"].split("; ") if note.startswith("how deep")]
        return found["value"], notes[0] if notes else None

    assert row("team_sales_volume") == (1111, None)
    assert row("team_sales_volume", depth=1) == (1111, f"{said}depth")
    assert row("team_sales_volume", generation=2) == (1111, f"{said}generation")
    assert row("sales_volume", depth=1) == (11, None)


def test_a_depth_without_a_team_asks_for_one() -> None:
    with pytest.raises(UsageError, match="depth is that of the teams asked for"):
        computed(CHAIN, by=["team"], depth=1)


def test_only_leaders_with_so_many_people_below_have_a_team() -> None:
    rows = computed(CHAIN, SOLD, kpis=["team_sales_volume", "sales_volume"], by=["team"])
    assert set(rows["team"].drop_nulls()) == {"A", "B"}
    large = computed(CHAIN, SOLD, kpis=["team_sales_volume", "sales_volume"], by=["team"], min_team=3)
    assert large.equals(rows.filter(pl.col("team").is_null() | (pl.col("team") == "A")))
    none = computed(CHAIN, SOLD, kpis=["sales_volume"], by=["team"], min_team=4)
    assert none["team"].drop_nulls().is_empty()


def test_teams_made_of_each_persons_own_sums_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: dict[str, Any] = {"kpis": ["sales_volume", "active_distributor_rate", "team_growth_rate"], "by": ["team"]}
    rows = computed(CHAIN, SOLD, **asked)
    monkeypatch.setattr("mlmkpi.engines.polars.PolarsEngine.at_hand", False)
    assert computed(CHAIN, SOLD, **asked).equals(rows)


def test_a_smallest_team_has_somebody_and_is_for_all_leaders() -> None:
    with pytest.raises(UsageError, match="has somebody below its leader"):
        computed(CHAIN, by=["team"], min_team=0)
    with pytest.raises(UsageError, match="is for a split by team"):
        computed(CHAIN, where={"team": ["A"]}, min_team=2)
    with pytest.raises(UsageError, match="is for figures by team"):
        computed(CHAIN, min_team=2)


def test_another_tree_needs_naming() -> None:
    with pytest.raises(UsageError, match="tree is 'family'"):
        computed(CHAIN, by=["team"], tree="family")


def test_an_unknown_leader_is_told_the_nearest_ids() -> None:
    zeros = people(("00017", None), ("00018", "00017"))
    with pytest.raises(UsageError, match="nobody with the id '17'") as error:
        computed(zeros, where={"team": ["17"]}, kpis=["sales_volume"])
    assert ("fix", "did you mean 00017?") in error.value.details


def test_ids_keep_blanks_and_leading_zeros() -> None:
    odd = people(("0 1", None), ("00 1", "0 1"), ("007", "00 1"))
    rows = computed(odd, [{**row, "distributor_id": "007"} for row in orders(x=8)], kpis=["sales_volume"], by=["team"])
    assert values(rows) == {"0 1": 8, "00 1": 8}


def test_somebody_without_a_downline_has_their_own_figures_and_that_is_said() -> None:
    tables = {"distributors": CHAIN, "orders": SOLD}
    result = mlmkpi.compute(frames(tables), kpis=["sales_volume"], where={"team": ["C"]}, count=1)
    assert values(result.frame) == {"C": 100}
    assert "C has nobody in the sponsor tree: their own figures" in result.hints


def test_a_tree_without_anybody_above_anybody_has_no_team() -> None:
    rows = computed(people(("A", None), ("B", None)), SOLD, kpis=["sales_volume", "team_sales_volume"], by=["team"])
    assert rows.filter(pl.col("team").is_not_null()).is_empty()


def test_that_there_is_no_team_is_said() -> None:
    for roster in (people(("A", None), ("B", None)), [{**person, "enrolled_on": None} for person in CHAIN]):
        given = frames({"distributors": roster, "orders": SOLD})
        told = [mlmkpi.compute(given, kpis=["sales_volume"], by=by, count=1).hints for by in (["team"], [])]
        said = "nobody has anybody in the sponsor tree: there is no team"
        assert [said in hints for hints in told] == [True, False]
    given = frames({"distributors": CHAIN, "orders": SOLD})
    hints = mlmkpi.compute(given, kpis=["sales_volume"], by=["team"]).hints
    assert not any("there is no team" in hint for hint in hints)


def test_an_export_without_a_tree_says_what_teams_need() -> None:
    alone = [{key: value for key, value in row.items() if key != "sponsor_id"} for row in CHAIN]
    rows = computed(alone, SOLD, kpis=["sales_volume", "team_growth_rate"], by=["team"])
    assert set(rows["note"]) == {"needs distributors.sponsor_id or distributors.enroller_id"}


def ring(count: int) -> Rows:
    """People each under the next, the last under the first."""
    ids = [f"P{at:04d}" for at in range(count)]
    return people(*zip(ids, [*ids[1:], ids[0]], strict=True))


@pytest.mark.parametrize(
    ("count", "what", "got"),
    [(1, "a person is their own sponsor", "P0000 under P0000"),
     (2, "2 people are above one another", "P0000 under P0001 under P0000"),
     (1000, "1,000 people are above one another", "P0009 under … under P0000")],
)
def test_a_cycle_is_printed_where_teams_are_asked_for(count: int, what: str, got: str) -> None:
    for kpi, by in (("sales_volume", ["team"]), ("team_sales_volume", [])):
        with pytest.raises(DataError, match=what) as error:
            computed(ring(count), kpis=[kpi], by=by)
        assert dict(error.value.details)["got"].endswith(got)


def test_of_a_cycle_nothing_else_is_lost() -> None:
    rows = computed(ring(2), SOLD)
    told = {row["kpi"]: row for row in rows.filter(pl.col("statistic") == "value").iter_rows(named=True)}
    assert told["sales_volume"]["value"] == 1126
    assert told["team_sales_volume"]["value"] is None
    assert told["team_sales_volume"]["note"].startswith("2 people are above one another in the sponsor tree: P0000")
    assert told["team_growth_rate"]["value"] == 0
    median = rows.filter((pl.col("kpi") == "team_growth_rate") & (pl.col("statistic") == "median"))
    assert median["note"][0].startswith("2 people are above one another")


def test_a_sponsor_enrolled_after_the_as_of_date_is_none() -> None:
    late = [*people(("B", "A")), {"distributor_id": "A", "sponsor_id": None, "enrolled_on": DAY + timedelta(days=60)}]
    assert computed(late, SOLD, kpis=["sales_volume"], by=["team"]).filter(pl.col("team").is_not_null()).is_empty()
