"""Every KPI equals the oracle, on nasty little companies, under every setting, period and split."""

from __future__ import annotations

from typing import Any

import pytest

import mlmkpi.kpis  # noqa: F401
from equal.compare import Case, differences
from equal.variants import VARIANTS
from marks import wide
from mlmkpi.kpi import KPIS
from oracle import KPIS as RESTATED
from oracle.companies import Company, company

BOTH = tuple(name for name in KPIS if name in RESTATED)
SAMPLE = tuple(zip(VARIANTS[20:50:10], (BOTH[0::3], BOTH[1::3], BOTH[2::3]), strict=True))
"""A rule, days beside those of a year before, and a split, each with a third of the KPIs."""
MODELS = {"customer_lifetime_value"}
"""KPIs that fit a model, which tests/kpis/test_value.py works out instead."""


@pytest.fixture(autouse=True)
def _as_large_exports_are(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the streaming engine; most other tests are computed as small exports are."""
    monkeypatch.setattr("mlmkpi.engines.polars.FEW", -1)


def name_of(variant: dict[str, Any]) -> str:
    """A variant as a test is called."""
    return " ".join(f"{key}={value}" for key, value in variant.items())


def case(one: Company, variant: dict[str, Any], kpis: tuple[str, ...] = BOTH) -> Case:
    """What is asked of a company."""
    return Case(one.tables, kpis=kpis, as_of=one.as_of, **variant)


def check(seed: int, variant: dict[str, Any], kpis: tuple[str, ...] = BOTH) -> None:
    """The product agrees with the oracle."""
    assert differences(case(company(seed), variant, kpis)) == []


def test_every_kpi_but_models_is_restated() -> None:
    lacking = set(KPIS) - MODELS - set(RESTATED)
    assert not lacking, f"restate {sorted(lacking)} in tests/oracle/ and its registries, as docs/contributing.md says"
    assert set(RESTATED) | MODELS == set(KPIS)


@pytest.mark.parametrize(("variant", "kpis"), SAMPLE)
def test_some_kpis_under_a_sample_of_settings(variant: dict[str, Any], kpis: tuple[str, ...]) -> None:
    check(VARIANTS.index(variant), variant, kpis)


@pytest.mark.wide
@pytest.mark.parametrize("variant", VARIANTS[::10], ids=name_of)
def test_a_company_under_a_sample_of_settings(variant: dict[str, Any]) -> None:
    check(VARIANTS.index(variant), variant)


@pytest.mark.parametrize("seed", [100, wide(101)])
def test_some_companies_by_month(seed: int) -> None:
    check(seed, {})


@pytest.mark.full
@pytest.mark.parametrize("variant", VARIANTS, ids=name_of)
def test_a_company_under_every_setting(variant: dict[str, Any]) -> None:
    check(VARIANTS.index(variant), variant)


@pytest.mark.full
@pytest.mark.parametrize("variant", VARIANTS, ids=name_of)
def test_many_companies_under_every_setting(variant: dict[str, Any]) -> None:
    wrong = {seed: differences(case(company(seed), variant)) for seed in range(200, 230)}
    assert {seed: found for seed, found in wrong.items() if found} == {}
