"""The exports of what the public sees and says: posts, followers, clicks, surveys, claims."""

from __future__ import annotations

import numpy as np
import polars as pl

from mlmkpi.demo.chance import Array, codes, draw, stream
from mlmkpi.demo.columns import Frames, Ids, dates, words
from mlmkpi.demo.company import Company, sellers_of
from mlmkpi.demo.months import EXPORTED, STARTS, campaign, some_days

_PLATFORMS = ("instagram", "facebook", "tiktok", "youtube")
_PLATFORM_WEIGHTS = [0.4, 0.3, 0.2, 0.1]
_AGE_BANDS = ("18-24", "25-34", "35-44", "45-54", "55-64", None)
_POST_IDS = Ids("T", 0)
_ORDERS_A_POST = 25
_REACTIONS = {
    "likes": 0.035, "comments": 0.006, "shares": 0.004, "reposts": 0.001, "mentions": 0.001, "saves": 0.003,
    "messages": 0.002,
}  # fmt: skip
_SCORES = [0.02, 0.01, 0.01, 0.02, 0.02, 0.05, 0.06, 0.12, 0.17, 0.22, 0.30]
_OFF_THE_SCALE = slice(0, 4)


def posts(company: Company) -> Frames:
    """One for twenty-five orders, the reach of a few of them far above the rest."""
    rng, first = stream(company.seed, "posts"), 0
    for month, count in company.a_month(_ORDERS_A_POST).items():
        reach = np.exp(5.8 + 1.1 * rng.standard_normal(count))
        yield pl.DataFrame(
            {
                "posted_on": dates(some_days(rng, month, count)),
                "post_id": _POST_IDS.column(np.arange(first, first + count)),
                "platform": words(codes(rng, _PLATFORM_WEIGHTS, count), _PLATFORMS),
                "distributor_id": company.person_ids.column(sellers_of(company, rng, month, count)),
                "reach": _whole(reach),
                "impressions": _whole(reach * (1.1 + 0.6 * rng.random(count))),
                **{name: _whole(reach * rate * 2 * rng.random(count)) for name, rate in _REACTIONS.items()},
                "age_band": words(codes(rng, [0.2, 0.3, 0.2, 0.15, 0.1, 0.05], count), _AGE_BANDS),
                "gender": words(codes(rng, [0.6, 0.25, 0.15], count), ("female", "male", None)),
            }
        )
        first += count


def followers(company: Company) -> Frames:
    """The company's four accounts and those of some founders of teams, counted on each month's last day."""
    rng = stream(company.seed, "followers")
    accounts = len(_PLATFORMS) + len(company.roster) // 100
    people = np.arange(accounts, dtype=np.int32) - len(_PLATFORMS)
    size = np.exp(6.5 + 0.9 * rng.standard_normal(accounts)) * np.where(people < 0, 20, 1)
    growth = 1.004 + 0.02 * rng.random(accounts)
    for month in range(EXPORTED.start, EXPORTED.stop + 1):
        size = size * growth * (1 + 0.006 * rng.standard_normal(accounts))
        yield pl.DataFrame(
            {
                "counted_on": dates(np.full(accounts, STARTS[month] - 1)),
                "account_id": Ids("A", 0, 6).column(np.arange(accounts)),
                "followers": _whole(size),
                "platform": words(np.arange(accounts) % len(_PLATFORMS), _PLATFORMS),
                "distributor_id": company.person_ids.column(np.maximum(people, -1)),
            }
        )


def clicks(company: Company) -> Frames:
    """Links counted once a week; every fifth link comes without impressions."""
    rng = stream(company.seed, "clicks")
    count = 8 + len(company.roster) // 100
    links = np.arange(count)
    appeal = np.exp(3.5 + 0.8 * rng.standard_normal(count))
    for month in EXPORTED:
        people = sellers_of(company, rng, month, count)
        for week in range(4):
            clicked = np.floor(appeal * 2 * rng.random(count))
            shown = _whole(clicked * (25 + 30 * rng.random(count)) + 10)
            yield pl.DataFrame(
                {
                    "clicked_on": dates(np.full(count, STARTS[month] + 7 * week)),
                    "clicks": _whole(clicked),
                    "impressions": shown.set(pl.Series(links % 5 == 4), None),
                    "link_id": Ids("K", 0, 6).column(links),
                    "distributor_id": company.person_ids.column(people),
                    "campaign": words(links % 2, (None, campaign(month))),
                }
            )


def surveys(company: Company) -> Frames:
    """One answer for sixty orders, four in five by customers; a last month of more than ten has four off the scale."""
    rng = stream(company.seed, "surveys")
    for month, count in company.a_month(60).items():
        known = company.book.known(month)
        customers = draw(rng, company.book.stop[:known] >= month, count)
        people = sellers_of(company, rng, month, count)
        people[rng.random(count) < 0.8] = -1
        score = codes(rng, _SCORES, count).astype(np.int32)
        if month == EXPORTED[-1] and count > 10:
            score[_OFF_THE_SCALE] = 11
        yield pl.DataFrame(
            {
                "answered_on": dates(some_days(rng, month, count)),
                "score": pl.Series(score),
                "respondent_id": Ids("R", 0, 8).column(np.where(people < 0, customers, people + 50_000_000)),
                "customer_id": company.customer_ids.column(np.where(people < 0, customers, -1)),
                "distributor_id": company.person_ids.column(people),
                "weight": pl.Series(rng.integers(50, 151, count) / 100),
            }
        )


def claims(company: Company) -> Frames:
    """Reviews of what people claim, a third of it in older posts; some wait for a verdict."""
    rng = stream(company.seed, "claims")
    posted = dict(zip(EXPORTED, np.cumsum([0, *company.a_month(_ORDERS_A_POST).values()]), strict=False))
    for month, count in company.a_month(400).items():
        verdicts = codes(rng, [0.86, 0.07, 0.07], count)
        written = (rng.random(count) * posted[month]).astype(np.int32)
        written[(rng.random(count) >= 1 / 3) | (posted[month] == 0)] = -1
        yield pl.DataFrame(
            {
                "reviewed_on": dates(some_days(rng, month, count)),
                "violation": pl.Series(verdicts == 1).set(pl.Series(verdicts == 2), None),
                "distributor_id": company.person_ids.column(sellers_of(company, rng, month, count)),
                "post_id": _POST_IDS.column(written),
            }
        )


def _whole(values: Array) -> pl.Series:
    """Counts."""
    return pl.Series(np.floor(values).astype(np.int32))
