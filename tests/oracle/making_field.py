"""The makers of what a field does: activities, courses, agreements, answers, leads, posts, links and territories."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

from oracle.making import GENDERS, LAST, MARKETS, RANKS, Draft, Tables

AFTER = LAST + timedelta(days=20)
PLATFORMS = ("instagram", "tiktok", None)
AUDIENCES = ("18-24", "25-34", "65+", None)
COURSES = ("basics", "products", "ethics")
TERRITORIES = ("east", "west", "alps", "coast", "isles")

FIELD_ABSENT: dict[str, tuple[str, str | None]] = {
    **{
        f"no_{table}": (table, None)
        for table in (
            "activities", "trainings", "agreements", "surveys", "leads", "posts", "followers", "clicks", "claims",
            "territories",
        )
    },
    "no_territory": ("distributors", "territory"),
    "no_region": ("distributors", "region"),
    "no_gender": ("distributors", "gender"),
    "no_event_market": ("events", "market"),
    "no_rank_kind": ("ranks", "kind"),
    "no_assigned_on": ("trainings", "assigned_on"),
    "no_completed_on": ("trainings", "completed_on"),
    "no_respondent": ("surveys", "respondent_id"),
    "no_weight": ("surveys", "weight"),
    "no_answering_distributor": ("surveys", "distributor_id"),
    "no_converted_on": ("leads", "converted_on"),
    "no_outcome": ("leads", "outcome"),
    "no_source": ("leads", "source"),
    "no_reach": ("posts", "reach"),
    "no_post_id": ("posts", "post_id"),
    "no_audience_age": ("posts", "age_band"),
    "no_impressions": ("clicks", "impressions"),
    "no_link_id": ("clicks", "link_id"),
}


def add_field(draft: Draft) -> None:
    """Every table of what the field does, each with exact duplicates and rows after the as-of date."""
    for add in (
        add_recruits, add_climbers, add_activities, add_trainings, add_answers, add_leads, add_posts, add_links,
        add_followers, add_places,
    ):
        add(draft)
    for table in (*(name for name, column in FIELD_ABSENT.values() if column is None), "attendance", "events"):
        rows = draft.tables[table]
        rows += [dict(row) for row in draft.random.sample(rows, 2)]
        draft.random.shuffle(rows)


def add_recruits(draft: Draft) -> None:
    """People whom newcomers enrol at once, on the last day that counts, and on the next."""
    random = draft.random
    newcomers = [row for row in draft.tables["distributors"] if draft.start <= row["enrolled_on"] <= LAST]
    for number, row in enumerate(random.choices(newcomers, k=5) if newcomers else ()):
        joined = row["enrolled_on"] + timedelta(days=random.choice((0, 45, 90, 91)))
        who = row["distributor_id"]
        more = {"enroller_id": who, "sponsor_id": who, "terminated_on": None, "status": None}
        draft.tables["distributors"].append(
            {**row, **more, "distributor_id": f"F{number:03d}", "enrolled_on": joined}
        )


def add_climbers(draft: Draft) -> None:
    """Paid-as ranks that go up and down from month to month, beside titles."""
    for who in draft.random.sample(draft.people, len(draft.people) // 2):
        for _ in range(12):
            day = draft.day(date(2025, 10, 1), AFTER)
            kind = draft.random.choice(("paid_as", "paid_as", "paid_as", "title"))
            rank = draft.random.choice((*RANKS, "10"))
            draft.tables["ranks"].append({"distributor_id": who, "rank": rank, "effective_on": day, "kind": kind})


def name_ranks(tables: Tables) -> None:
    """Ranks that are words, whose order only the settings can tell."""
    for row in tables["ranks"]:
        row["rank"] = f"rank {row['rank']}"


def round_births(tables: Tables) -> None:
    """People of whom only the year of birth is known."""
    for row in tables["distributors"]:
        born = row.pop("birth_date")
        row["birth_year"] = born and born.year


FIELD_CHANGED: dict[str, Callable[[Tables], None]] = {"text_ranks": name_ranks, "birth_years": round_births}


def _somebody(draft: Draft) -> str:
    return draft.random.choice([*draft.people, *draft.people, *draft.people, "D999"])


def _rows(draft: Draft, table: str, count: int, make: Callable[[date, int], dict[str, Any]]) -> None:
    """So many rows of a table over all the months, half of them in the last year."""
    since = date(2025, 10, 1)
    days = [draft.day(draft.start if number % 2 else since, AFTER) for number in range(count)]
    draft.tables[table] = [make(day, number) for number, day in enumerate(days)]


def add_activities(draft: Draft) -> None:
    """Calls, meetings and log-ins, some by unknown people; people who came to events that nobody knows."""
    kinds = ("call", "meeting", "login", "post", "login")
    _rows(draft, "activities", 120, lambda day, _: {
        "distributor_id": _somebody(draft), "occurred_on": day, "kind": draft.random.choice(kinds),
    })
    events = [*(row["event_id"] for row in draft.tables["events"][:3]), "v999"]
    draft.tables["attendance"] += [{"event_id": event, "distributor_id": "D999", "attended": True} for event in events]


def add_trainings(draft: Draft) -> None:
    """Courses assigned twice, never, or finished before they began; repeated agreements; claims without a verdict."""
    random = draft.random

    def training(day: date, _: int) -> dict[str, Any]:
        after = random.choice((None, None, 0, 10, 30, 31, 200, -2))
        done = None if after is None else day + timedelta(days=after)
        assigned = None if draft.chance(0.1) else day
        return {
            "distributor_id": _somebody(draft), "course": random.choice(COURSES), "assigned_on": assigned,
            "completed_on": done,
        }

    _rows(draft, "trainings", 50, training)
    _rows(draft, "agreements", 12, lambda day, _: {
        "distributor_id": _somebody(draft), "signed_on": day, "kind": random.choice(("terms", "privacy", None)),
    })
    _rows(draft, "claims", 40, lambda day, _: {
        "reviewed_on": day, "violation": random.choice((True, False, False, None)),
        "distributor_id": random.choice((_somebody(draft), None)), "post_id": random.choice(("p1", None)),
    })


def add_answers(draft: Draft) -> None:
    """Scores off the scale, several answers of one day, weights that are missing or nothing."""
    random = draft.random
    people = [
        {
            "respondent_id": f"r{number}" if number % 3 else None,
            "customer_id": random.choice((*draft.buyers, None)), "distributor_id": random.choice((*draft.people, None)),
            "weight": None if number == 5 else Random(number).choice((0, 1, 2, 3)) / 2,
        }
        for number in range(16)
    ]

    def answer(day: date, _: int) -> dict[str, Any]:
        score = random.choice((11, -1)) if draft.chance(0.1) else random.choice((0, 3, 6, 7, 8, 9, 9, 10))
        return {"answered_on": day, "score": score, **random.choice(people)}

    _rows(draft, "surveys", 90, answer)
    for row in random.sample(draft.tables["surveys"], 12):
        draft.tables["surveys"].append({**row, "score": random.choice((4, 8, 10, 11))})


def add_leads(draft: Draft) -> None:
    """Leads converted on the last day that counts and on the next, before they were created, and by nobody known."""
    random = draft.random

    def lead(day: date, number: int) -> dict[str, Any]:
        after = random.choice((None, None, None, 0, 12, 30, 31, -3))
        return {
            "lead_id": f"l{number:03d}", "created_on": day,
            "converted_on": None if after is None else day + timedelta(days=after),
            "outcome": random.choice(("customer", "distributor", None)),
            "source": random.choice(("web", "Social", "referral", None)), "campaign": random.choice(("spring", None)),
            "distributor_id": random.choice((_somebody(draft), None)),
        }

    _rows(draft, "leads", 90, lead)


def add_posts(draft: Draft) -> None:
    """Posts that reached nobody, or nobody knows whom, with counts that are missing."""
    random = draft.random
    counts = ("likes", "comments", "shares", "reposts", "mentions", "saves", "messages")

    def post(day: date, number: int) -> dict[str, Any]:
        return {
            "post_id": f"p{number}", "posted_on": day, "platform": random.choice(PLATFORMS),
            "distributor_id": random.choice((_somebody(draft), None)),
            "reach": random.choice((None, 0, *(random.randint(20, 900) for _ in range(6)))),
            "impressions": random.choice((None, 0, *(random.randint(50, 2_000) for _ in range(6)))),
            **{name: random.choice((None, 0, random.randint(0, 40))) for name in counts},
            "age_band": random.choice(AUDIENCES), "gender": random.choice(GENDERS),
        }

    _rows(draft, "posts", 80, post)


def add_links(draft: Draft) -> None:
    """Links counted with impressions, with none, or without; clicks of no link at all."""
    random = draft.random

    def clicks(day: date, _: int) -> dict[str, Any]:
        who = random.choice((_somebody(draft), None))
        return {
            "clicked_on": day, "clicks": random.randint(0, 30), "distributor_id": who,
            "impressions": random.choice((None, None, 0, random.randint(30, 500))),
            "link_id": None if draft.chance(0.15) else f"k-{who}", "campaign": random.choice(("spring", None)),
        }

    _rows(draft, "clicks", 90, clicks)


def add_followers(draft: Draft) -> None:
    """Accounts counted on odd days: with gaps, exactly 31 days before a month's end, from nobody up, and of nobody."""
    random = draft.random
    rows = draft.tables["followers"] = []
    for number in range(6):
        who = None if number == 0 else random.choice(draft.people)
        platform = random.choice(PLATFORMS)
        days = {draft.day(draft.start, AFTER) for _ in range(22)}
        ends = (date(2026, 6, 30), date(2026, 9, 30), LAST)
        days |= {end - timedelta(days=random.choice((0, 31, 32))) for end in ends}
        for place, day in enumerate(sorted(days)):
            rows.append(
                {
                    "counted_on": day, "account_id": f"a{number}", "platform": platform, "distributor_id": who,
                    "followers": 0 if place == 0 else random.randint(10, 900),
                }
            )


def add_places(draft: Draft) -> None:
    """Territories, one of which nobody works in, and people who work in one that is not listed."""
    random = draft.random
    draft.tables["territories"] = [
        {"territory": name, "market": random.choice(MARKETS), "population": random.randint(1_000, 9_000)}
        for name in TERRITORIES
    ]
    for row in draft.tables["distributors"]:
        row["territory"] = random.choice((*TERRITORIES[1:], "moon", None))
