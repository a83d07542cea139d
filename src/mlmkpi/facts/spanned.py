"""Facts whose rows are made span by span, as what they look at is another for each."""

from __future__ import annotations

from abc import abstractmethod

from mlmkpi.engines import Frame
from mlmkpi.facts.base import Boundary, Dimensions, Fact
from mlmkpi.facts.books import Books


class SpannedFact(Fact):
    """A fact whose rows are made span by span."""

    @abstractmethod
    def by_span(self, books: Books, dimensions: Dimensions, at: Boundary) -> list[Frame]:
        """The rows, a frame a span or more."""

    def rows(self, books: Books, dimensions: Dimensions, at: Boundary) -> Frame:
        """The frames below one another."""
        return books.engine.concat(self.by_span(books, dimensions, at))

    def parts(self, books: Books, dimensions: Dimensions, at: Boundary) -> list[Frame]:
        """The frames, unless a subclass makes its rows otherwise."""
        plain = type(self).rows is SpannedFact.rows
        return self.by_span(books, dimensions, at) if plain else super().parts(books, dimensions, at)
