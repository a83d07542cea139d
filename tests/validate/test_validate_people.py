"""Distributors and customers: leaving before joining, marks without dates, ages, people above themselves."""

from __future__ import annotations

import pytest

from validate.company import Company, finding

TREE = "figures of the tree are left out"


def test_somebody_terminated_before_they_enrolled(company: Company) -> None:
    company.put(
        "distributors", "distributor_id,enrolled_on,terminated_on",
        "D1,2026-05-02,2026-05-01", "D2,2026-05-02,2026-05-02", "D3,2026-05-02,",
    )
    assert company.findings() == [
        finding(
            "distributors.terminated_on", "terminated-before-enrolled", "warning", 3,
            "terminated_on is before enrolled_on; the termination does not count", (1, "D1", "2026-05-01"),
        )
    ]


def test_somebody_marked_terminated_without_a_date(company: Company) -> None:
    company.put(
        "distributors", "distributor_id,enrolled_on,terminated_on,status",
        "D1,2026-05-02,,Terminated", "D2,2026-05-02,2026-05-09,terminated", "D3,2026-05-02,,active", "D4,2026-05-02,,",
    )
    message = "marked terminated without a date; they count as gone after their latest enrolment or sale"
    expected = [
        finding("distributors.status", "terminated-without-date", "warning", 4, message, (1, "D1", "Terminated"))
    ]
    assert company.findings() == expected


def test_marks_without_a_column_of_dates(company: Company) -> None:
    company.put("distributors", "distributor_id,enrolled_on,status", "D1,2026-05-02,gone", "D2,2026-05-02,active")
    message = "marked terminated without a date; they count as gone after their latest enrolment or sale"
    expected = [
        finding("distributors.status", "terminated-without-date", "warning", 2, message, (1, "D1", "terminated"))
    ]
    assert company.findings(codes={"distributors": {"status": {"terminated": "gone"}}}) == expected


def test_ages_on_the_as_of_date(company: Company) -> None:
    company.put("orders", "order_id,ordered_on,amount,distributor_id", "O1,2026-10-31,5,D2", "O2,2026-10-30,5,D2")
    company.put(
        "distributors", "distributor_id,enrolled_on,birth_date", "D1,2026-05-02,2008-11-01", "D2,2026-05-02,2008-10-31",
        "D3,2026-05-02,1915-10-31", "D4,2026-05-02,1915-11-01", "D5,2026-05-02,",
    )
    where = "distributors.birth_date"
    assert company.findings() == [
        finding(where, "under-18", "warning", 5, "under 18 on the as-of date", (1, "D1", None)),
        finding(where, "over-110", "warning", 5, "over 110 years old on the as-of date", (3, "D3", None)),
    ]


def test_orders_without_a_day_leave_the_as_of_date_to_what_else_happened(company: Company) -> None:
    """As in a run: D2 enrolled last, on a day when D1 was not 18 yet."""
    company.put(
        "distributors", "distributor_id,enrolled_on,birth_date", "D1,2026-05-02,2008-05-10", "D2,2026-05-09,1990-05-09",
    )
    minor = finding("distributors.birth_date", "under-18", "warning", 2, "under 18 on the as-of date", (1, "D1", None))
    for orders in ([], ["O1,,5"]):
        company.put("orders", "order_id,ordered_on,amount", *orders)
        assert minor in company.findings()


@pytest.mark.parametrize(("latest", "minors"), [("2026-05-01", 0), ("2026-05-02", 1)])
def test_a_lone_late_order_is_not_the_as_of_date(company: Company, latest: str, minors: int) -> None:
    company.put("orders", "order_id,ordered_on,amount", "O1,2026-03-31,5", f"O2,{latest},5")
    company.put("distributors", "distributor_id,enrolled_on,birth_date", "D1,2026-03-01,2008-04-15")
    assert [found.rule for found in company.findings()].count("under-18") == minors


