"""Segments asked for that nothing has are told, and which there are; what people are called is not."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import mlmkpi
from mlmkpi.settings import Settings

PEOPLE = "distributor_id,enrolled_on,market,name\nA,2026-10-01,US,Ann\nB,2026-10-02,DE,Bob\nC,2026-10-03,,Cat\n"


def hints(tmp_path: Path, **where: list[str]) -> list[str]:
    (tmp_path / "distributors.csv").write_text(PEOPLE)
    found = mlmkpi.compute(tmp_path, kpis=["new_signups"], count=1, where=where, settings=Settings(min_cell=0))
    [(name, values)] = where.items()
    assert set(found.frame.filter(value=1)[name]) <= set(values)
    return [hint for hint in found.hints if hint.startswith("nothing has")]


def test_a_segment_that_nothing_has_is_told(tmp_path: Path) -> None:
    assert hints(tmp_path, market=["US", "(unknown)"]) == []
    assert hints(tmp_path, market=["us", "DE"]) == ["nothing has market = us in the time asked for: did you mean US?"]
    assert hints(tmp_path, market=["Atlantis"]) == [
        "nothing has market = Atlantis in the time asked for: there are (unknown), DE, US"
    ]


def test_names_of_others_are_not_told(tmp_path: Path) -> None:
    assert hints(tmp_path, name=["Dan"]) == ["nothing has name = Dan in the time asked for"]
    traced = mlmkpi.trace(tmp_path, "new_signups", where={"market": ["us"]})
    assert "nothing has market = us in the time asked for: did you mean US?" in traced.hints


def test_what_is_known_but_not_in_the_periods_is_not_said_to_be_unknown(tmp_path: Path) -> None:
    """The only person of US came in October, those of DE and GB in November, which alone is asked for."""
    (tmp_path / "distributors.csv").write_text(
        "distributor_id,enrolled_on,market\nA,2026-10-01,US\nB,2026-11-02,DE\nC,2026-11-03,GB\n"
    )
    found = mlmkpi.compute(tmp_path, kpis=["new_signups"], count=1, where={"market": ["US"]})
    assert found.frame.height == 0
    assert "nothing has market = US in the time asked for: there are DE, GB" in found.hints


def test_a_kpi_without_anything_to_count_in_any_segment_is_told(tmp_path: Path) -> None:
    """Of who enrolled in November nobody has been there for the 90 days of `duplication_rate`."""
    (tmp_path / "distributors.csv").write_text(
        "distributor_id,enrolled_on,enroller_id,market\nA,2026-10-01,,US\nB,2026-11-02,A,DE\n"
    )
    kpis = ["new_signups", "duplication_rate"]
    told = "no row of duplication_rate: there is nothing to count in any segment"
    found = mlmkpi.compute(tmp_path, kpis=kpis, count=1, by=["market"])
    assert (found.frame["kpi"].to_list(), told in found.hints) == (["new_signups"], True)
    misspelt = mlmkpi.compute(tmp_path, kpis=kpis, count=1, where={"market": ["FR"]})
    assert not any(hint.startswith("no row") for hint in misspelt.hints)
    others: list[dict[str, Any]] = [{"count": 1}, {"count": 13, "by": ["market"], "as_of": date(2027, 3, 31)}]
    for asked in others:
        assert not any(hint.startswith("no row") for hint in mlmkpi.compute(tmp_path, kpis=kpis, **asked).hints)
