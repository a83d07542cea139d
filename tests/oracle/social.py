"""The KPIs of social media: posts and what people do with them, links, followers, and claims that were reviewed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction

from oracle.calendar import DAY, Span
from oracle.definitions import NullError
from oracle.export import Row
from oracle.figures import ONE, ZERO, Block, Figure, Unit, ratio
from oracle.split import UNKNOWN, Split
from oracle.world import World

SIDES = "person own"
AUDIENCE = "own person"
SHARING = ("shares", "reposts", "mentions")
ENGAGING = ("likes", "comments", *SHARING, "saves")
TALKING = ("comments", "messages")
FRESH = timedelta(days=31)


def _inside(world: World, span: Span, table: str, column: str) -> list[Row]:
    world.export.need(table)
    return [row for row in world.export.rows(table) if span.first <= row[column] <= span.closing]


def _sum(world: World, row: Row, columns: Sequence[str]) -> Fraction:
    """What a post drew, of the columns there are; without any of them nothing can be said."""
    present = [column for column in columns if world.export.has("posts", column)]
    if not present:
        raise NullError(f"needs posts.{columns[0]}")
    return sum((Fraction(row.get(column) or 0) for column in present), ZERO)


def _post_units(
    world: World, span: Span, split: Split, columns: Sequence[str], base: Callable[[Row], Fraction], sides: str = SIDES
) -> list[tuple[Row, Unit]]:
    """The posts of the period that have a base, with what they drew above it."""
    return [
        (row, Unit(split.record(row, span.closing, sides, "posts"), drew, base(row), row.get("distributor_id")))
        for row in _inside(world, span, "posts", "posted_on")
        for drew in [_sum(world, row, columns)]
        if base(row) > 0
    ]


def _base(world: World) -> Callable[[Row], Fraction]:
    """How many people a post reached, was shown to, or could have reached: the poster's followers of that platform."""
    column = world.definitions.engagement_base
    world.export.need("posts")
    if column != "followers":
        world.export.need("posts", column)
        return lambda row: Fraction(row.get(column) or 0)
    world.export.need("followers")
    shared = [
        name
        for name in ("distributor_id", "platform")
        if world.export.has("posts", name) and world.export.has("followers", name)
    ]

    def followers(row: Row) -> Fraction:
        counted = _latest(world, row["posted_on"])
        mine = [found for found in counted.values() if all(found.get(name) == row.get(name) for name in shared)]
        return sum((Fraction(found["followers"]) for found in mine), ZERO)

    return followers


def social_engagement_rate(world: World, span: Span, split: Split) -> list[Block]:
    """What posts drew by how many people they reached."""
    units = [unit for _, unit in _post_units(world, span, split, ENGAGING, _base(world))]
    return [Block("value", units, ratio)]


def segment_engagement_rate(world: World, span: Span, split: Split) -> list[Block]:
    """The same by the age band and by the gender of the audience, of those that the export has."""
    pairs = _post_units(world, span, split, ENGAGING, _base(world), AUDIENCE)
    names = [name for name in ("age_band", "gender") if world.export.has("posts", name)]
    if not names:
        raise NullError("needs posts.age_band or posts.gender")
    return [
        Block("value", [replace(unit, own=((name, row.get(name) or UNKNOWN),)) for row, unit in pairs], _reached, True)
        for name in names
    ]


def _reached(units: Sequence[Unit]) -> Figure:
    """A ratio behind which stand the people whom the posts reached."""
    found = ratio(units)
    return replace(found, people=int(found.denominator or 0))


def customer_interaction_rate(world: World, span: Span, split: Split) -> list[Block]:
    """Comments and direct messages by reach."""
    world.export.need("posts", "reach")
    pairs = _post_units(world, span, split, TALKING, lambda row: Fraction(row.get("reach") or 0))
    return [Block("value", [unit for _, unit in pairs], ratio)]


def content_sharing_rate(world: World, span: Span, split: Split) -> list[Block]:
    """How often a post was shared, on average."""
    pairs = _post_units(world, span, split, SHARING, lambda row: ONE)
    return [Block("value", [unit for _, unit in pairs], ratio)]


def affiliate_click_through_rate(world: World, span: Span, split: Split) -> list[Block]:
    """Clicks by impressions, and clicks by link where no impressions are counted."""
    world.export.need("clicks")
    shown, plain = [], []
    links: dict[tuple[tuple[str | None, ...], str], str] = {}
    for row in _inside(world, span, "clicks", "clicked_on"):
        cell = split.record(row, span.closing, SIDES, "clicks")
        clicks, impressions = Fraction(row["clicks"]), Fraction(row.get("impressions") or 0)
        if impressions > 0:
            shown.append(Unit(cell, clicks, impressions, row.get("distributor_id")))
        elif row.get("link_id") is not None:
            plain.append(Unit(cell, clicks))
            links[cell, row["link_id"]] = max(links.get((cell, row["link_id"]), ""), row.get("distributor_id") or "")
    plain += [Unit(cell, below=ONE, person=who or None) for (cell, _), who in sorted(links.items(), key=str)]
    blocks = []
    if world.export.has("clicks", "impressions"):
        blocks.append(Block("value", shown, ratio))
    if world.export.has("clicks", "link_id"):
        blocks.append(Block("clicks_per_link", plain, ratio))
    return blocks


def _latest(world: World, day: date) -> dict[str, Row]:
    """Each account's latest snapshot up to the day, if fresh."""
    found: dict[str, Row] = {}
    for row in world.export.rows("followers"):
        account = row["account_id"]
        if day - FRESH <= row["counted_on"] <= day and (
            account not in found or row["counted_on"] > found[account]["counted_on"]
        ):
            found[account] = row
    return found


def follower_growth_rate(world: World, span: Span, split: Split) -> list[Block]:
    """Followers gained by followers at the start, over accounts counted at both ends."""
    world.export.need("followers")
    start, end = _latest(world, span.first - DAY), _latest(world, span.closing)
    units = []
    for account in sorted(start.keys() & end.keys()):
        before, now = Fraction(start[account]["followers"]), Fraction(end[account]["followers"])
        cell = split.record(end[account], span.closing, SIDES, "followers")
        units.append(Unit(cell, now - before, before, end[account].get("distributor_id")))
    return [Block("value", units, ratio)]


def claims_violation_rate(world: World, span: Span, split: Split) -> list[Block]:
    """Violations in a thousand reviews that came to a verdict."""
    units = [
        Unit(
            split.record(row, span.closing, SIDES, "claims"), Fraction(1_000 * row["violation"]), ONE,
            row.get("distributor_id"),
        )
        for row in _inside(world, span, "claims", "reviewed_on")
        if row["violation"] is not None
    ]
    return [Block("value", units, ratio)]
