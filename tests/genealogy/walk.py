"""The oracle: plain dicts and lists, every team walked person by person. Knows nothing of the arrays under test."""

from __future__ import annotations

from collections.abc import Iterator

from hypothesis import strategies as st

NOBODY = -1


@st.composite
def forests(draw: st.DrawFn, most: int = 30) -> list[int]:
    """Parents of a forest in which nobody's index says who stands above whom."""
    count = draw(st.integers(0, most))
    heads = [draw(st.integers(-1, person - 1)) for person in range(count)]
    names = draw(st.permutations(range(count)))
    parents = [NOBODY] * count
    for person, head in enumerate(heads):
        parents[names[person]] = NOBODY if head == NOBODY else names[head]
    return parents


def frontlines(parents: list[int]) -> dict[int, list[int]]:
    """Whom each person sponsors, by index; NOBODY's are the roots."""
    children: dict[int, list[int]] = {person: [] for person in range(NOBODY, len(parents))}
    for person, parent in enumerate(parents):
        children[parent].append(person)
    return children


def team(parents: list[int], leader: int) -> list[tuple[int, int]]:
    """The people below a leader and how many generations below, the leader first at 0, in depth-first order."""
    children = frontlines(parents)
    found, waiting = [], [(leader, 0)]
    while waiting:
        person, generation = waiting.pop()
        found.append((person, generation))
        waiting.extend((child, generation + 1) for child in reversed(children[person]))
    return found


def depth_first(parents: list[int]) -> list[int]:
    """Everybody in depth-first order."""
    return [person for person, _ in team(parents, NOBODY) if person != NOBODY]


def ancestors(parents: list[int], person: int) -> Iterator[int]:
    """Who stands above a person, the nearest first."""
    while (person := parents[person]) != NOBODY:
        yield person


def until_cut(parents: list[int], rank: list[int], leader: int) -> list[int]:
    """The leader and the people below them whom nobody of the leader's rank or above stands in between or is."""
    children = frontlines(parents)
    found, waiting = [leader], list(children[leader])
    while waiting:
        person = waiting.pop()
        if rank[person] < rank[leader]:
            found.append(person)
            waiting.extend(children[person])
    return found
