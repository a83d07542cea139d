"""Exports in an S3 bucket: what is there, and bringing a text file here."""

from __future__ import annotations

import importlib
import re
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from mlmkpi.errors import DataError, MissingExtraError

_SCHEME = "s3://"
_PIECE = 1 << 22


def is_remote(path: str) -> bool:
    """Whether a path is an address in a bucket."""
    return path.startswith(_SCHEME)


class Remote:
    """What is at or below an address such as s3://bucket/exports/ or s3://bucket/exports/*.csv."""

    def __init__(self, address: str) -> None:
        self._bucket, _, key = address.removeprefix(_SCHEME).partition("/")
        self._pattern = key if any(sign in key for sign in "*?[") else None
        self._key = key
        self._prefix = self._folder()

    @property
    def root(self) -> str:
        """The address that the names are relative to."""
        return f"{_SCHEME}{self._bucket}/{self._prefix}"

    def address(self, name: str) -> str:
        """The full address of a name."""
        return self.root + name

    def names(self) -> list[str]:
        """The objects' names below the root, in order; DataError without one, or where the bucket refuses."""
        keys = self._keys(self._prefix)
        if self._pattern is not None:
            keys = [key for key in keys if fnmatchcase(key, self._pattern)]
        elif not self._is_folder():
            keys = [self._key]
        if not keys:
            raise DataError(
                f"{_SCHEME}{self._bucket}/{self._key} does not exist",
                (("expected", "a folder, file or pattern that holds something"),),
            )
        return sorted(key.removeprefix(self._prefix) for key in keys if not key.endswith("/"))

    def _folder(self) -> str:
        """The part of the key that is a folder, with its slash."""
        if self._pattern is None and self._is_folder():
            return self._key.rstrip("/") + "/" if self._key else ""
        fixed = re.split(r"[*?\[]", self._key)[0]
        return fixed[: fixed.rfind("/") + 1]

    def _is_folder(self) -> bool:
        return not self._key or self._key.endswith("/") or self._key not in self._keys(self._key)

    def _keys(self, prefix: str) -> list[str]:
        try:
            pages = _client().get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=prefix)
            return [item["Key"] for page in pages for item in page.get("Contents", ())]
        except _refusals() as error:
            raise _unreadable(f"{_SCHEME}{self._bucket}/{prefix}", error) from None


def download(address: str, target: Path) -> None:
    """Bring an object here."""
    bucket, _, key = address.removeprefix(_SCHEME).partition("/")
    try:
        body = _client().get_object(Bucket=bucket, Key=key)["Body"]
        with target.open("wb") as file:
            for piece in body.iter_chunks(_PIECE):
                file.write(piece)
    except _refusals() as error:
        raise _unreadable(address, error) from None


def _client() -> Any:
    return _import("botocore.session").get_session().create_client("s3")


def _refusals() -> tuple[type[Exception], ...]:
    exceptions = _import("botocore.exceptions")
    return (exceptions.BotoCoreError, exceptions.ClientError)


def _import(name: str) -> Any:
    try:
        return importlib.import_module(name)
    except ImportError:
        raise MissingExtraError(
            "s3:// addresses need the extra s3", (("fix", 'pip install "mlmkpi[s3]"'),)
        ) from None


def _unreadable(address: str, error: Exception) -> DataError:
    return DataError(
        f"{address} cannot be read",
        (
            ("got", str(error)),
            ("fix", "check the address and the credentials (AWS_ACCESS_KEY_ID, AWS_PROFILE …)"),
        ),
    )
