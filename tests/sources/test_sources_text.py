"""Text files: encodings, delimiters, quotes, packing, ragged and damaged ones."""

from __future__ import annotations

import gzip
import os
import tempfile
from pathlib import Path

import polars as pl
import pyarrow as pa
import pytest

from mlmkpi.errors import DataError
from mlmkpi.settings import Settings
from mlmkpi.sources import Example, Finding, open_exports
from sources.folder import Folder

TEXT = "order_id,ordered_on,amount,channel\n01,2026-10-01,5.5,café\n02,2026-10-02,7,Łódź\n"
LATIN = TEXT.replace("Łódź", "über")
READ = [("01", 55_000, "café"), ("02", 70_000, "Łódź")]
READ_LATIN = [READ[0], ("02", 70_000, "über")]


def rows(exports: Folder, settings: dict[str, object] | None = None) -> list[tuple[object, ...]]:
    return exports.source(settings=settings).scan(["order_id", "amount", "channel"]).collect().rows()


def refused(exports: Folder, settings: dict[str, object] | None = None) -> str:
    with pytest.raises(DataError) as caught:
        exports.source(settings=settings).refuse_bad(["order_id", "amount", "channel"])
    return str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
def test_unicode_encodings_are_recognised(exports: Folder, encoding: str, ends: str) -> None:
    exports.put("orders.csv", TEXT.replace("\n", ends).encode(encoding))
    assert rows(exports) == READ


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf16_can_be_set_whatever_its_byte_order(exports: Folder, encoding: str) -> None:
    exports.put("orders.csv", TEXT.encode(encoding))
    assert rows(exports, {"input": {"encoding": "utf-16"}}) == READ


def test_text_that_is_set_to_be_utf16_and_is_none_is_refused(exports: Folder) -> None:
    exports.put("orders.csv", TEXT.encode())
    assert refused(exports, {"input": {"encoding": "utf-16"}}) == (
        "orders.csv is not utf-16 throughout\n"
        "  got  bytes that utf-16 does not have\n"
        "  fix  set its encoding in mlmkpi.toml:\n"
        '         [input."orders.csv"]\n'
        '         encoding = "cp1252"   or "utf-8"'
    )


def test_cp1252_is_recognised_and_can_be_set(exports: Folder) -> None:
    exports.put("orders.csv", LATIN.encode("cp1252"))
    assert rows(exports) == rows(exports, {"input": {"encoding": "cp1252"}}) == READ_LATIN


def test_cp1252_far_down_the_file_is_recognised(exports: Folder) -> None:
    plain = "".join(f"{n},2026-10-01,5,web\n" for n in range(20_000))
    text = f"order_id,ordered_on,amount,channel\n{plain}x,2026-10-01,5,café\n"
    exports.put("orders.csv", text.encode("cp1252"))
    assert rows(exports)[-1] == ("x", 50_000, "café")


@pytest.mark.parametrize("text", [TEXT, LATIN])
def test_a_file_in_two_encodings_is_refused(exports: Folder, text: str) -> None:
    exports.put("orders.csv", text.encode() + "03,2026-10-01,5,é\n".encode("cp1252"))
    assert refused(exports) == (
        "orders.csv is partly UTF-8 and partly not\n"
        "  expected  one encoding throughout\n"
        "  fix       export it again as UTF-8, or set in mlmkpi.toml:\n"
        '              [input."orders.csv"]\n'
        '              encoding = "cp1252"'
    )


def test_a_file_that_is_not_in_the_encoding_that_is_set(exports: Folder) -> None:
    exports.put("orders.csv", LATIN.encode("cp1252"))
    assert refused(exports, {"input": {"encoding": "utf-8"}}) == (
        "orders.csv is not utf-8 throughout\n"
        "  got  bytes that utf-8 does not have\n"
        "  fix  set its encoding in mlmkpi.toml:\n"
        '         [input."orders.csv"]\n'
        '         encoding = "cp1252"   or "utf-16"'
    )


