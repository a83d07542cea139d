"""Which engine a check stands on."""

from __future__ import annotations

from typing import Any

import pytest

from mlmkpi.settings import Settings
from mlmkpi.validate import opening, validate
from validate.company import Company


@pytest.mark.parametrize(("given", "asked_for"), [(None, "sc://there:1"), ("spark", "spark")])
def test_the_settings_name_the_engine_where_the_call_does_not(
    company: Company, monkeypatch: pytest.MonkeyPatch, given: str | None, asked_for: str
) -> None:
    def engine(name: str, *_: Any) -> Any:
        raise InterruptedError(name)

    monkeypatch.setattr(opening, "spark_engine", engine)
    company.put("orders", "order_id,ordered_on,amount", "O1,2026-03-09,5")
    with pytest.raises(InterruptedError, match=f"^{asked_for}$"):
        validate(company.folder, settings=Settings(engine="sc://there:1"), engine=given)
