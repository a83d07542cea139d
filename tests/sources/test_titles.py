"""Titles above the headers: told with the line that the headers are on, whatever the delimiter, and never guessed."""

from __future__ import annotations

import pytest

from mlmkpi.errors import DataError
from mlmkpi.sources.titles import headers_below
from mlmkpi.tables import TABLES
from mlmkpi.validate import validate
from sources.folder import Folder

KNOWN = "order_id,ordered_on,amount\n1,2026-10-01,5\n2,2026-10-02,7\n"
FOREIGN = "Order No,Order Date,Total\n1,2026-10-01,5\n2,2026-10-02,7\n"
SHORT = "Order No;Rep Name;Note\n1;Ann;\n2;Bob;\n"


def told(exports: Folder, text: str, **settings: dict[str, dict[str, str]]) -> str:
    exports.put("orders.csv", text)
    with pytest.raises(DataError) as caught:
        exports.source(settings=settings).scan(["order_id"])
    return str(caught.value)


@pytest.mark.parametrize(("above", "line"), [
    ("Orders\n", 2), ("Orders\nExported 2026-10-31\n\n", 4), ("Orders,,\n,,\n", 3), ('"Orders, all"\n', 2),
    ("# by hand\nOrders\n\n", 4), ("All orders, October\n", 2), ("Orders\n" + "\n" * 18, 20),
])
def test_a_title_is_told_with_the_line_of_the_headers(exports: Folder, above: str, line: int) -> None:
    title = 2 if above.startswith("#") else 1
    for text in (KNOWN, FOREIGN, KNOWN.replace(",", ";"), FOREIGN.replace(",", "\t")):
        assert told(exports, above + text) == (
            f"orders.csv: line {title} looks like a title, and line {line} like the headers\n"
            "  expected  nothing above the headers but blank lines and lines that begin with '# '\n"
            f"  fix       remove what stands above line {line}"
        )


def test_headers_that_the_settings_name_are_found_below_a_title_too(exports: Folder) -> None:
    columns = {"orders": {"order_id": "Order No", "ordered_on": "Order Date", "amount": "Total"}}
    assert "line 2 like the headers" in told(exports, "Orders\n" + FOREIGN, columns=columns)


def test_a_record_below_headers_may_end_in_empty_cells(exports: Folder) -> None:
    assert "line 3 like the headers" in told(exports, "Orders\n\n" + SHORT)


@pytest.mark.parametrize("text", [
    FOREIGN,  # a header of names that are not known
    "Orders\n1,2026-10-01,5\n2,2026-10-02,7\n",  # a title and no headers
    "Orders\nAnn,Ann,Bob\n1,2,3\n",  # a name twice
    "Orders\nAnn,,Bob,Cem\n1,2,3,4\n",  # a gap
    "Orders\nann@x.org,Ann,Lee\nbob@x.org,Bob,Ray\n",  # people
    "Orders\n" + "\n" * 19 + KNOWN,  # too far below
])
def test_what_is_no_headers_is_not_told_as_such(exports: Folder, text: str) -> None:
    assert told(exports, text).startswith("orders.csv has no column for order_id\n")


def test_a_record_where_the_headers_should_be_is_no_title(exports: Folder) -> None:
    assert told(exports, "2026-10-01,5\n" + FOREIGN).startswith("orders.csv has no header\n")


@pytest.mark.parametrize("text", [
    "order_id,ordered_on,amount\n" + KNOWN,  # the headers again
    "amount,Order Date\n" + KNOWN,  # one of them at least
])
def test_a_line_that_names_a_column_is_no_title(text: str) -> None:
    assert headers_below(text.splitlines(keepends=True), 0, TABLES["orders"], [",", ";"]) is None


def test_validate_says_it_once(exports: Folder) -> None:
    exports.put("orders.csv", "Orders\n" + KNOWN)
    [found] = validate(exports.path)
    assert (found.rule, found.severity) == ("unreadable-column", "error")
    assert found.message.startswith("orders.csv: line 1 looks like a title, and line 2 like the headers\n")