@pytest.mark.parametrize(
    ("name", "mark"), [("orders.csv", ","), ("orders.csv", ";"), ("orders.tsv", "\t"), ("orders.txt", "|")]
)
def test_delimiters_are_recognised(exports: Folder, name: str, mark: str) -> None:
    exports.put(name, TEXT.replace(",", mark).replace(f"{mark}5.5{mark}", f"{mark}5.50{mark}"))
    assert rows(exports, {"input": {"decimal": "."}}) == READ


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize("sign", ["\r", "\x0c", "\x85", "\u2028"])
def test_lines_end_at_a_line_feed_alone(exports: Folder, sign: str, ends: str) -> None:
    """In a comment, and in a cell: the second order's channel is made of two words then."""
    text = f"# Report{sign}of orders\n{TEXT}".replace("Łódź", f"Łó{sign}dź").replace("\n", ends)
    exports.put("orders.csv", text.encode())
    assert rows(exports) == [READ[0], ("02", 70_000, f"Łó{sign}dź")]


def test_short_records_are_told_beside_a_carriage_return(exports: Folder) -> None:
    text = 'order_id,ordered_on,amount,channel\n1,2026-10-01,5.5,"a\nb"\n2,2026-10-01,5.5,a\rb\n3,2026-10-01,5.5\n'
    exports.put("orders.csv", text)
    assert refused(exports).startswith("orders.csv row 3: not as many cells as the header has")


@pytest.mark.parametrize("opened", [
    '"order_id,ordered_on,amount,name\n', 'order_id,ordered_on,"amount,name\n1,2026-10-01,5.5,"Doe, Jane"\n',
])
def test_a_quote_that_the_header_leaves_open_is_refused_and_what_follows_not_shown(
    exports: Folder, opened: str
) -> None:
    exports.put("orders.csv", opened + "2,2026-10-02,7,Jane Doe\n" * 3)
    assert refused(exports) == (
        "orders.csv header: a quote is opened and not closed\n"
        "  expected  a closing quote before the next delimiter\n  fix       correct the header"
    )


def test_a_quote_that_runs_on_for_long_is_told_with_its_row(exports: Folder) -> None:
    text = TEXT + '03,2026-10-03,7,"open\n' + "04,2026-10-04,7,x\n" * 20_000
    exports.put("orders.csv", text)
    assert refused(exports).startswith("orders.csv row 3: a quote is opened and not closed\n")


def test_a_header_that_can_be_cut_in_two_ways_is_refused(exports: Folder) -> None:
    exports.put("orders.csv", "order_id,a;ordered_on\n1,2;3\n")
    assert refused(exports) == (
        "orders.csv can be cut at ',' or ';'\n"
        "  got  order_id,a;ordered_on\n"
        '  fix  set in mlmkpi.toml:   [input."orders.csv"]\n'
        '                             delimiter = ","'
    )


@pytest.mark.parametrize("suffix", ["gz", "zst"])
def test_packed_files(exports: Folder, suffix: str) -> None:
    frame = pl.DataFrame({"order_id": ["01", "02"], "ordered_on": ["2026-10-01"] * 2, "amount": ["5.5", "7"],
                          "channel": ["café", "Łódź"]})  # fmt: skip
    if suffix == "gz":
        exports.put("orders.csv.gz", gzip.compress(TEXT.encode()))
    else:
        frame.lazy().sink_csv(exports.path / "orders.csv.zst", compression="zstd")
    assert rows(exports) == READ


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_a_zst_file_in_another_encoding_is_told_to_be_unpacked(exports: Folder, encoding: str) -> None:
    text = "order_id,ordered_on,amount,channel\n01,2026-10-01,5.5,café\n"
    exports.put("orders.csv.zst", pa.Codec("zstd").compress(text.encode(encoding), asbytes=True))
    assert refused(exports) == (
        "orders.csv.zst is not UTF-8\n  fix  unpack it first: other encodings are read from plain and .gz files"
    )


@pytest.mark.parametrize("left", [60, 12, 3])
def test_a_gzip_that_is_cut_short(exports: Folder, left: int) -> None:
    exports.put("orders.csv.gz", gzip.compress(TEXT.encode())[:left])
    assert refused(exports).split("\n")[0::2] == [
        "orders.csv.gz is damaged or cut short", "  expected  a file that unpacks to its end",
    ]  # fmt: skip


