"""Exports in a bucket, against an S3 server on this machine."""

from __future__ import annotations

import gzip
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from mlmkpi.errors import DataError, MissingExtraError
from mlmkpi.settings import Settings
from mlmkpi.sources import open_exports
from sources.folder import Folder

ORDERS = "order_id,ordered_on,amount\n{},2026-10-01,5\n"
pytestmark = pytest.mark.filterwarnings("default::DeprecationWarning", "default::ResourceWarning")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = pytest.importorskip("moto.server", reason="needs moto, an S3 server for tests")
    running = server.ThreadedMotoServer(port=0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    yield f"http://{host}:{port}"
    running.stop()


@pytest.fixture
def bucket(address: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    given = {"AWS_ENDPOINT_URL": address, "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test",
             "AWS_DEFAULT_REGION": "us-east-1", "AWS_ALLOW_HTTP": "true"}  # fmt: skip
    for name, value in given.items():
        monkeypatch.setenv(name, value)
    boto3 = pytest.importorskip("boto3", reason="needs boto3, which moto brings")
    client = boto3.client("s3")
    client.create_bucket(Bucket="company")
    for key in ("exports/orders_1.csv", "exports/orders_2.csv", "exports/_SUCCESS", "exports/mlmkpi.toml"):
        client.put_object(Bucket="company", Key=key, Body=ORDERS.format(key[-5]).encode())
    yield client
    for item in client.list_objects_v2(Bucket="company").get("Contents", ()):
        client.delete_object(Bucket="company", Key=item["Key"])


def amounts(exports: str, settings: dict[str, Any] | None = None) -> dict[str, list[Any]]:
    with open_exports(exports, Settings.model_validate(settings or {})) as opened:
        return {name: source.scan(["amount"]).collect()["amount"].to_list() for name, source in opened.tables.items()}


@pytest.mark.parametrize(
    ("exports", "files"),
    [
        ("s3://company/exports/", ["orders_1.csv", "orders_2.csv"]),
        ("s3://company/exports", ["orders_1.csv", "orders_2.csv"]),
        ("s3://company/exports/orders_2.csv", ["orders_2.csv"]),
        ("s3://company/exports/*_1.csv", ["orders_1.csv"]),
    ],
)
def test_a_folder_a_file_and_a_pattern(bucket: Any, exports: str, files: list[str]) -> None:
    with open_exports(exports, Settings()) as opened:
        assert list(opened.tables["orders"].files) == files
    assert amounts(exports) == {"orders": [50_000] * len(files)}


def test_packed_text_and_parquet(bucket: Any, exports: Folder) -> None:
    bucket.put_object(Bucket="company", Key="more/orders.csv.gz", Body=gzip.compress(ORDERS.format(1).encode()))
    pl.DataFrame({"distributor_id": ["D1"], "paid_on": ["2026-10-01"], "amount": [2.5]}).write_parquet("c.parquet")
    bucket.upload_file("c.parquet", "company", "more/commissions/part-0.parquet")
    assert amounts("s3://company/more/") == {"orders": [50_000], "commissions": [25_000]}


def test_a_table_in_a_file_and_a_folder_of_a_bucket_is_refused(bucket: Any) -> None:
    bucket.put_object(Bucket="company", Key="twice/orders.csv", Body=ORDERS.format(1).encode())
    bucket.put_object(Bucket="company", Key="twice/orders/part-1.csv", Body=ORDERS.format(2).encode())
    with pytest.raises(DataError, match=r"^orders is there in two forms\n  found     orders.csv and orders/\n"):
        open_exports("s3://company/twice/", Settings())


def test_what_is_hidden_in_a_folder_of_a_bucket_is_left_out(bucket: Any) -> None:
    for name in ("part-1.csv", "_delta_log/1.csv", ".old/part-1.csv", "2026/part-2.csv", "2026/_tmp/3/part-3.csv"):
        bucket.put_object(Bucket="company", Key=f"parts/orders/{name}", Body=ORDERS.format(1).encode())
    with open_exports("s3://company/parts/", Settings()) as opened:
        assert opened.tables["orders"].files == ("orders/2026/part-2.csv", "orders/part-1.csv")


def test_files_in_the_settings_may_lie_in_a_bucket(bucket: Any, exports: Folder) -> None:
    exports.put("customers.csv", "customer_id\nC1\n")
    settings = {"files": {"orders": "s3://company/exports/orders_1.csv"}}
    opened = exports.open(settings)
    assert {name: source.height for name, source in opened.tables.items()} == {"orders": 1, "customers": 1}


def test_what_is_not_in_the_bucket(bucket: Any) -> None:
    with pytest.raises(DataError) as caught:
        open_exports("s3://company/none/", Settings())
    assert str(caught.value) == (
        "s3://company/none/ does not exist\n  expected  a folder, file or pattern that holds something"
    )


def test_a_bucket_that_refuses(bucket: Any) -> None:
    with pytest.raises(DataError) as caught:
        open_exports("s3://strangers/exports/", Settings())
    first, got, fix = str(caught.value).split("\n")
    assert first == "s3://strangers/exports/ cannot be read"
    assert got.startswith("  got  An error occurred (NoSuchBucket)")
    assert fix == "  fix  check the address and the credentials (AWS_ACCESS_KEY_ID, AWS_PROFILE …)"


def test_without_the_extra_it_is_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "botocore.session", None)
    with pytest.raises(MissingExtraError) as caught:
        open_exports("s3://company/exports/", Settings())
    assert str(caught.value) == 's3:// addresses need the extra s3\n  fix  pip install "mlmkpi[s3]"'
