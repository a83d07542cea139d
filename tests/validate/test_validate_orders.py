"""Orders: sales outside their distributor's time, negative sales, empty volumes, currencies."""

from __future__ import annotations

import mlmkpi
from mlmkpi.settings import Settings
from mlmkpi.validate import Finding
from validate.company import Company, finding

BEFORE = "a sale before its distributor enrolled; it counts"
AFTER = "a sale after its distributor left; it counts"


def test_a_sale_before_its_distributor_enrolled(company: Company) -> None:
    company.put("distributors", "distributor_id,enrolled_on", "D1,2026-03-10")
    company.put(
        "orders", "order_id,ordered_on,amount,distributor_id,kind,status", "O1,2026-03-09,5,D1,sale,paid",
        "O2,2026-03-10,5,D1,sale,paid", "O3,2026-03-09,-5,D1,return,paid", "O4,2026-03-09,5,D1,kit,paid",
        "O5,2026-03-09,5,D1,sale,void", "O6,2026-03-08,5,D1,,", "O7,2026-03-09,0,D1,sale,paid",
    )
    assert company.findings() == [
        finding(
            "orders.ordered_on", "sale-before-enrolment", "warning", 7, BEFORE, (1, "O1", "2026-03-09"),
            (6, "O6", "2026-03-08"),
        )
    ]


def test_a_valid_status_that_names_nothing_is_as_if_it_were_not_set(company: Company) -> None:
    company.put("distributors", "distributor_id,enrolled_on", "D1,2026-03-10")
    company.put(
        "orders", "order_id,ordered_on,amount,distributor_id,status", "O1,2026-03-09,5,D1,paid",
        "O2,2026-03-09,5,D1,void",
    )
    early = finding("orders.ordered_on", "sale-before-enrolment", "warning", 2, BEFORE, (1, "O1", "2026-03-09"))
    assert company.findings(definitions={"valid_status": []}) == [early]
    sales = mlmkpi.compute(company.folder, kpis=["sales_volume"], count=1,
                           settings=Settings.model_validate({"definitions": {"valid_status": []}}))
    assert sales.frame["value"].to_list() == [5]


def test_the_first_enrolment_of_both_tables_counts(company: Company) -> None:
    company.put("distributors", "distributor_id,enrolled_on", "D1,2026-03-10", "D2,2026-03-10")
    company.put("enrollments", "distributor_id,enrolled_on", "D1,2026-03-01", "D2,2026-03-20")
    company.put("orders", "order_id,ordered_on,amount,distributor_id", "O1,2026-03-05,5,D1", "O2,2026-03-05,5,D2")
    assert company.findings() == [
        finding("orders.ordered_on", "sale-before-enrolment", "warning", 2, BEFORE, (2, "O2", "2026-03-05"))
    ]


def test_a_sale_after_its_distributor_left_and_before_they_came_back(company: Company) -> None:
    company.put(
        "distributors", "distributor_id,enrolled_on,terminated_on", "D1,2026-03-10,2026-04-01",
        "D2,2026-03-10,2026-03-01",
    )
    company.put("enrollments", "distributor_id,enrolled_on,kind", "D1,2026-03-10,new", "D1,2026-05-01,rejoin")
    company.put(
        "orders", "order_id,ordered_on,amount,distributor_id", "O1,2026-04-01,5,D1", "O2,2026-04-02,5,D1",
        "O3,2026-04-30,5,D1", "O4,2026-05-01,5,D1", "O5,2026-06-01,5,D2",
    )
    assert company.findings() == [
        finding(
            "distributors.terminated_on", "terminated-before-enrolled", "warning", 2,
            "terminated_on is before enrolled_on; the termination does not count", (2, "D2", "2026-03-01"),
        ),
        finding(
            "orders.ordered_on", "sale-after-termination", "warning", 5, AFTER, (2, "O2", "2026-04-02"),
            (3, "O3", "2026-04-30"),
        ),
    ]


def test_of_several_terminations_the_last_counts(company: Company) -> None:
    company.put(
        "distributors", "distributor_id,enrolled_on,terminated_on", "D1,2026-03-10,2026-05-01",
        "D1,2026-03-10,2026-04-01",
    )
    company.put("orders", "order_id,ordered_on,amount,distributor_id", "O1,2026-04-15,5,D1", "O2,2026-05-02,5,D1")
    assert [found for found in company.findings() if found.table == "orders"] == [
        finding("orders.ordered_on", "sale-after-termination", "warning", 2, AFTER, (2, "O2", "2026-05-02"))
    ]


def test_who_comes_back_on_the_day_they_left_is_back(company: Company) -> None:
    company.put("distributors", "distributor_id,enrolled_on,terminated_on", "D1,2026-03-10,2026-04-01")
    company.put("enrollments", "distributor_id,enrolled_on", "D1,2026-04-01")
    company.put("orders", "order_id,ordered_on,amount,distributor_id", "O1,2026-04-02,5,D1")
    assert company.findings() == []


def test_who_enrolled_and_left_on_one_day_is_gone(company: Company) -> None:
    company.put("distributors", "distributor_id,enrolled_on,terminated_on", "D1,2026-04-01,2026-04-01")
    company.put("enrollments", "distributor_id,enrolled_on", "D1,2026-04-01")
    company.put("orders", "order_id,ordered_on,amount,distributor_id", "O1,2026-04-02,5,D1")
    assert company.findings() == [
        finding("orders.ordered_on", "sale-after-termination", "warning", 1, AFTER, (1, "O1", "2026-04-02"))
    ]


