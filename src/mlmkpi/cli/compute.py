"""`mlmkpi compute`: the KPIs of an export folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer

from mlmkpi import __version__
from mlmkpi.cli.catalogue import names
from mlmkpi.cli.options import (
    AsOf,
    BadRows,
    By,
    Config,
    Engine,
    Exports,
    Form,
    Output,
    Where,
    again,
    filters,
    first_day,
    last_day,
    listed,
)
from mlmkpi.cli.writing import format_of, opened, page, write

if TYPE_CHECKING:
    from mlmkpi import Result
    from mlmkpi.kpi import Kpi

TEAM = "team"
EXAMPLES = """\
mlmkpi compute exports/
mlmkpi compute exports/ --kpi churn_rate,new_signups --every quarter
mlmkpi compute exports/ --by market --where market=US,DE --output kpis.csv
mlmkpi compute exports/ --by team --kpi team_sales_volume --top 10
mlmkpi compute exports/ --by team --min-team 10 --output teams.parquet
mlmkpi compute exports/ --kpi recruiting --from 2026-01 --format json
"""

Kpis = Annotated[
    list[str] | None,
    typer.Option(
        metavar="NAME", help="A KPI, a family, or all; repeats or takes commas. Without it the default set.",
        autocompletion=names,
    ),
]
First = Annotated[
    date | None,
    typer.Option(
        "--from", parser=first_day, metavar="DAY", help="The first period is the one of this day; 2026-10 will do."
    ),
]
Last = Annotated[
    date | None,
    typer.Option(
        "--to", parser=last_day, metavar="DAY", help="The last period is the one of this day; 2026-Q3 will do."
    ),
]
Team = Annotated[
    list[str] | None,
    typer.Option(metavar="ID", help="The team of this leader, with everybody below; repeats or takes commas."),
]
Depth = Annotated[
    int | None, typer.Option(metavar="N", help="With --team: only so many generations below the leader.")
]
Generation = Annotated[
    int | None, typer.Option(metavar="N", help="With --team: that generation alone; 1 is the frontline.")
]
MinTeam = Annotated[
    int, typer.Option(min=1, metavar="N", help="With --by team: only leaders with so many people below, at any depth.")
]
Count = Annotated[
    int | None,
    typer.Option("--last", min=1, metavar="N", help="How many periods at most, the last ones (13; with --from all)."),
]


def compute(
    exports: Exports = ".",
    kpi: Kpis = None,
    every: Annotated[
        Literal["day", "week", "month", "quarter", "year", "period"],
        typer.Option(help="How long a period is; period: the company's own, from its periods table."),
    ] = "month",
    first: First = None,
    last: Last = None,
    count: Count = None,
    as_of: AsOf = None,
    by: By = None,
    where: Where = None,
    team: Team = None,
    tree: Annotated[
        Literal["sponsor", "enroller"], typer.Option(help="Which tree teams are: who sponsors or who enrolled whom.")
    ] = "sponsor",
    depth: Depth = None,
    generation: Generation = None,
    min_team: MinTeam = 1,
    top: Annotated[int, typer.Option(min=1, metavar="N", help="How many segments a table shows.")] = 20,
    sort: Annotated[
        Literal["size", "value", "change"], typer.Option(help="Which of them first: the largest, highest, most risen.")
    ] = "size",
    compare: Annotated[
        Literal["year"] | None, typer.Option(help="Put every figure beside that of a year before.")
    ] = None,
    bad_rows: BadRows = "stop",
    config: Config = None,
    engine: Engine = None,
    explain_plan: Annotated[
        bool, typer.Option("--explain-plan", help="On Spark: print the plan of every step instead of the KPIs.")
    ] = False,
    form: Form = None,
    output: Output = None,
) -> None:
    """Compute KPIs from exports.

    The table, for people, shows the last period that ended, its change, its 95 % interval and the periods before it.
    The other formats have every period.
    """
    chosen, segments, named = format_of(form, output), filters(where), again(exports, config)
    if teams := listed("--team", team):
        segments.setdefault(TEAM, []).extend(teams)
    from mlmkpi import compute as run
    from mlmkpi.cli.progress import Progress
    from mlmkpi.report import stream
    from mlmkpi.report.render import FOR_PEOPLE, render

    asked: dict[str, Any] = {
        "kpis": listed("--kpi", kpi) or None, "every": every, "by": tuple(listed("--by", by)),
        "where": segments or None, "first": first, "last": last, "count": count, "as_of": as_of,
        "compare_year": compare == "year", "bad_rows": bad_rows, "tree": tree, "depth": depth,
        "generation": generation, "min_team": min_team, "config": config, "engine": engine,
    }

    def result(**more: Any) -> Result:
        with Progress() as progress:
            return run(exports, **asked, progress=progress, **more)

    if explain_plan:
        from mlmkpi.pipeline.explain_plan import explain_plan as plan

        with Progress() as progress:
            text = plan(exports, **asked, progress=progress)
        write(f"{text}\n".encode(), output)
        return
    if chosen in stream.FORMATS and TEAM not in segments and _written_as_made(asked["by"]):
        with opened(output) as out, stream.Behind(chosen, out, __version__) as rows:
            found = result(write=rows.write, anew=rows.anew)
            rows.close(found.settings)
    else:
        found = result()
        write(render(found, definitions(found), chosen, page(named, output, top=top, sort=sort)), output)
    _say(found, named, counted=chosen in FOR_PEOPLE)


def definitions(result: Result) -> Mapping[str, Kpi]:
    """The KPIs of a run in report order, those that were left out too."""
    import mlmkpi.kpis  # noqa: F401
    from mlmkpi.kpi import KPIS

    names = {*result.frame["kpi"].unique(), *result.left_out}
    return {name: kpi for name, kpi in KPIS.items() if name in names}


def _say(result: Result, exports: str, *, counted: bool) -> None:
    """What was found, assumed and left out; `counted`: the output itself says how many were left out."""
    from mlmkpi.cli import messages

    messages.amiss(result.warnings, exports)
    for text in result.hints:
        messages.hint(text)
    if result.left_out and not counted:
        lost = len(result.left_out)
        messages.hint(f"{lost} KPI{'s' * (lost > 1)} left out · mlmkpi kpis {exports} --missing")


def _written_as_made(by: Sequence[str]) -> bool:
    """Whether rows are not held: a split by people or ids may have a segment for every person, customer or order."""
    return any(name in (TEAM, "distributor") or name.endswith("_id") for name in by)
