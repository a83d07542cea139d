"""What mlmkpi.toml may say: a model that names the file, the key and the nearest spelling that would fit."""

from __future__ import annotations

import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    StrictBool,
    StrictFloat,
    StrictInt,
    StrictStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from mlmkpi.errors import SettingsError, UsageError, written
from mlmkpi.spelling import folded, nearest

FILE_NAME = "mlmkpi.toml"
DATE_FORMATS = '"day-first", "month-first", "excel", or a format such as "%d.%m.%Y"'

Scalar = StrictStr | StrictBool | StrictInt | StrictFloat
Value = Scalar | list[StrictStr] | list[StrictInt] | list[StrictFloat]


def _as_tuple(value: object) -> object:
    """One text is a list of one, and a number a text: codes are often numbers."""
    if isinstance(value, list):
        return tuple(str(each) if type(each) is int else each for each in value)
    return (str(value),) if type(value) in (str, int) else value


Text = StrictStr | StrictInt
Texts = Annotated[
    tuple[StrictStr, ...], BeforeValidator(_as_tuple, json_schema_input_type=Text | list[Text])
]


class InputOptions(BaseModel):
    """How a text file writes things down; what is not set is recognised from the text."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    delimiter: Literal[",", ";", "\t", "|"] | None = None
    decimal: Literal[".", ","] | None = None
    encoding: Literal["utf-8", "utf-16", "cp1252"] | None = None
    date_format: StrictStr | None = Field(default=None, description=DATE_FORMATS)

    @field_validator("date_format")
    @classmethod
    def _known_format(cls, value: str | None) -> str | None:
        if value is None or "%" in value or value in ("day-first", "month-first", "excel"):
            return value
        raise ValueError(DATE_FORMATS)


class Input(InputOptions):
    """Options for every file; a table's or a file's own stand under its name: [input.orders]."""

    model_config = ConfigDict(extra="allow", frozen=True)

    __pydantic_extra__: dict[str, InputOptions] = Field(init=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The tables and files that have options of their own."""
        return tuple(self.__pydantic_extra__)

    def of(self, table: str, file: str) -> InputOptions:
        """The options in force for a file: its own before its table's before everybody's."""
        chosen: dict[str, Any] = {}
        for options in (self, self.__pydantic_extra__.get(table), self.__pydantic_extra__.get(file)):
            if options is not None:
                chosen |= options.model_dump(include=set(InputOptions.model_fields), exclude_none=True)
        return InputOptions(**chosen)


class Settings(BaseModel):
    """Everything mlmkpi.toml can set; `path` is the file it came from.

    A KPI's parameters stand in `definitions`. The few that belong to the whole run (`timezone`, `currency`,
    `min_cell`, `rank_ladder`) are fields; either place is read for either sort.
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    files: dict[str, Texts] = Field(default={}, description="table -> path or glob, from the exports")
    columns: dict[str, dict[str, StrictStr]] = Field(
        default={}, description="table -> column -> their header"
    )
    codes: dict[str, dict[str, dict[str, Texts]]] = Field(
        default={}, description="table -> column -> code -> their spellings of it"
    )
    definitions: dict[str, Value] = Field(default={}, description="a KPI's parameter -> its value")
    input: Input = Field(default=Input(), description="how the text files write things down")
    timezone: StrictStr | None = Field(default=None, description='the company\'s, such as "America/Denver"')
    currency: StrictStr | None = Field(default=None, description='the company\'s, such as "USD"')
    min_cell: StrictInt = Field(default=5, ge=0, description="a smaller segment by age, birth or gender is hidden")
    rank_ladder: Texts = Field(default=(), description="the ranks, lowest first")
    engine: StrictStr | None = Field(default=None, description='"polars", "spark" or "sc://host:port"')
    plugins: Texts = Field(default=(), description="files of own KPIs, beside this file; see adding-a-kpi.md")
    _path: Path | None = PrivateAttr(default=None)

    @property
    def path(self) -> Path | None:
        """The file the settings came from."""
        return self._path

    @model_validator(mode="before")
    @classmethod
    def _in_their_places(cls, data: Any) -> Any:
        """Move the run's own keys out of [definitions], and the definitions that stand at the top into it."""
        if not isinstance(data, dict) or not isinstance(data.get("definitions", {}), dict):
            return data
        top, definitions = dict(data), dict(data.get("definitions", {}))
        for name in ("timezone", "currency", "min_cell", "rank_ladder"):
            _move(name, definitions, top)
        for name in ("volume", "refunds", "valid_status"):
            _move(name, top, definitions)
        return top | {"definitions": definitions}

    @field_validator("currency")
    @classmethod
    def _code(cls, value: str | None) -> str | None:
        if value is None or (value.isascii() and value.isalpha() and len(value) == 3):
            return value
        raise ValueError('three letters, such as "USD"')

    @field_validator("rank_ladder")
    @classmethod
    def _each_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if len({folded(rank) for rank in value}) < len(value):
            raise ValueError("each rank once, lowest first")
        return value

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str | None) -> str | None:
        try:
            return value if value is None else ZoneInfo(value).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError('a time zone such as "America/Denver"') from None