def test_a_long_gzip_that_is_cut_near_its_end(exports: Folder) -> None:
    long = "order_id,ordered_on,amount\n" + "".join(f"{os.urandom(8).hex()},2026-10-01,{n}\n" for n in range(60_000))
    exports.put("orders.csv.gz", gzip.compress(long.encode())[:-1000])
    assert refused(exports).split("\n")[0] == "orders.csv.gz is damaged or cut short"


def test_quoted_newlines_delimiters_and_quotes(exports: Folder) -> None:
    exports.put("orders.csv", 'order_id,ordered_on,amount,channel\n1,2026-10-01,5,"a\nb, ""c"""\n2,2026-10-01,6,d\n')
    assert rows(exports) == [("1", 50_000, 'a\nb, "c"'), ("2", 60_000, "d")]


def test_a_quote_that_is_never_closed(exports: Folder) -> None:
    exports.put("orders.csv", 'order_id,ordered_on,amount\n1,2026-10-01,5\n2,2026-10-01,"6\n3,2026-10-01,7\n')
    assert refused(exports) == (
        "orders.csv row 2: a quote is opened and not closed\n"
        "  expected  a closing quote before the next delimiter\n"
        "  fix       correct the row"
    )


@pytest.mark.parametrize("row", [
    "2,2026-10-01", "2,2026-10-01,6,b,extra", '2,2026-10-01,"6\n"', "2,2026-10-01,6,b,,extra", '2,2026-10-01,6,b,,,"x"',
    '2,2026-10-01,"6\n",b,,extra',
])
def test_ragged_rows_are_bad_and_refused(exports: Folder, row: str) -> None:
    exports.put("orders.csv", f"order_id,ordered_on,amount,channel\n1,2026-10-01,5,\n{row}\n3,2026-10-01,7,c\n")
    source = exports.source()
    scanned = source.scan(["order_id"], rows=True).collect()
    assert scanned.select("order_id", "_bad", "_file", "_row").rows() == [
        ("1", False, 0, 1), ("2", True, 0, 2), ("3", False, 0, 3),
    ]  # fmt: skip
    assert refused(exports) == (
        "orders.csv row 2: not as many cells as the header has\n"
        "  expected  4 cells, cut at ','\n"
        "  fix       correct the row (a text that holds the delimiter stands in quotes)\n"
        "            or leave such rows out: --bad-rows skip"
    )
    assert source.findings(["order_id"]) == [
        Finding("orders", None, "ragged-row", "error", 1, 3, (Example("orders.csv", 2, None, None),),
                "the row has more or fewer cells than the header\n"
                "  fix  correct the row (a text that holds the delimiter stands in quotes)")
    ]  # fmt: skip


@pytest.mark.parametrize("row", ["1,2026-10-01,5,a,b,c", "1,2026-10-01,5,a,,b,c"])
def test_a_first_row_with_several_cells_too_many_is_ragged(exports: Folder, row: str) -> None:
    exports.put("orders.csv", f"order_id,ordered_on,amount,channel\n{row}\n2,2026-10-01,7,c\n")
    assert exports.source().scan(["order_id"]).collect().rows() == [("1", True), ("2", False)]
    assert refused(exports).startswith("orders.csv row 1: not as many cells as the header has\n")


@pytest.mark.parametrize("row", [
    "2,2026-10-01,6,b,,", "2,2026-10-01,6,b, ", '2,2026-10-01,6,"b,c",,""', '2,2026-10-01,6,"b\nc",,',
])
def test_empty_cells_beyond_the_header_are_let_be(exports: Folder, row: str) -> None:
    exports.put("orders.csv", f"order_id,ordered_on,amount,channel\n1,2026-10-01,5,\n{row}\n3,2026-10-01,7,c\n")
    assert [order for order, _, _ in rows(exports)] == ["1", "2", "3"]


