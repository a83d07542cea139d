"""The KPIs of taking part: activities, log-ins, events, courses and agreements of the people on the books."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from datetime import date, timedelta
from fractions import Fraction

from oracle.calendar import Span
from oracle.definitions import NullError
from oracle.export import Row
from oracle.figures import ONE, Block, Unit, ratio, share, share_by_person
from oracle.split import CannotSplitError, Split
from oracle.world import World

LOGIN = "login"
SEGMENTS = ("age_band", "gender", "region")


def _of_everybody(world: World, span: Span, split: Split, doing: Collection[str]) -> list[Unit]:
    """One unit for each person on the books at period end, adding 1 above for those who do it."""
    world.export.need_roster()
    return [
        Unit(split.person(who, span.closing), Fraction(who in doing), ONE, who)
        for who in world.roster.first
        if world.roster.on_books(who, span.closing)
    ]


def _kind(row: Row) -> str:
    return str(row["kind"]).strip().casefold()


def attended(world: World, span: Span) -> list[tuple[str, Row]]:
    """Who came to which event of the period; without a word on it, whoever is listed came."""
    events = {row["event_id"]: row for row in world.export.rows("events")}
    return [
        (row["distributor_id"], events[row["event_id"]])
        for row in world.export.rows("attendance")
        if row.get("attended") is not False
        and row["event_id"] in events
        and span.first <= events[row["event_id"]]["held_on"] <= span.closing
    ]


def _active_people(world: World, span: Span) -> set[str]:
    """People with enough activities, events attended and courses completed, of the exports there are."""
    export = world.export
    has_events = export.has("events") and export.has("attendance")
    has_courses = export.has("trainings", "completed_on")
    if not (export.has("activities") or has_events or has_courses):
        raise NullError("needs the activities, attendance or trainings export")
    kinds = world.definitions.activity_kinds
    wanted = None if kinds is None else {kind.casefold() for kind in kinds}
    times: Counter[str] = Counter()
    for row in export.rows("activities"):
        counts = _kind(row) != LOGIN if wanted is None else _kind(row) in wanted
        times[row["distributor_id"]] += counts and span.first <= row["occurred_on"] <= span.closing
    if has_events:
        times.update(who for who, _ in attended(world, span))
    for row in export.rows("trainings"):
        done = row.get("completed_on")
        times[row["distributor_id"]] += done is not None and span.first <= done <= span.closing
    return {who for who, found in times.items() if found >= world.definitions.activity_minimum}


def activity_rate(world: World, span: Span, split: Split) -> list[Block]:
    """People on the books at period end who did enough in the period."""
    return [Block("value", _of_everybody(world, span, split, _active_people(world, span)), share)]


def segment_activity_rate(world: World, span: Span, split: Split) -> list[Block]:
    """The same by age band, by gender and by region, of those that the export has."""
    units = _of_everybody(world, span, split, _active_people(world, span))
    blocks = []
    for name in SEGMENTS:
        segment = Split(world, [name])
        try:
            segment.check("person")
        except CannotSplitError:
            continue
        labelled = [
            Unit(unit.cell, unit.above, unit.below, unit.person, own=((name, label),))
            for unit in units
            for label in segment.person(unit.person, span.closing)
            if label is not None
        ]
        blocks.append(Block("value", labelled, share, has_own=True))
    if not blocks:
        raise NullError("needs distributors.birth_date, distributors.gender or distributors.region")
    return blocks


def adoption_rate(world: World, span: Span, split: Split) -> list[Block]:
    """People on the books at period end who logged in."""
    world.export.need("activities")
    inside = [row for row in world.export.rows("activities") if span.first <= row["occurred_on"] <= span.closing]
    users = {row["distributor_id"] for row in inside if _kind(row) == LOGIN}
    return [Block("value", _of_everybody(world, span, split, users), share)]


def event_reach(world: World, span: Span, split: Split) -> list[Block]:
    """People on the books at period end who came to an event of the period."""
    _need_events(world)
    came = {who for who, _ in attended(world, span)}
    return [Block("value", _of_everybody(world, span, split, came), share)]


def _need_events(world: World) -> None:
    world.export.need("events")
    world.export.need("attendance")
    world.export.need_roster()


def event_participation_rate(world: World, span: Span, split: Split) -> list[Block]:
    """Person-events attended by person-events open to them, or by those invited."""
    _need_events(world)
    came = {(who, event["event_id"]) for who, event in attended(world, span)}
    pairs = _invited(world, span) if world.definitions.event_base == "invited" else _eligible(world, span)
    units = [
        Unit(
            split.record({**event, "distributor_id": who}, span.closing, "person own", "events"),
            Fraction((who, event["event_id"]) in came), ONE, who,
        )
        for who, event in pairs
    ]
    return [Block("value", units, share_by_person)]


def _held(world: World, span: Span) -> list[Row]:
    return [row for row in world.export.rows("events") if span.first <= row["held_on"] <= span.closing]


def _invited(world: World, span: Span) -> list[tuple[str, Row]]:
    """Everybody listed for an event of the period, whoever they are."""
    events = {row["event_id"]: row for row in _held(world, span)}
    listed = {(row["distributor_id"], row["event_id"]) for row in world.export.rows("attendance")}
    return [(who, events[event]) for who, event in sorted(listed) if event in events]


def _eligible(world: World, span: Span) -> list[tuple[str, Row]]:
    """Everybody on the books on an event's day, and in its market if it has one."""
    if world.export.has("events", "market"):
        world.export.need("distributors", "market")
    roster = world.roster
    return [
        (who, event)
        for event in _held(world, span)
        for who in roster.first
        if roster.on_books(who, event["held_on"])
        and event.get("market") in (None, roster.details.get(who, {}).get("market"))
    ]


def training_completion_rate(world: World, span: Span, split: Split) -> list[Block]:
    """Courses assigned in the period, long enough ago, and completed soon enough, by those assigned."""
    world.export.need("trainings", "assigned_on", "completed_on")
    wait = timedelta(days=world.definitions.training_days)
    courses: dict[tuple[str, str], list[Row]] = defaultdict(list)
    for row in world.export.rows("trainings"):
        courses[row["distributor_id"], row["course"]].append(row)
    units = []
    for (who, course), rows in sorted(courses.items()):
        assigned = min((row["assigned_on"] for row in rows if row["assigned_on"] is not None), default=date.max)
        if span.first <= assigned <= min(span.closing, world.as_of - wait):
            done = any(row["completed_on"] and assigned <= row["completed_on"] <= assigned + wait for row in rows)
            cell = split.record({"distributor_id": who, "course": course}, span.closing, "person own", "trainings")
            units.append(Unit(cell, Fraction(done), ONE, who))
    return [Block("value", units, ratio)]


def agreement_on_file_rate(world: World, span: Span, split: Split) -> list[Block]:
    """People on the books at period end with an agreement signed by then."""
    world.export.need("agreements")
    signed = {row["distributor_id"] for row in world.export.rows("agreements") if row["signed_on"] <= span.closing}
    return [Block("value", _of_everybody(world, span, split, signed), share)]