def to_map(table: str, column: str, code: str, codes: Sequence[str]) -> str:
    """What to write so that a code is read as one of those of the column, the likeliest of them."""
    line = f'{nearest(folded(code), codes) or codes[0]} = ["{code}"]'
    return written(f"map them in {FILE_NAME}", f"[codes.{table}.{column}]", line)


def to_count(status: str) -> str:
    """What to write so that orders of a status count."""
    return written(f"say in {FILE_NAME} which codes count", "[definitions]", f'valid_status = ["{status}", …]')


def _move(name: str, source: dict[str, Any], target: dict[str, Any]) -> None:
    """Move a key, unless both places have it."""
    if name not in source:
        return
    if name in target:
        raise ValueError(f"{name} once: it stands at the top and under [definitions]")
    target[name] = source.pop(name)


def load_settings(config: str | Path | None, exports: Path | None, cwd: Path) -> Settings:
    """The settings of a run: `config`, else mlmkpi.toml in the exports, else in the working folder.

    The first found is read alone.
    Raises SettingsError where the file cannot be read or does not fit.
    """
    path = Path(config) if config else next(filter(_is_file, _places(exports, cwd)), None)
    return Settings() if path is None else _read(path)


def chosen_settings(given: Any, config: str | Path | None, exports: Any) -> Settings:
    """The settings that a caller of the library gave, else those of `config`, the exports or the working folder.

    >>> chosen_settings({"currency": "USD"}, None, None)
    Traceback (most recent call last):
    mlmkpi.errors.UsageError: settings is a dict
      expected  mlmkpi.Settings(currency="USD"), or a file named by config
    """
    if given is None:
        if not isinstance(config, str | Path | None):
            raise UsageError(f"config is a {type(config).__name__}", (("expected", "the path of a mlmkpi.toml"),))
        return load_settings(config, Path(exports) if isinstance(exports, str | Path) else None, _working_folder())
    if not isinstance(given, Settings):
        expected = 'mlmkpi.Settings(currency="USD"), or a file named by config'
        raise UsageError(f"settings is a {type(given).__name__}", (("expected", expected),))
    return given


def settings_schema() -> dict[str, Any]:
    """The JSON schema of mlmkpi.toml."""
    return Settings.model_json_schema()


def _is_file(path: Path) -> bool:
    """Whether there is such a file; in a folder that may not be looked into there is none to read."""
    try:
        return path.is_file()
    except PermissionError:
        return False


def _working_folder() -> Path:
    """The working folder; where it has been removed, a path under which there is nothing."""
    try:
        return Path.cwd()
    except FileNotFoundError:
        return Path()


def _places(exports: Path | None, cwd: Path) -> list[Path]:
    folders = [cwd] if exports is None else [exports if exports.is_dir() else exports.parent, cwd]
    return [folder / FILE_NAME for folder in folders]


def _read(path: Path) -> Settings:
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise SettingsError(
            f"{path} cannot be read",
            (("got", error.strerror or str(error)), ("fix", "name a file that exists with --config")),
        ) from None
    except UnicodeDecodeError:
        raise SettingsError(f"{path} is not UTF-8", (("fix", "save it as UTF-8"),)) from None
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(
            f"{path} is not TOML",
            (("got", str(error)), ("expected", 'lines such as  currency = "USD"'), ("fix", "correct that line")),
        ) from None
    try:
        settings = Settings.model_validate(data)
    except ValidationError as error:
        raise _refusal(path, error.errors()[0]) from None
    settings._path = path
    return settings


def _refusal(path: Path, problem: ErrorDetails) -> SettingsError:
    """The first problem, worded for people."""
    place = [str(part) for part in problem["loc"]]
    if problem["type"] == "extra_forbidden":
        return _unknown_key(path, place, list(_fields_at(place)))
    if place and place[0] == "input" and problem["type"] == "model_type":
        return _unknown_key(path, place, list(InputOptions.model_fields))
    words = problem["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    if place[:1] == ["definitions"]:
        place, words = place[:2], "a text, a number, true, false, or a list of one sort of these"
    where = ".".join(place)
    got = (("got", repr(problem["input"])),) if where else ()
    return SettingsError(
        f"{path}: {where} does not fit" if where else f"{path} does not fit",
        (*got, ("expected", words)),
    )


def _fields_at(place: list[str]) -> list[str]:
    """The keys that may stand beside an unknown one."""
    model = Settings if len(place) == 1 else InputOptions
    return list(model.model_fields)


def _unknown_key(path: Path, place: list[str], known: list[str]) -> SettingsError:
    """An unknown key, with the one that was probably meant."""
    guess = nearest(place[-1], known)
    fix = f"did you mean {guess}?" if guess else "take it out"
    return SettingsError(
        f"{path} has an unknown key {'.'.join(place)}",
        (("expected", ", ".join(known)), ("fix", fix)),
    )
