"""What all tests share: Hypothesis judges results, not how busy the machine is."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("mlmkpi", deadline=None)
settings.load_profile("mlmkpi")
