"""Companies for Hypothesis: a seed and switches, so that shrinking turns switches off."""

from __future__ import annotations

from hypothesis import strategies as st

from oracle.companies import FEATURES, Company, company


@st.composite
def companies(draw: st.DrawFn, size: str = "small", without: tuple[str, ...] = ()) -> Company:
    """A company of a drawn seed with the drawn features, never those named in `without`."""
    seed = draw(st.integers(0, 9_999))
    names = [name for name in FEATURES if name not in without]
    features = draw(st.lists(st.sampled_from(names), max_size=4, unique=True))
    return company(seed, size=size, features=sorted(features))