@pytest.mark.parametrize(("as_of", "minor", "adult"), [("2026-06-30", 2008, 2007), ("2026-07-01", 2009, 2008)])
def test_a_birth_year_means_the_first_of_july(company: Company, as_of: str, minor: int, adult: int) -> None:
    company.put("orders", "order_id,ordered_on,amount", f"O1,{as_of},5")
    company.put(
        "distributors", "distributor_id,enrolled_on,birth_year", f"D1,2026-05-02,{minor}", f"D2,2026-05-02,{adult}"
    )
    assert company.findings() == [
        finding(
            "distributors.birth_year", "under-18", "warning", 2, "under 18 on the as-of date", (1, "D1", None)
        )
    ]


def test_young_customers_are_fine_once_they_are_born(company: Company) -> None:
    company.put("orders", "order_id,ordered_on,amount", "O1,2026-10-31,5")
    company.put("customers", "customer_id,birth_date", "C1,2026-11-01", "C2,2026-10-31", "C3,1900-01-01")
    where = "customers.birth_date"
    assert company.findings() == [
        finding(where, "not-born", "warning", 3, "born after the as-of date", (1, "C1", None)),
        finding(where, "over-110", "warning", 3, "over 110 years old on the as-of date", (3, "C3", None)),
    ]


def test_somebody_who_sponsors_themselves(company: Company) -> None:
    company.put(
        "distributors", "distributor_id,enrolled_on,sponsor_id,enroller_id",
        "D1,2026-05-02,D1,", "D2,2026-05-02,D1,D2", "D3,2026-05-02,,D1",
    )
    assert company.findings() == [
        finding(
            "distributors.sponsor_id", "self-sponsor", "warning", 3, f"somebody is their own sponsor; {TREE}",
            (1, "D1", "D1"),
        ),
        finding(
            "distributors.enroller_id", "self-enroller", "warning", 3, f"somebody is their own enroller; {TREE}",
            (2, "D2", "D2"),
        ),
    ]


def test_a_cycle_names_who_is_on_it_and_not_who_hangs_below(company: Company) -> None:
    company.put(
        "distributors", "distributor_id,enrolled_on,sponsor_id", "D1,2026-05-02,D3", "D2,2026-05-02,D1",
        "D3,2026-05-02,D2", "D4,2026-05-02,D3", "D5,2026-05-02,", "D6,2026-05-02,D5",
    )
    assert company.findings() == [
        finding(
            "distributors.sponsor_id", "sponsor-cycle", "warning", 6, f"somebody is above their own sponsor; {TREE}",
            (1, "D1", "D3"), (2, "D2", "D1"), (3, "D3", "D2"),
        )
    ]


def test_a_long_chain_is_no_cycle(company: Company) -> None:
    people = [f"D{n},2026-05-02,{f'D{n - 1}' if n > 1000 else ''}" for n in range(1000, 1400)]
    company.put("distributors", "distributor_id,enrolled_on,sponsor_id", *people)
    assert company.findings() == []


def test_the_enroller_tree_is_that_of_the_enrolments(company: Company) -> None:
    company.put("distributors", "distributor_id,enrolled_on,enroller_id", "D1,2026-05-02,D2", "D2,2026-05-02,D1")
    company.put("enrollments", "distributor_id,enrolled_on,enroller_id", "D1,2026-05-02,", "D2,2026-05-02,D1")
    assert company.findings() == []


def test_a_rank_that_is_not_on_the_ladder(company: Company) -> None:
    company.put("ranks", "distributor_id,rank,effective_on,kind", "D1,gold,2026-05-01,title", "D1,Gld,2026-05-02,")
    message = "rank is not on rank_ladder; the row is left out of ranks"
    expected = [finding("ranks.rank", "unknown-rank", "warning", 2, message, (2, None, "Gld"))]
    assert company.findings(rank_ladder=["silver", "gold"]) == expected
    assert company.findings(rank_ladder=["Gld", "GOLD"]) == []
    assert company.findings() == []
