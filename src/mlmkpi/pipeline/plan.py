"""What a run computes: the KPIs asked for, their parameters in force, and what each lacks in this export."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import mlmkpi.kpis  # noqa: F401
from mlmkpi.books.ages import AGE_BANDS, lower_ages
from mlmkpi.books.attributes import missing
from mlmkpi.books.dimensions import LINES, Dimension, Dimensions, Side
from mlmkpi.books.export import Export
from mlmkpi.books.lineage import Teams
from mlmkpi.books.ranks import LADDER, ladder
from mlmkpi.books.rules import Base
from mlmkpi.errors import SettingsError, UsageError
from mlmkpi.facts.base import Fact
from mlmkpi.facts.splits import lacking
from mlmkpi.kpi import KPIS, Block, Family, Figure, Kpi, Part, Ratio, facts_of
from mlmkpi.parameters import check_names, parsed, shown
from mlmkpi.pipeline.plugins import UnfitError, figure_of, left_out, load_plugins, told
from mlmkpi.pipeline.teams import in_split
from mlmkpi.settings import FILE_NAME, Settings
from mlmkpi.spelling import nearest
from mlmkpi.tables import TABLES

TOP = ("volume", "refunds", "valid_status")
BANDS, CURVE = "age_bands", "cohort_curve"
DEFAULT = (
    "new_signups", "distributor_retention_rate", "active_distributor_rate", "churn_rate", "personal_sales_volume",
    "team_sales_volume", "average_order_value", "customer_to_distributor_ratio", "activity_rate",
    "event_participation_rate", "time_to_first_sale", "rank_advancement_rate", "team_growth_rate",
    "customer_retention_rate", "customer_lifetime_value", "net_promoter_score", "social_engagement_rate",
    "affiliate_click_through_rate", "lead_conversion_rate", "follower_growth_rate", "content_sharing_rate",
    "customer_interaction_rate", "social_sales_share", "distributor_age_distribution",
    "customer_geographic_distribution", "demographic_sales_trend", "market_penetration_rate",
    "segment_engagement_rate", "segment_activity_rate", "churn_terminated", "churn_lapsed", "intra_period_leavers",
    "repeat_purchase_rate", "event_reach", "prospect_to_customer_rate", "prospect_to_distributor_rate",
    "active_distributors", "active_customers", "sales_volume", "sales_per_active_distributor", "sponsor_rate",
    "retail_sales_share", "internal_consumption_share",
)
"""Shown when nothing is asked for: the field's KPIs and a few of the business's."""


@dataclass(frozen=True)
class Planned:
    """A KPI with its parameters in force; `lacks` says why it is null everywhere, None where it can be computed.

    `partly` says of single statistics why they are; `followed` whether the export tells what its windows wait for;
    `assumed` what people should hear of how the export was read.
    """

    kpi: Kpi
    figure: Figure
    definition: str
    lacks: str | None
    unsplit: str | None
    partly: Mapping[str, str]
    followed: bool = True
    assumed: str = ""

    @property
    def computed(self) -> bool:
        """Whether the export has what it takes, and the split asked for is possible."""
        return self.lacks is None and self.unsplit is None

    @cached_property
    def window(self) -> int:
        """How many days its rows are followed, where the export tells what they are followed for."""
        return longest_window(self.figure) if self.followed else 0


def longest_window(figure: Figure) -> int:
    """How many days a figure's rows are followed; 0 where it does not wait for anything."""
    return max((fact.window_days() for fact in facts_of(figure)), default=0)


def in_force(kpi: Kpi, settings: Settings) -> dict[str, Any]:
    """The parameters that the settings give a KPI; SettingsError for one that does not fit."""
    where = str(settings.path or FILE_NAME)
    return {
        name: parsed(name, settings.definitions[name], default, where) if name in settings.definitions else default
        for name, default in kpi.parameters.items()
    }


def chosen(names: Sequence[str | Kpi] | None) -> tuple[list[Kpi], bool]:
    """The KPIs asked for in report order, and whether it is the default set; UsageError for an unknown name.

    A definition that is not in the catalogue may stand among the names, and comes last.
    """
    if not names:
        return [kpi for name, kpi in KPIS.items() if name in DEFAULT], True
    wanted: set[str] = set()
    for name in names:
        if isinstance(name, Kpi):
            continue
        if name == "all":
            wanted |= set(KPIS)
        elif name in KPIS:
            wanted.add(name)
        elif name in list(Family):
            wanted |= {kpi.name for kpi in KPIS.values() if kpi.family == name}
        else:
            raise _unknown_kpi(name)
    further = [name for name in names if isinstance(name, Kpi)]
    return [*(kpi for name, kpi in KPIS.items() if name in wanted), *further], False