@pytest.mark.parametrize("mark", [",", ";", "\t", "|"])
@pytest.mark.parametrize("cells", ['10" pipe,12" pipe,', '"10"" pipe","12"" pipe",', '"10"" pipe",12" and 14",""'])
def test_a_row_with_inches_in_two_cells_has_as_many_cells_as_the_header(
    exports: Folder, cells: str, mark: str
) -> None:
    text = f"order_id,ordered_on,amount,channel,campaign,region\n1,2026-10-01,5,{cells}\n"
    exports.put("orders.csv", text.replace(",", mark))
    source = exports.source()
    read = source.scan(["channel", "campaign", "region"]).collect()
    assert read.rows() == [('10" pipe', '12" and 14"' if "14" in cells else '12" pipe', None)]
    assert source.findings(source.columns) == []


def test_blank_and_comment_lines_before_the_header_and_blank_lines_below(exports: Folder) -> None:
    exports.put("orders.csv", "# exported by a shop\n\norder_id,ordered_on,amount,channel\n1,2026-10-01,5,a\n\n\n")
    assert rows(exports) == [("1", 50_000, "a")]


def test_an_empty_file(exports: Folder) -> None:
    exports.put("orders.csv", "\n")
    assert refused(exports) == (
        "orders.csv is empty\n"
        "  expected  a header line, such as order_id,ordered_on,amount,distributor_id\n"
        "  fix       export it again, or remove it"
    )


def test_a_header_alone_has_no_rows(exports: Folder) -> None:
    exports.put("orders.csv", "order_id,ordered_on,amount\n")
    source = exports.source()
    assert source.height == 0
    assert source.scan(["order_id", "amount"]).collect().rows() == []
    assert source.findings(["amount"]) == []


def test_a_file_that_cannot_be_opened(exports: Folder) -> None:
    (exports.path / "orders.csv").symlink_to("nowhere")
    assert refused(exports) == (
        "orders.csv cannot be read\n  got  No such file or directory\n  fix  check that it exists and may be read"
    )


def test_what_is_parsed_goes_into_a_folder_that_is_removed(
    exports: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    exports.put("orders.csv", LATIN.encode("cp1252"))
    with open_exports(exports.path, Settings()) as opened:
        assert opened.tables["orders"].height == 2
        assert len(list((tmp_path / "scratch").iterdir())) == 1
    assert list((tmp_path / "scratch").iterdir()) == []


def test_what_cannot_be_opened_leaves_nothing_behind(
    exports: Folder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "scratch").mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "scratch"))
    exports.put("customers.csv", "customer_id\né\n".encode("cp1252"))
    exports.put("orders.csv", "")
    with pytest.raises(DataError):
        open_exports(exports.path, Settings())
    assert list((tmp_path / "scratch").iterdir()) == []


@pytest.mark.parametrize("name", ["orders.csv", "orders.csv.gz"])
def test_only_mapped_columns_are_copied(
    exports: Folder, name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    text = b"order_id,ordered_on,amount,bank_account\n1,2026-10-01,5,secret\n"
    exports.put(name, gzip.compress(text) if name.endswith(".gz") else text)
    source = exports.source()
    source.prepare(source.columns)
    frame = source.scan(source.columns)
    assert set(frame.collect_schema()) == {"order_id", "ordered_on", "amount"}
    parsed = source._readers[0].parsed
    assert parsed is not None
    assert "secret" not in str(parsed.frame.collect().to_dicts())
    assert len(list(tmp_path.rglob("*.parquet"))) == name.endswith(".gz")


def test_what_is_in_no_known_encoding_is_not_asked_to_be_cp1252(exports: Folder) -> None:
    exports.put("orders.csv", b"order_id,ordered_on,amount,region\n1,2026-10-01,5,\xff\x81C\n")
    with pytest.raises(DataError) as caught:
        exports.source()
    assert str(caught.value) == (
        "orders.csv is neither UTF-8 nor cp1252 throughout\n"
        "  expected  text in one encoding: UTF-8, UTF-16 or cp1252\n"
        "  fix       export it again as UTF-8"
    )
