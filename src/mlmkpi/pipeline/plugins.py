"""A company's own KPIs: loaded from files that the settings name and from installed packages; a bad one is left out."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, partial
from importlib.machinery import SourceFileLoader
from importlib.metadata import EntryPoint, entry_points
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

import mlmkpi.kpis  # noqa: F401
from mlmkpi.engines.spark_errors import UndoneError
from mlmkpi.errors import EngineError, MlmkpiError, SettingsError
from mlmkpi.kpi import KPIS, Figure, Kpi, facts_of
from mlmkpi.pipeline.measure_checks import MeasureError
from mlmkpi.pipeline.plugin_checks import wrong
from mlmkpi.settings import FILE_NAME, Settings

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

GROUP = "mlmkpi.kpis"
_own: dict[str, str] = {}
"""The KPIs that plugins brought, each with its plugin."""
_loaded: dict[str, str | None] = {}
"""The plugins looked at, each with why it was left out, None where it was not."""


class UnfitError(Exception):
    """A plugin's KPI gives no figure under the parameters in force."""


def load_plugins(settings: Settings) -> list[str]:
    """Register the KPIs of the settings' `plugins` and of the packages that declare some; each is loaded once.

    Gives a line for people about each plugin that is left out: the file or package, and what is wrong with it. Raises
    SettingsError where `plugins` stands in the section of definitions.
    """
    if "plugins" in settings.definitions:
        raise SettingsError(
            f"{settings.path or FILE_NAME}: plugins stands under [definitions]",
            (("fix", "put the line above the first [section] of the file"),),
        )
    beside = settings.path.parent if settings.path else Path.cwd()
    loads: dict[str, Callable[[], object]] = {}
    for name in settings.plugins:
        path = (beside / name).resolve()
        loads[str(path)] = partial(_run_file, path)
    for entry in _installed():
        loads[entry.value] = entry.load
    return _left_out({key: _once(key, load) for key, load in loads.items()})


def left_out() -> list[str]:
    """A line for people about each plugin that was looked at and left out."""
    return _left_out(_loaded)


def _left_out(looked_at: Mapping[str, str | None]) -> list[str]:
    return [f"plugin {Path(key).name} left out: {why}" for key, why in looked_at.items() if why is not None]


def failed(error: Exception, kpis: Sequence[str], alone: Callable[[str], None]) -> dict[str, Exception]:
    """The plugins' KPIs that an error may be of, each with its own: those that fail `alone`, or all where none does."""
    own = [name for name in kpis if name in _own]
    if isinstance(error, MeasureError):
        read = {name: [type(fact) for fact in facts_of(KPIS[name].function())] for name in own}
        own = [name for name, facts in read.items() if type(error.measure.fact) in facts] or own
    raised = {name: _raised(alone, name) for name in own} if len(own) > 1 else {}
    return {name: its for name, its in raised.items() if its is not None} or dict.fromkeys(own, error)


def _raised(alone: Callable[[str], None], name: str) -> Exception | None:
    """What a KPI fails with by itself, None where it does not, or for a reason that people are told of anyhow."""
    try:
        alone(name)
    except Exception as error:
        return error if may_be_plugins(error) else None
    return None


def may_be_plugins(error: Exception) -> bool:
    """Whether an error may come of a plugin: it is none that says what people can mend elsewhere."""
    return isinstance(error, UndoneError) or not isinstance(error, MlmkpiError)


def told(name: str, error: Exception) -> str:
    """The line for people about a KPI of a plugin that is left out."""
    return f"plugin {_plugin_of(name)} left out: {name}: {_why(error)}"


def failure(name: str, error: Exception) -> EngineError:
    """A plugin's own failure, where nothing else is computed."""
    fix = "mend the plugin; the same command with --debug shows where it failed"
    return EngineError(f"{name} of the plugin {_plugin_of(name)} failed ({_why(error)})", (("fix", fix),))


@contextmanager
def blamed(name: str) -> Iterator[None]:
    """Raise what fails as a failure of the plugin that brought a KPI, the only one in the block, if one did."""
    try:
        yield
    except Exception as error:
        if name not in _own or not may_be_plugins(error):
            raise
        raise failure(name, error) from error


def figure_of(kpi: Kpi, values: Mapping[str, Any]) -> Figure:
    """A KPI's figure under its parameters; UnfitError where it is a plugin's and fails."""
    try:
        return kpi.function(**values)
    except Exception as error:
        if kpi.name not in _own:
            raise
        raise UnfitError(_said(error, _own[kpi.name])) from error


def _why(error: Exception) -> str:
    """What went wrong, for people; other words than ours might show what the export holds."""
    if isinstance(error, UndoneError):
        return dict(error.details)["got"]
    return str(error) if isinstance(error, MeasureError | UnfitError) else type(error).__name__


def _plugin_of(name: str) -> str:
    """The file or package that brought a KPI."""
    return Path(_own[name]).name


def forget_plugins() -> None:
    """Take every plugin's KPIs out of the catalogue again."""
    for name in _own:
        KPIS.pop(name, None)
    _own.clear()
    _loaded.clear()
    _installed.cache_clear()


@cache
def _installed() -> tuple[EntryPoint, ...]:
    """What installed packages declare; a hundred of them take a hundredth of a second, so they are asked once."""
    return tuple(entry_points(group=GROUP))


def _once(key: str, load: Callable[[], object]) -> str | None:
    if key not in _loaded:
        _loaded[key] = _registered(key, load)
    return _loaded[key]


def _registered(key: str, load: Callable[[], object]) -> str | None:
    """Load a plugin; where it does not fit, the catalogue is as it was, and the reason is given."""
    before = dict(KPIS)
    try:
        load()
        new = {name: kpi for name, kpi in KPIS.items() if before.get(name) is not kpi}
        why = next((f"{name}: {amiss}" for name, kpi in new.items() if (amiss := wrong(name, kpi, before))), None)
        why = why or (None if new else "it defines no KPI: put @kpi(…) above a function")
    except (Exception, SystemExit) as error:
        new, why = {}, _said(error, key)
    if why is not None:
        KPIS.clear()
        KPIS.update(before)
        return why
    _own.update(dict.fromkeys(new, key))
    return None


class _Unkept(SourceFileLoader):
    """A loader that leaves no bytecode beside the file: plugins stand among exports."""

    def set_data(self, path: str, data: ReadableBuffer, *, _mode: int = 0o666) -> None:
        """Keep nothing."""


def _run_file(path: Path) -> None:
    """Run a plugin's file; what it prints goes to stderr, as stdout is for data."""
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}")
    name = f"mlmkpi_plugin_{path.stem}"
    loader = _Unkept(name, str(path))
    spec = spec_from_loader(name, loader)
    if spec is None or path.suffix != ".py":
        raise ImportError(f"{path.name} is no Python file")
    module = module_from_spec(spec)
    sys.modules[name] = module
    vars(module)["print"] = partial(print, file=sys.stderr)
    loader.exec_module(module)


def _said(error: BaseException, key: str) -> str:
    """What a plugin's code raised before it saw any data, and in which of its lines."""
    words = next(iter(str(error).splitlines()), "")
    return f"{type(error).__name__}: {words}{_place(error.__traceback__, key)}"


def _place(traceback: TracebackType | None, key: str) -> str:
    """The last line of the plugin's own that was running."""
    line = 0
    while traceback is not None:
        if traceback.tb_frame.f_code.co_filename == key:
            line = traceback.tb_lineno
        traceback = traceback.tb_next
    return f" (line {line})" if line else ""