def the_one(name: str) -> Kpi:
    """A KPI by its name; UsageError for another word, that of a family too."""
    if not isinstance(name, str):
        raise UsageError(f"kpi is {name!r}", (("expected", "a KPI's name, such as 'churn_rate'"),))
    if name not in KPIS:
        raise _unknown_kpi(name, alone=True)
    return KPIS[name]


def _unknown_kpi(name: str, *, alone: bool = False) -> UsageError:
    several = () if alone else (*Family, "all")
    guess = nearest(name, [*KPIS, *several])
    what, meant = f"there is no KPI {name}", f"did you mean {guess}?"
    if bad := left_out():
        fix = f"mend the plugin, or {meant}" if guess else "mend the plugin"
        return UsageError(bad[0], (("so", what), *(("and", line) for line in bad[1:]), ("fix", fix)))
    others = "" if alone else f", a family ({', '.join(Family)}) or all"
    expected = f"a name that `mlmkpi kpis` lists{others}"
    return UsageError(what, (("expected", expected), *((("fix", meant),) if guess else ())))


def check_definitions(settings: Settings) -> list[str]:
    """Load the settings' plugins, and raise SettingsError for a setting under [definitions] that does not fit.

    Gives a line for people about each plugin and each KPI of one that is left out. While one is, a setting that no KPI
    has may be its own, and has a line too; else it is an error.
    """
    lines = load_plugins(settings)
    known = {BANDS, CURVE, *(name for kpi in KPIS.values() for name in kpi.parameters)}
    if lines:
        lines += [_unread(name, known) for name in settings.definitions if name not in known]
    else:
        check_names(settings.definitions, known, str(settings.path or FILE_NAME))
    bands = settings.definitions.get(BANDS, list(AGE_BANDS))
    lower_ages(list(map(str, bands if isinstance(bands, list) else [bands])))
    cohort_curve(settings)
    for kpi in KPIS.values():
        values = in_force(kpi, settings)
        if values.keys() & settings.definitions.keys():
            try:
                figure_under(kpi, values, settings)
            except UnfitError as error:
                lines.append(told(kpi.name, error))
    return lines


def _unread(name: str, known: Iterable[str]) -> str:
    guess = nearest(name, sorted(known))
    return f"plugin left out, and no KPI has {name} under [definitions]{f': did you mean {guess}?' if guess else ''}"


def cohort_curve(settings: Settings) -> Base:
    """What makes somebody still there in cohort curves; SettingsError where the settings say none of these."""
    said = settings.definitions.get(CURVE, Base.ACTIVE)
    return Base(parsed(CURVE, said, Base.ACTIVE, str(settings.path or FILE_NAME)))


def figure_under(kpi: Kpi, values: Mapping[str, Any], settings: Settings) -> Figure:
    """A KPI's figure under its parameters; SettingsError where one is of the right sort and yet none that it can be.

    UnfitError where a plugin's KPI fails.
    """
    try:
        return figure_of(kpi, values)
    except ValueError as error:
        what, _, expected = str(error).partition("; expected ")
        where = settings.path or FILE_NAME
        raise SettingsError(f"{where}: {what}", (("expected", expected),) if expected else ()) from None


def plan(
    kpis: Sequence[Kpi], export: Export, settings: Settings, dimensions: Dimensions, teams: Teams
) -> list[Planned]:
    """Each KPI with the settings' parameters, which have been checked."""
    return [_planned(kpi, export, settings, dimensions, teams) for kpi in kpis]


def _planned(kpi: Kpi, export: Export, settings: Settings, dimensions: Dimensions, teams: Teams) -> Planned:
    """A KPI as it stands in the export and the split."""
    values, ranks = in_force(kpi, settings), settings.rank_ladder
    stands = in_split(figure_under(kpi, values, settings), dimensions, teams, export)
    figure, facts = stands.figure, facts_of(stands.figure)
    assumed = [words for fact in facts if (words := fact.assumes(export))]
    return Planned(
        kpi, replace(figure, blocks=_blocks(figure, dimensions, export, ranks)),
        definition=f"{kpi.name}({', '.join(f'{name}={shown(value)}' for name, value in values.items())})",
        lacks=_lacks([need for fact in facts for need in fact.needs_in(export)], export, ranks),
        unsplit=_unsplit(facts, dimensions, export, ranks) or stands.whole,
        partly={**_partly(figure, export, ranks), **stands.partly},
        followed=all(fact.follows(export) for fact in facts),
        assumed="; ".join(dict.fromkeys([*assumed, *_overlaps(figure, dimensions), *_depths(figure, teams)])),
    )


