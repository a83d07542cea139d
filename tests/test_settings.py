"""mlmkpi.toml: what it may say, where it is looked for, and what is said when it does not fit."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlmkpi.errors import SettingsError
from mlmkpi.settings import Settings, chosen_settings, load_settings, settings_schema


def read(tmp_path: Path, text: str) -> Settings:
    path = tmp_path / "mlmkpi.toml"
    path.write_text(text)
    return load_settings(path, None, tmp_path)


def refusal(tmp_path: Path, text: str) -> str:
    with pytest.raises(SettingsError) as caught:
        read(tmp_path, text)
    return str(caught.value).replace(f"{tmp_path}/", "")


def test_without_a_file_the_defaults_hold(tmp_path: Path) -> None:
    settings = load_settings(None, tmp_path, tmp_path)
    assert settings == Settings()
    assert (settings.path, settings.min_cell, settings.rank_ladder) == (None, 5, ())


def test_the_file_named_goes_before_all_others(tmp_path: Path) -> None:
    exports = tmp_path / "exports"
    exports.mkdir()
    (exports / "mlmkpi.toml").write_text('currency = "EUR"')
    (tmp_path / "mine.toml").write_text('currency = "USD"')
    assert load_settings(tmp_path / "mine.toml", exports, tmp_path).currency == "USD"


def test_the_exports_file_goes_before_the_working_folders_and_alone(tmp_path: Path) -> None:
    exports = tmp_path / "exports"
    exports.mkdir()
    (exports / "mlmkpi.toml").write_text('currency = "EUR"')
    (tmp_path / "mlmkpi.toml").write_text('currency = "USD"\nmin_cell = 0')
    settings = load_settings(None, exports, tmp_path)
    assert (settings.currency, settings.min_cell) == ("EUR", 5)
    assert settings.path == exports / "mlmkpi.toml"


def test_the_working_folders_file_comes_last(tmp_path: Path) -> None:
    (tmp_path / "exports").mkdir()
    (tmp_path / "mlmkpi.toml").write_text('currency = "USD"')
    assert load_settings(None, tmp_path / "exports", tmp_path).currency == "USD"


def test_exports_that_are_a_file_are_looked_at_in_its_folder(tmp_path: Path) -> None:
    (tmp_path / "mlmkpi.toml").write_text('currency = "USD"')
    (tmp_path / "orders.csv").touch()
    assert load_settings(None, tmp_path / "orders.csv", Path("/")).currency == "USD"


def test_one_text_is_a_list_of_one(tmp_path: Path) -> None:
    settings = read(tmp_path, '[files]\norders = "a.csv"\ncustomers = ["b.csv", "c.csv"]')
    assert settings.files == {"orders": ("a.csv",), "customers": ("b.csv", "c.csv")}


def test_numeric_codes_may_be_written_as_numbers(tmp_path: Path) -> None:
    settings = read(tmp_path, '[codes.orders.status]\nshipped = [7, 8, "9"]\nvoid = 4')
    assert settings.codes == {"orders": {"status": {"shipped": ("7", "8", "9"), "void": ("4",)}}}


def test_definitions_keep_their_types(tmp_path: Path) -> None:
    text = '[definitions]\nlapse_after_days = 60\nmargin = 0.5\nactive_rule = "earned"\nx = true\nage_bands = ["a"]'
    assert read(tmp_path, text).definitions == {
        "lapse_after_days": 60, "margin": 0.5, "active_rule": "earned", "x": True, "age_bands": ["a"],
    }  # fmt: skip


def test_a_definition_may_stand_at_the_top(tmp_path: Path) -> None:
    settings = read(tmp_path, 'volume = "cv"\nvalid_status = ["ok"]\n[definitions]\nlapse_after_days = 60')
    assert settings.definitions == {"lapse_after_days": 60, "volume": "cv", "valid_status": ["ok"]}


def test_a_setting_of_the_run_may_stand_under_definitions(tmp_path: Path) -> None:
    settings = read(tmp_path, '[definitions]\nmin_cell = 0\ncurrency = "USD"\nrank_ladder = ["a", "b"]')
    assert (settings.min_cell, settings.currency, settings.rank_ladder) == (0, "USD", ("a", "b"))
    assert settings.definitions == {}


def test_a_key_in_both_places_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "min_cell = 5\n[definitions]\nmin_cell = 0") == (
        "mlmkpi.toml does not fit\n  expected  min_cell once: it stands at the top and under [definitions]"
    )


def test_the_nearest_input_option_wins(tmp_path: Path) -> None:
    settings = read(
        tmp_path,
        '[input]\ndecimal = ","\nencoding = "cp1252"\n[input.orders]\ndecimal = "."\n'
        '[input."orders_2.csv"]\ndate_format = "excel"\n',
    )
    assert settings.input.of("orders", "orders_2.csv").model_dump(exclude_none=True) == {
        "decimal": ".", "encoding": "cp1252", "date_format": "excel",
    }  # fmt: skip
    assert settings.input.of("customers", "customers.csv").decimal == ","


def test_an_unknown_key_is_refused_with_the_nearest(tmp_path: Path) -> None:
    assert refusal(tmp_path, 'curency = "USD"') == (
        "mlmkpi.toml has an unknown key curency\n"
        "  expected  files, columns, codes, definitions, input, timezone, currency, min_cell, rank_ladder, engine,"
        " plugins\n"
        "  fix       did you mean currency?"
    )


def test_the_path_is_no_key(tmp_path: Path) -> None:
    assert refusal(tmp_path, 'path = "x"').startswith("mlmkpi.toml has an unknown key path\n")


def test_an_unknown_input_option_is_refused_with_the_nearest(tmp_path: Path) -> None:
    assert refusal(tmp_path, "[input]\ndecimals = ','") == (
        "mlmkpi.toml has an unknown key input.decimals\n"
        "  expected  delimiter, decimal, encoding, date_format\n"
        "  fix       did you mean decimal?"
    )


def test_an_unknown_option_of_a_table_is_refused_with_the_nearest(tmp_path: Path) -> None:
    assert refusal(tmp_path, "[input.orders]\ndateformat = '%d'") == (
        "mlmkpi.toml has an unknown key input.orders.dateformat\n"
        "  expected  delimiter, decimal, encoding, date_format\n"
        "  fix       did you mean date_format?"
    )


def test_a_date_format_that_is_none_is_refused(tmp_path: Path) -> None:
    said = (
        "does not fit\n  got       'dayfirst'\n"
        '  expected  "day-first", "month-first", "excel", or a format such as "%d.%m.%Y"'
    )
    assert refusal(tmp_path, '[input]\ndate_format = "dayfirst"') == f"mlmkpi.toml: input.date_format {said}"
    text = '[input.orders]\ndate_format = "dayfirst"'
    assert refusal(tmp_path, text) == f"mlmkpi.toml: input.orders.date_format {said}"
    for known in ("day-first", "excel", "%d/%m/%y"):
        assert read(tmp_path, f'[input]\ndate_format = "{known}"').input.date_format == known


def test_a_value_that_is_no_choice_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, '[input]\ndecimal = "x"') == (
        "mlmkpi.toml: input.decimal does not fit\n  got       'x'\n  expected  '.' or ','"
    )


def test_a_number_is_not_made_of_text(tmp_path: Path) -> None:
    assert refusal(tmp_path, 'min_cell = "5"') == (
        "mlmkpi.toml: min_cell does not fit\n  got       '5'\n  expected  a valid integer"
    )


def test_a_definition_that_is_a_table_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "[definitions.x]\na = 1") == (
        "mlmkpi.toml: definitions.x does not fit\n"
        "  got       {'a': 1}\n"
        "  expected  a text, a number, true, false, or a list of one sort of these"
    )


def test_an_unknown_time_zone_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, 'timezone = "Mars/Base"') == (
        "mlmkpi.toml: timezone does not fit\n"
        "  got       'Mars/Base'\n"
        '  expected  a time zone such as "America/Denver"'
    )


def test_a_file_that_is_not_toml_is_refused(tmp_path: Path) -> None:
    assert refusal(tmp_path, "currency =") == (
        "mlmkpi.toml is not TOML\n"
        "  got       Invalid value (at end of document)\n"
        '  expected  lines such as  currency = "USD"\n'
        "  fix       correct that line"
    )


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "mlmkpi.toml"
    path.write_bytes('currency = "EUR" # €'.encode("cp1252"))
    with pytest.raises(SettingsError) as caught:
        load_settings(path, None, tmp_path)
    assert str(caught.value) == f"{path} is not UTF-8\n  fix  save it as UTF-8"


def test_a_file_named_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError) as caught:
        load_settings(tmp_path / "none.toml", None, tmp_path)
    assert str(caught.value) == (
        f"{tmp_path}/none.toml cannot be read\n"
        "  got  No such file or directory\n"
        "  fix  name a file that exists with --config"
    )


def test_the_schema_is_json_and_names_every_key() -> None:
    schema = json.loads(json.dumps(settings_schema()))
    assert set(schema["properties"]) == set(Settings.model_fields)
    assert schema["additionalProperties"] is False


def test_the_schema_takes_one_text_where_a_list_may_stand() -> None:
    """As the example of docs/settings.md has it: orders = "sales/2026-*.csv", return = "R"."""
    known = settings_schema()["properties"]
    codes = known["codes"]["additionalProperties"]["additionalProperties"]["additionalProperties"]
    for one in (known["files"]["additionalProperties"], codes, known["rank_ladder"], known["plugins"]):
        assert [choice["type"] for choice in one["anyOf"]] == ["string", "integer", "array"]


def test_a_currency_is_three_letters_and_a_rank_stands_once(tmp_path: Path) -> None:
    assert read(tmp_path, 'currency = "usd"').currency == "usd"
    for wrong in ("US Dollar", "€", ""):
        assert refusal(tmp_path, f'currency = "{wrong}"') == (
            f"mlmkpi.toml: currency does not fit\n  got       {wrong!r}\n  expected  three letters, such as \"USD\""
        )
    for again in ("gold", " GOLD"):
        said = refusal(tmp_path, f'rank_ladder = ["gold", "silver", "{again}"]')
        assert said.endswith("  expected  each rank once, lowest first")


def test_a_working_folder_that_has_been_removed_has_no_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "gone").mkdir()
    monkeypatch.chdir(tmp_path / "gone")
    (tmp_path / "gone").rmdir()
    assert chosen_settings(None, None, tmp_path) == Settings()
    (tmp_path / "mlmkpi.toml").write_text('currency = "EUR"', encoding="utf-8")
    assert chosen_settings(None, None, tmp_path).currency == "EUR"


def test_a_working_folder_that_may_not_be_looked_into_has_no_settings(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def closed(path: Path) -> bool:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "is_file", closed)
    assert load_settings(None, None, tmp_path) == Settings()