def test_who_enrolled_and_left_on_one_day_is_gone_until_they_come_back(company: Company) -> None:
    company.put("distributors", "distributor_id,enrolled_on,terminated_on", "D1,2026-04-01,2026-04-01")
    company.put("enrollments", "distributor_id,enrolled_on", "D1,2026-05-01")
    company.put("orders", "order_id,ordered_on,amount,distributor_id", "O1,2026-04-15,5,D1", "O2,2026-05-02,5,D1")
    assert company.findings() == [
        finding("orders.ordered_on", "sale-after-termination", "warning", 2, AFTER, (1, "O1", "2026-04-15"))
    ]


def test_a_sale_below_zero(company: Company) -> None:
    company.put(
        "orders", "order_id,ordered_on,amount,kind,status", "O1,2026-03-09,-5.50,Sale,paid", "O2,2026-03-09,-5,,paid",
        "O3,2026-03-09,-5,return,paid", "O4,2026-03-09,-5,sale,cancelled",
    )
    message = "a sale below zero; it counts as a return"
    assert company.findings() == [
        finding("orders.amount", "negative-sale", "warning", 4, message, (1, "O1", "-5.5"))
    ]


def test_an_empty_volume(company: Company) -> None:
    company.put(
        "orders", "order_id,ordered_on,amount,kind,volume,commissionable_volume", "O1,2026-03-09,5,sale,,1",
        "O2,2026-03-09,-5,return,,1", "O3,2026-03-09,5,kit,,1", "O4,2026-03-09,0,sale,,1", "O5,2026-03-09,5,sale,3,",
    )
    volume, message = "orders.volume", "volume is empty; it counts as 0"
    qv = [finding(volume, "no-volume", "warning", 5, message, (1, "O1", None), (2, "O2", None))]
    assert company.findings() == company.findings(definitions={"volume": "qv"}) == qv
    message = "commissionable_volume is empty; it counts as 0"
    cv = [finding("orders.commissionable_volume", "no-volume", "warning", 5, message, (5, "O5", None))]
    assert company.findings(definitions={"volume": "cv"}) == cv
    assert company.findings(definitions={"volume": "amount"}) == []


def test_the_volume_of_an_order_that_does_not_count_may_be_empty(company: Company) -> None:
    company.put("orders", "order_id,ordered_on,amount,status,volume", "O1,2026-03-09,5,cancelled,", "O2,2026-03-09,5,,")
    (found,) = company.findings()
    assert (found.rule, found.count, found.examples[0].key) == ("no-volume", 1, "O2")


def test_several_currencies_without_rates(company: Company) -> None:
    company.put(
        "orders", "order_id,ordered_on,amount,currency", "O1,2026-03-09,5,USD", "O2,2026-03-09,5,EUR",
        "O3,2026-03-09,5,USD", "O4,2026-03-09,5,",
    )
    name = 'name the currency to convert to in mlmkpi.toml:   currency = "USD"'
    rates = "export a rates table (currency, valid_from, rate)"

    def mixed(message: str, *examples: tuple[int, str | None, str | None]) -> list[Finding]:
        return [finding("orders.currency", "mixed-currencies", "error", 4, message, *examples)]

    euro = (2, "O2", "EUR")
    assert company.findings(currency="usd") == mixed(f"currency is not usd\n  fix  {rates}", euro)
    assert company.findings(currency="EUR") == mixed(
        f"currency is not EUR\n  fix  {rates}", (1, "O1", "USD"), (3, "O3", "USD")
    )
    unset = "currency is not USD, as most orders' is\n  fix  "
    assert company.findings() == mixed(f"{unset}{name}\n       and {rates}", euro)
    company.put("rates", "currency,valid_from,rate", "eur,2026-03-01,1.08")
    assert company.findings() == mixed(f"{unset}{name}", euro)
    assert company.findings(currency="USD") == []


def test_one_currency_is_fine(company: Company) -> None:
    company.put("orders", "order_id,ordered_on,amount,currency", "O1,2026-03-09,5,EUR", "O2,2026-03-09,5,EUR")
    assert company.findings() == company.findings(currency="EUR") == company.findings(currency="eur") == []


def test_currencies_need_a_rate_on_the_day(company: Company) -> None:
    company.put(
        "orders", "order_id,ordered_on,amount,currency", "O1,2026-03-09,5,EUR", "O2,2026-03-08,5,EUR",
        "O3,2026-03-09,5,GBP", "O4,2026-03-09,5,USD",
    )
    company.put("rates", "currency,valid_from,rate", "EUR,2026-03-09,1.08", "EUR,2026-03-10,1.09")
    assert company.findings(currency="USD") == [
        finding(
            "orders.currency", "no-rate", "error", 4, "the currency has no rate on that day", (2, "O2", "EUR"),
            (3, "O3", "GBP"),
        )
    ]


def test_a_rate_that_is_not_above_zero(company: Company) -> None:
    company.put("rates", "currency,valid_from,rate", "EUR,2026-03-09,0", "GBP,2026-03-10,-1", "CAD,2026-03-10,0.00024")
    assert company.findings() == [
        finding(
            "rates.rate", "rate-not-positive", "error", 3, "rate is not above zero", (1, "EUR / 2026-03-09", "0.0"),
            (2, "GBP / 2026-03-10", "-1.0"),
        )
    ]
