"""The company's books, laid out once for a run: orders, cells, histories and people that several facts read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import narwhals as nw

from mlmkpi.books.ages import AGE_BANDS
from mlmkpi.books.days import Days
from mlmkpi.books.dimensions import Dimension, Dimensions, Side
from mlmkpi.books.export import Export
from mlmkpi.books.history import history_sums, timeline
from mlmkpi.books.ledger import Ledger
from mlmkpi.books.lineage import Lineage, Teams, lineage_of
from mlmkpi.books.memo import Memo
from mlmkpi.books.reading import LACKING, Reading, near
from mlmkpi.books.roster import DAYS, FAR, Roster, on_books
from mlmkpi.books.rules import OrderRules
from mlmkpi.books.spans import Schedule
from mlmkpi.books.wanted import Reader, Wanted, cell_parts
from mlmkpi.engines import PERSON, Frame

ONCE = ("order", "original", *LACKING)
"""Columns of the typed rows that are looked at once."""


class Books(Days):
    """Holds what facts share. Facts say what they want (`want`) before `build` reads the orders once."""

    def __init__(
        self, export: Export, schedule: Schedule, data_start: int | None, facts: Iterable[Reader], *,
        ladder: Sequence[str] = (), age_bands: Sequence[str] = AGE_BANDS, teams: Teams | None = None,
        lineage: Lineage | None = None, roster: Roster | None = None, with_people: bool = True,
    ) -> None:
        facts = list(facts)
        self.asks = dict.fromkeys(ask for fact in facts for span in schedule.spans for ask in fact.asks(span))
        last = schedule.as_of if data_start is None else data_start
        super().__init__(export.engine, schedule, timeline(export.engine, schedule, self.asks, last))
        self.export = export
        self.data_start = data_start
        self.ladder = tuple(ladder)
        self.age_bands = age_bands
        self.teams = teams or Teams()
        self.remarks: dict[tuple[Reader, int], str] = {}
        self.unknown: dict[tuple[Reader, int], str] = {}
        self.models: Memo[Any] = Memo()
        self.leaders: Memo[Any] = Memo()
        self.with_people = with_people
        self._rules = sorted({fact.rules for fact in facts if hasattr(fact, "rules")}, key=OrderRules.open_choices)
        self._near = all(fact.is_near for fact in facts)
        self._on_rows = {self.serving(fact.rules) for fact in facts if fact.on_order_rows and hasattr(fact, "rules")}
        self.roster = roster or Roster(export, schedule.as_of)
        self.wanted: dict[OrderRules, Wanted] = {}
        self.of_lines: set[str] = set()
        self.split_by: dict[Reader, set[Dimension]] = {}
        self.wanted_of: dict[Side, set[str]] = {}
        self._reading = Reading(export)
        self.lacking = self._reading.lacking
        self._lineage: Memo[Lineage] = Memo({} if lineage is None else {self.teams.kind: lineage})

    def split_all(self, fact: Reader, dimensions: Dimensions) -> Dimensions:
        """A fact's dimensions with all of its own by which the run splits its rows, so that these are made once."""
        own = {dimension for dimension in dimensions if dimension.own} | self.split_by.get(fact, set())
        return (*(dimension for dimension in dimensions if not dimension.own), *sorted(own))

    # ---- orders, cells -----------------------------------------------------------------------------------------

    def want(self, rules: OrderRules) -> Wanted:
        """Where a fact says what it wants of the orders under these rules, or under others that serve as well."""
        return self.wanted.setdefault(self.serving(rules), Wanted())

    def serving(self, rules: OrderRules) -> OrderRules:
        """The run's rules that serve a figure and say the most, so that the orders are read once; else its own."""
        return next((known for known in self._rules if rules.fits(known)), rules)

    def orders(self, rules: OrderRules) -> Frame:
        """Sales and returns: `cell`, `day`, `seller`, `buyer`, `amount`, `volume`, `sale`, `own`, the extra columns."""
        rules = self.serving(rules)
        return self.once(("orders", rules), lambda: self._read_orders(rules))

    def _read_orders(self, rules: OrderRules) -> Frame:
        ledger, typed, mixed = self._ledger(rules), self._typed(rules), self._mixed(rules)
        owned = self._owned(rules, mixed)
        back = self.engine.materialise(ledger.tied_returns(typed, owned)) if ledger.tied else None
        slim = self.engine.keep(typed, [n for n in typed.collect_schema().names() if n not in ONCE])
        plain = ledger.plain(typed if ledger.tied else slim, owned)
        self._memo.found["typed", rules] = slim
        rows = plain if back is None else self.engine.concat([plain, back])
        return self.engine.materialise(rows) if mixed else rows

    def _mixed(self, rules: OrderRules) -> bool:
        """Whether buyers may be distributors, so that each is looked up: once, as there are as many as orders."""
        if "customer_id" not in self._ledger(rules).columns or not self.roster.exists:
            return False
        return not self.engine.apart(self._typed(rules), "buyer", self.people(), "person")

    def order_rows(self, rules: OrderRules) -> Frame:
        """Every row of the orders, of what kind it is: `day`, `sale`, `returned`, `goods`, the extra columns."""
        return self._typed(self.serving(rules))

    def _ledger(self, rules: OrderRules) -> Ledger:
        extras = self.wanted.get(rules, Wanted()).extras
        return Ledger(self.export, rules, self.schedule.as_of, extras, with_people=self.with_people)

    def _typed(self, rules: OrderRules) -> Frame:
        """Every row of the orders, each order once."""
        return self.once(("typed", rules), lambda: self._read_typed(rules))

    def _read_typed(self, rules: OrderRules) -> Frame:
        ledger = self._ledger(rules)
        if len(self.wanted) > 1:
            return self.engine.materialise(self._celled(ledger, self._untyped()))
        return self._reading.typed(ledger, lambda rows: self._celled(ledger, rows))

    def _untyped(self) -> Frame:
        """The orders' columns that several sets of rules read; of the days near the periods where that will do."""
        return self.once(("untyped",), self._read_untyped)

    def _read_untyped(self) -> Frame:
        rows = self._reading.untyped([self._ledger(rules) for rules in self.wanted])
        return near(self.engine, rows, self.schedule, self._undated_leavers()) if self._near else rows

    def _celled(self, ledger: Ledger, rows: Frame) -> Frame:
        """The typed rows with their `cell`, null for days that the run does not see."""
        return self.engine.look_up(ledger.typed(rows), "day", self.days.select(nw.col("day").alias(PERSON), "cell"))

    def _owned(self, rules: OrderRules, mixed: bool) -> Callable[[Frame], Frame]:
        """How rows get `own`: the buyer is the seller or any distributor on the books that day, and then null."""
        if "customer_id" not in self._ledger(rules).columns:
            return lambda rows: rows.with_columns(nw.lit(False).alias("own"))
        plain = nw.col("buyer").is_null() & ~nw.col("seller").is_null()
        if not mixed:
            return lambda rows: rows.with_columns(plain.alias("own"))
        books = self.people().select("person", *DAYS)

        def joined(rows: Frame) -> Frame:
            kept = rows.collect_schema().names()
            both = rows.join(books, left_on="buyer", right_on="person", how="left")
            both = both.with_columns((plain | on_books(nw.col("day")).fill_null(False)).alias("own"))
            buyer = nw.when(~nw.col("own")).then(nw.col("buyer")).alias("buyer")
            return both.with_columns(buyer).select(*kept, "own")

        return joined

    def cells(self, rules: OrderRules, unit: str) -> Frame:
        """One row a unit, cell and order dimension: `unit`, `cell`, and the sums that were wanted."""
        rules = self.serving(rules)
        return self.once(("cells", rules, unit), lambda: self._read_cells(rules, unit))

    def _read_cells(self, rules: OrderRules, unit: str) -> Frame:
        wanted = self.want(rules)
        names = sorted(wanted.cells[unit])
        orders = self.orders(rules).filter(~nw.col(unit).is_null())
        dimensions = sorted(wanted.dimensions[unit])
        parts = cell_parts(self.engine)
        frame = orders.select(unit, "cell", *dimensions, *(parts[name][0].alias(name) for name in names))
        sums = [getattr(nw.col(name), parts[name][1])() for name in names]
        grouped = self.engine.group(frame, unit, {"cell": len(self.timeline.cells)}, dimensions, sums)
        return self.engine.materialise(grouped.rename({unit: "unit"}))

    def build(self) -> None:
        """Read the orders, lay out every cell that was wanted, and let go of what is no longer needed."""
        for rules, wanted in self.wanted.items():
            self.orders(rules)
            for unit, columns in wanted.cells.items():
                if columns:
                    self.cells(rules, unit)
            if rules not in self._on_rows:
                self._release("orders", rules)
                self._release("typed", rules)
        if self.wanted and self.roster.exists and self.with_people:
            self.people()
        self._release("untyped")

    def release_orders(self) -> None:
        """Let the order rows go once their sums are taken."""
        self._release("orders")
        self._release("typed")

    def close(self) -> None:
        """Let everything go."""
        for frame in self._memo.found.values():
            self.engine.release(frame)
        self._memo.found.clear()

    def _release(self, *kind: Any) -> None:
        for key in [key for key in self._memo.found if isinstance(key, tuple) and key[: len(kind)] == kind]:
            self.engine.release(self._memo.found.pop(key))

    # ---- histories ---------------------------------------------------------------------------------------------

    def sale_history(self, rules: OrderRules, unit: str, columns: tuple[str, ...] = ()) -> Frame:
        """One row a unit with orders: `unit`, `sale_0` …, `twice_0` … (where asked), `latest_<day>` (where wanted: the
        seller of a buyer's latest sale by then).

        With `columns` of the orders, one row a unit and their values, without latest sellers.
        """
        rules = self.serving(rules)
        return self.once(("history", rules, unit, columns), lambda: self._read_history(rules, unit, columns))

    def _read_history(self, rules: OrderRules, unit: str, columns: tuple[str, ...]) -> Frame:
        wanted, line = self.want(rules).cells[unit], self.timeline
        latest = [] if columns or unit == "seller" else sorted(self.want(rules).latest)
        bits = [f"bit_{w}" for w in range(line.words)]
        days = self.days.select(nw.col("day").alias("last_sale"), *bits)
        frame = self.cells(rules, unit).join(days, on="last_sale", how="left").with_columns(
            *(nw.col(f"bit_{w}").fill_null(0).alias(f"sale_{w}") for w in range(line.words))
        )
        names = ["sale"]
        if "first_sale" in wanted and any(ask.whole and ask.track.unit == unit for ask in self.asks):
            many = (nw.col("first_sale") < nw.col("last_sale")).fill_null(False)
            none = nw.lit(0, dtype=nw.Int64)
            frame = frame.with_columns(
                nw.when(many).then(nw.col(f"sale_{w}")).otherwise(none).alias(f"twice_{w}") for w in range(line.words)
            )
            names.append("twice")
        words = [f"{name}_{w}" for name in names for w in range(line.words)]
        return self.engine.materialise(self.engine.histories(frame, columns, words, self._seen_by(latest)))

    def latest_sellers(self, rules: OrderRules, units: Frame, days: Iterable[int]) -> Frame:
        """One row a buyer with orders among these (`unit`): the seller of the latest sale by each day, `latest_<day>`.

        Who asks for them wants `latest` of the buyers' cells.
        """
        cells = self.cells(rules, "buyer").join(units.select("unit"), on="unit", how="semi")
        return self.engine.histories(cells, (), [], self._seen_by(days))

    def _seen_by(self, days: Iterable[int]) -> dict[str, int]:
        """How many of the first cells are seen by each day, by the names of latest sellers then."""
        return {f"latest_{day}": len(self.timeline.cells_of(self.timeline.low, day)) for day in days}

    def recruits(self) -> Frame:
        """One row a new person whom another enrolled: `unit` (the enroller), `day`, `recruit`."""
        return self.once("recruits", self._read_recruits)

    def _read_recruits(self) -> Frame:
        enrollers = self.roster.enrollers()
        recruit, day = nw.col("person").alias("recruit"), nw.col("enrolled").alias("day")
        if enrollers is None:
            nobody = self.roster.firsts().head(0)
            return nobody.select(nw.col("person").alias("unit"), day, recruit)
        rows = enrollers.filter(nw.col("enroller") != nw.col("person"))
        return self.engine.materialise(rows.select(nw.col("enroller").alias("unit"), day, recruit))

    def event_history(self, name: str, events: Frame) -> Frame:
        """Histories of events (`unit`, `day`) as `{name}_0` …, one row a unit."""
        bits = [f"bit_{w}" for w in range(self.timeline.words)]
        rows = events.join(self.days.select("day", *bits), on="day", how="inner").select("unit", *bits).unique()
        renamed = rows.rename({bit: f"{name}_{bit[4:]}" for bit in bits})
        return self.engine.group(renamed, "unit", {}, [], history_sums(self.timeline, [name]))

    # ---- people ------------------------------------------------------------------------------------------------

    def people(self) -> Frame:
        """One row a person ever enrolled: `person`, `enrolled`, `terminated`, `returned_on` (far days for never)."""
        return self.once("people", lambda: self.engine.materialise(self.roster.people(self._undated_last_sales())))

    def _undated_last_sales(self) -> Frame | None:
        """The last sale of those marked terminated without a date, who left the day after it; None without any."""
        leavers = self._undated_leavers()
        if leavers is None:
            return None
        if "distributor_id" not in self.export.columns("orders"):
            return leavers.with_columns(nw.lit(0, dtype=nw.Int32).alias("last_sale"))
        typed = self._typed(next(iter(self.wanted), OrderRules()))
        sales = typed.filter(nw.col("sale") & (nw.col("day") <= self.schedule.as_of))
        sales = sales.join(leavers, left_on="seller", right_on="person", how="semi")
        last = sales.group_by("seller").agg(nw.col("day").max().alias("last_sale"))
        joined = leavers.join(last, left_on="person", right_on="seller", how="left")
        return joined.select("person", nw.col("last_sale").fill_null(0))

    def _undated_leavers(self) -> Frame | None:
        """`person` of those marked terminated without a date; None without any."""
        if not self.roster.marked_terminated:
            return None
        leavers = self.once("leavers", lambda: self.engine.materialise(self.roster.undated_leavers()))
        return leavers if self.engine.collect(leavers.select(nw.len().alias("n")))["n"][0] else None

    def lineage(self) -> Lineage:
        """The tree of the run's teams; LoopError where somebody stands above themselves."""
        kind = self.teams.kind
        return self._lineage.once(kind, lambda: lineage_of(self.engine, self.roster, kind))

    @property
    def without_orders(self) -> bool:
        """Whether the orders were read and there are none."""
        return self._reading.empty

    def unknown_sellers(self) -> int:
        """How many people with sales the roster does not know; 0 where no figure has looked at people."""
        for key, frame in self._memo.found.items():
            names = frame.collect_schema().names() if isinstance(key, tuple) and key[0] == "wide" else []
            sold = [nw.col(name) > 0 for name in names if name.startswith("sale_")]
            if sold:
                unknown = frame.filter((nw.col("enrolled") == FAR) & nw.any_horizontal(*sold, ignore_nulls=True))
                return int(self.engine.collect(unknown.select(nw.len().alias("n")))["n"][0])
        return 0