def _overlaps(figure: Figure, dimensions: Dimensions) -> list[str]:
    """What is counted in each of several values of an attribute of orders, or of their lines."""
    main = [figure.numerator, figure.denominator] if isinstance(figure, Ratio) else [figure.of]
    counts = {measure.fact.unit for measure in main if measure is not None and measure.scale == 1}
    people, orders = bool(counts - {"order"}), "order" in counts
    by = [d.name for d in dimensions if d.side is Side.ORDER and (people or (orders and d.name in LINES))]
    return [f"who has several of {' and '.join(by)} is counted in each" if people else
            f"orders with several of {' and '.join(by)} are counted in each"] if by else []


def _depths(figure: Figure, teams: Teams) -> list[str]:
    """That the figure is of teams as deep as its own parameter says, where others of the run go down so far alone."""
    asked = [name for name in ("depth", "generation") if getattr(teams, name) is not None]
    own = figure.of.fact.of_leaders and asked
    return [f"how deep the team goes is said by team_depth, not by --{' and --'.join(asked)}"] if own else []


def _partly(figure: Figure, export: Export, ranks: Sequence[str]) -> dict[str, str]:
    if not isinstance(figure, Ratio):
        return {}
    parts = [Part("value", figure.numerator, needs=figure.needs)]
    parts += [part for part in figure.also if isinstance(part, Part)]
    found = {part.name: reason for part in parts if (reason := _lacks(part.needs, export, ranks)) is not None}
    for name, dimension in figure.herfindahl:
        if not all(fact.brings(dimension, export, ranks) for fact in facts_of(figure)):
            found[name] = lack(missing(export, Dimension(dimension), ranks) or dimension, export)
    return found


def _lacks(needs: Sequence[str], export: Export, ranks: Sequence[str]) -> str | None:
    for need in needs:
        known = bool(ladder(export, ranks)) if need == LADDER else export.has(need)
        if not known:
            return lack(need, export)
    return None


def lack(need: str, export: Export) -> str:
    """Why a figure is null: the table or the column that the export lacks, or a setting."""
    if "." not in need:
        return f"set {need}"
    choices = need.split("|")
    tables = list(dict.fromkeys(choice.partition(".")[0] for choice in choices))
    if not any(export.columns(table) for table in tables):
        return f"needs the {' or '.join(tables)} export"
    present = [c for c in choices if export.columns(c.partition(".")[0])]
    return f"needs {' or '.join(present)}"


def _unsplit(facts: Sequence[Fact], dimensions: Dimensions, export: Export, ranks: Sequence[str]) -> str | None:
    for dimension in dimensions:
        if not all(fact.carries_in(export, dimension) for fact in facts):
            return f"cannot be split by {dimension.asked}"
        for fact in facts:
            needed = lacking(fact, export, dimension, ranks)
            if needed is not None:
                table, _, column = needed.partition("|")[0].partition(".")
                known = table not in TABLES or column in TABLES[table].names
                return lack(needed, export) if known else f"cannot be split by {dimension.asked}"
    return None


def _blocks(figure: Figure, dimensions: Dimensions, export: Export, ranks: Sequence[str]) -> tuple[Block, ...]:
    """A figure's own splits that the export has, one of those that are the same beside what is asked for."""
    parted = figure.parted_by if isinstance(figure, Ratio) else frozenset()
    asked = {dimension.name for dimension in dimensions} - parted
    facts = facts_of(figure)
    kept = [b for b in figure.blocks if all(fact.brings(name, export, ranks) for name in b for fact in facts)]
    return tuple({frozenset(asked.union(block)): block for block in kept}.values())


def settings_in_force(settings: Settings, planned: Sequence[Planned]) -> Mapping[str, object]:
    """What decided the figures, for a file's metadata: the settings, and the parameters of the KPIs."""
    return {
        **settings.model_dump(mode="json", exclude_none=True, exclude_defaults=True),
        "definitions_in_force": [one.definition for one in planned],
    }
