"""What is left of the settings of converted exports: the same figures come of both."""

from __future__ import annotations

from pathlib import Path

import mlmkpi
from mlmkpi.settings import Settings, load_settings
from mlmkpi.sources.carried import MARK, carry

SAID = """\
currency = "EUR"
timezone = "America/Denver"
min_cell = 0
rank_ladder = ["Bron\\u00e9", "say \\"gold\\" \\\\"]
plugins = ["kpis/own.py"]

[files]
orders = "sales.csv"

[columns.orders]
order_id = "Order No"

[codes.orders.status]
paid = "7"

[definitions]
valid_status = ["paid"]
lapse_after_days = 60
margin = 0.4
"a key" = true

[input]
delimiter = ";"
"""


def loaded(folder: Path, text: str) -> Settings:
    folder.mkdir(exist_ok=True)
    (folder / "mlmkpi.toml").write_text(text, encoding="utf-8")
    return load_settings(None, folder, folder)


def test_what_tells_how_exports_are_read_stays_behind_and_the_rest_comes_along(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    path = carry(loaded(tmp_path / "in", SAID), tmp_path / "out")
    assert path == tmp_path / "out" / "mlmkpi.toml"
    again = load_settings(None, tmp_path / "out", tmp_path)
    assert again.model_dump(exclude_defaults=True) == {
        "currency": "EUR", "timezone": "America/Denver", "min_cell": 0, "rank_ladder": ("Broné", 'say "gold" \\'),
        "plugins": ("../in/kpis/own.py",),
        "definitions": {"valid_status": ["paid"], "lapse_after_days": 60, "margin": 0.4, "a key": True},
    }


def test_settings_that_say_no_more_leave_an_empty_file_which_goes_before_those_of_the_working_folder(
    tmp_path: Path,
) -> None:
    (tmp_path / "out").mkdir()
    assert carry(loaded(tmp_path, '[files]\norders = "sales.csv"\n'), tmp_path / "out")
    assert load_settings(None, tmp_path / "out", tmp_path).model_dump() == Settings().model_dump()


def test_without_a_file_nothing_is_written(tmp_path: Path) -> None:
    assert carry(Settings(currency="EUR"), tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_without_a_file_what_an_earlier_conversion_wrote_goes_and_somebody_elses_stays(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    carry(loaded(tmp_path / "in", 'currency = "EUR"\n'), out)
    assert carry(Settings(), out) is None
    assert list(out.iterdir()) == []
    (out / "mlmkpi.toml").write_text('currency = "SEK"\n')
    assert carry(Settings(), out) is None
    assert (out / "mlmkpi.toml").read_text() == 'currency = "SEK"\n'


def test_its_own_file_is_written_anew_and_somebody_elses_is_left(tmp_path: Path) -> None:
    out = tmp_path / "out"
    out.mkdir()
    carry(loaded(tmp_path / "in", 'currency = "EUR"\n'), out)
    carry(loaded(tmp_path / "in", 'currency = "USD"\n'), out)
    assert (out / "mlmkpi.toml").read_text() == f'{MARK}\ncurrency = "USD"\n'
    (out / "mlmkpi.toml").write_text('currency = "SEK"\n')
    assert carry(loaded(tmp_path / "in", 'currency = "USD"\n'), out) is None
    assert (out / "mlmkpi.toml").read_text() == 'currency = "SEK"\n'


def test_the_figures_of_the_converted_example_are_the_examples(tmp_path: Path) -> None:
    from mlmkpi.sources import open_exports
    from mlmkpi.sources.convert import convert

    company = Path(__file__).parents[2] / "examples" / "company"
    settings = load_settings(None, company, company)
    with open_exports(company, settings) as opened:
        convert(opened, tmp_path)
    carry(settings, tmp_path)
    assert mlmkpi.compute(tmp_path).frame.equals(mlmkpi.compute(company).frame)
