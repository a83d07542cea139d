"""The exports about people: distributors, enrolments, customers, trainings, agreements."""

from __future__ import annotations

import numpy as np
import polars as pl

from mlmkpi.demo.chance import Array, codes, stream, waits
from mlmkpi.demo.columns import Frames, dates, money, pieces, words
from mlmkpi.demo.company import Company
from mlmkpi.demo.goods import KITS, PRICES
from mlmkpi.demo.ledger import LADDER
from mlmkpi.demo.months import LAST_DAY
from mlmkpi.demo.people import NEVER
from mlmkpi.demo.places import PLACE_CITIES, PLACE_MARKETS, PLACE_REGIONS, PLACE_TERRITORIES

_GENDERS = ("female", "male", "other", None)
_GENDER_WEIGHTS = [0.70, 0.24, 0.02, 0.04]
_SOURCES = ("friend", "party", "event", "online", None)
_NEW, _UPGRADE, _REJOIN = range(3)
_MINORS = slice(7, 9)


def distributors(company: Company, titles: Array) -> Frames:
    """Everybody who ever enrolled; two of them are, by their birth dates, under age."""
    roster, ids, rng = company.roster, company.person_ids, stream(company.seed, "distributors")
    for numbers, part in pieces(len(roster)):
        place, left, back = roster.place[part], roster.spells.left[part], roster.spells.back[part]
        births = roster.spells.start[part] - _ages(rng, len(numbers))
        if part.start == 0:
            births[_MINORS] = LAST_DAY - 6_000
        yield pl.DataFrame(
            {
                "distributor_id": ids.column(numbers),
                "enrolled_on": dates(roster.spells.start[part]),
                "sponsor_id": ids.column(roster.sponsor[part]),
                "enroller_id": ids.column(roster.enroller[part]),
                "terminated_on": dates(left),
                "status": words((left > 0) & (back == 0), ("active", "terminated")),
                "rank": words(titles[part], LADDER),
                "name": pl.select(pl.concat_str(pl.lit("Distributor "), pl.Series(numbers + 1))).to_series(),
                "birth_date": dates(births),
                "gender": words(codes(rng, _GENDER_WEIGHTS, len(numbers)), _GENDERS),
                "market": words(place, PLACE_MARKETS),
                "territory": words(place, PLACE_TERRITORIES),
                "region": words(place, PLACE_REGIONS),
                "city": words(place, PLACE_CITIES),
            }
        )


def enrollments(company: Company) -> Frames:
    """Everybody's enrolment, then those of the people who came back."""
    roster, rng = company.roster, stream(company.seed, "enrollments")
    for people, part in pieces(len(roster)):
        kinds = codes(rng, [0.9, 0.1], len(people))
        kits = PRICES[KITS[0] - 1 + roster.kit[part]] * (roster.kit[part] > 0)
        yield _enrollment_columns(company, rng, people, roster.spells.start[part], kinds, kits)
    back = np.flatnonzero(roster.spells.back_month < NEVER).astype(np.int32)
    kinds = np.full(len(back), _REJOIN, np.uint8)
    yield _enrollment_columns(company, rng, back, roster.spells.back[back], kinds, np.zeros(len(back)))


def _enrollment_columns(
    company: Company, rng: np.random.Generator, people: Array, days: Array, kinds: Array, kits: Array
) -> pl.DataFrame:
    roster, ids = company.roster, company.person_ids
    return pl.DataFrame(
        {
            "distributor_id": ids.column(people),
            "enrolled_on": dates(days),
            "enroller_id": ids.column(roster.enroller[people]),
            "sponsor_id": ids.column(roster.sponsor[people]),
            "kind": words(kinds, ("new", "upgrade", "rejoin")),
            "kit_amount": money(kits),
            "source": words(codes(rng, [0.45, 0.2, 0.1, 0.15, 0.1], len(people)), _SOURCES),
            "market": words(roster.place[people], PLACE_MARKETS),
        }
    )


def customers(company: Company) -> Frames:
    """Everybody who ever became a customer; one in seven did not say when they were born."""
    book, rng = company.book, stream(company.seed, "customer details")
    for numbers, part in pieces(len(book)):
        born = 1970 + (book.joined[part] - _ages(rng, len(numbers))) // 365.25
        told = rng.random(len(numbers)) < 6 / 7
        yield pl.DataFrame(
            {
                "customer_id": company.customer_ids.column(numbers),
                "distributor_id": company.person_ids.column(book.seller[part]),
                "joined_on": dates(book.joined[part]),
                "kind": words(book.subscribed[part] >= 0, ("retail", "preferred")),
                "birth_year": pl.Series(np.where(told, born, np.nan), nan_to_null=True).cast(pl.Int32),
                "gender": words(codes(rng, _GENDER_WEIGHTS, len(numbers)), _GENDERS),
                "market": words(book.place[part], PLACE_MARKETS),
                "country": words(book.place[part], PLACE_MARKETS),
                "region": words(book.place[part], PLACE_REGIONS),
            }
        )


def trainings(company: Company) -> Frames:
    """Onboarding for nearly everyone, compliance for some a month later."""
    rng = stream(company.seed, "trainings")
    for people, part in pieces(len(company.roster)):
        start = company.roster.spells.start[part]
        for course, share, after in (("onboarding", 0.9, 0), ("compliance", 0.35, 30)):
            taken = (rng.random(len(people)) < share) & (start + after <= LAST_DAY)
            assigned = start[taken] + after
            completed = assigned + waits(rng, 18, len(assigned))
            completed[(rng.random(len(assigned)) < 0.35) | (completed > LAST_DAY)] = 0
            yield pl.DataFrame(
                {
                    "distributor_id": company.person_ids.column(people[taken]),
                    "course": pl.repeat(course, len(assigned), eager=True),
                    "assigned_on": dates(assigned),
                    "completed_on": dates(completed),
                }
            )


def agreements(company: Company) -> Frames:
    """Nearly everyone signs on joining, and most sign the policies within a week."""
    rng = stream(company.seed, "agreements")
    for people, part in pieces(len(company.roster)):
        start = company.roster.spells.start[part]
        for kind, share, within in (("distributor agreement", 0.96, 1), ("policies", 0.7, 7)):
            signed = start + rng.integers(0, within, len(people), dtype=np.int32)
            done = (rng.random(len(people)) < share) & (signed <= LAST_DAY)
            yield pl.DataFrame(
                {
                    "distributor_id": company.person_ids.column(people[done]),
                    "signed_on": dates(signed[done]),
                    "kind": pl.repeat(kind, int(done.sum()), eager=True),
                }
            )


def _ages(rng: np.random.Generator, count: int) -> Array:
    """Ages in days, 18 to 80 years, most about 40."""
    years = 41 + 13 * rng.standard_normal(count)
    return (np.clip(years, 18.1, 80) * 365.25).astype(np.int32)
