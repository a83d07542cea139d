"""What messages may quote of an export: in a row that is shifted, anybody's name can stand under any header."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping

from mlmkpi.spelling import nearest
from mlmkpi.tables import Kind, Table

_ADDRESS = re.compile(r"[^\s@<>\"',;]+@[^\s@<>\"',;]+")
_WORD = r"[^\W\d_]+(?:[-'’.][^\W\d_]+)*\.?"
_WORDS = re.compile(rf"{_WORD}(?:[\s,]+{_WORD})*")
_ORDINARY = frozenset({
    "all", "empty", "false", "gesamt", "grand", "na", "nan", "never", "nil", "no", "none", "null", "open", "pending",
    "subtotal", "suma", "sum", "summe", "tbd", "test", "today", "total", "totals", "true", "unknown", "void", "yes",
})
"""Words that stand in such cells and that nobody is called."""
_TELEPHONE = re.compile(r"\+\d[\d ()/.-]{6,}")
_ACCOUNT = re.compile(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}")
_DAY = re.compile(r"\d{4}-\d{1,2}-\d{1,2}|\d{1,2}[./-]\d{1,2}[./-]\d{4}")
"""What may be a birth date where an id or a code should stand."""
_WORDY = (Kind.ID, Kind.CODE)
"""Kinds of cells that often are a single word, so that one is no sign of a name."""


def discreet(text: str) -> str:
    """A text without the e-mail addresses in it.

    >>> discreet("ann@example.org (new)")
    '(an e-mail address) (new)'
    """
    return _ADDRESS.sub("(an e-mail address)", text)


def quoted(text: str, kind: Kind) -> str:
    """A cell as messages quote it: without what may be a person's name, number or account.

    Codes are words, so of them only addresses are kept back; where a code is not known, `quoted_code` decides.

    >>> [quoted(text, Kind.DATE) for text in ("Ann Smith", "O'Brien", "2026-02-30", "soon", "Total")]
    ['(a name, perhaps)', '(a name, perhaps)', '2026-02-30', 'soon', 'Total']
    >>> [quoted(text, Kind.ID) for text in ("Ann Smith", "ANNSMITH", "D0012")]
    ['(a name, perhaps)', 'ANNSMITH', 'D0012']
    """
    return discreet(text if kind is Kind.CODE else _kept_back(text, kind) or text)


def quoted_key(key: str, table: Table) -> str:
    """A record's cells of its table's key, in one text, as messages quote them."""
    kind = table.column(table.key[0]).kind
    return " / ".join(quoted(cell, kind) for cell in key.split(" / "))


def quoted_code(code: str, rows: int, known: Collection[str]) -> str:
    """A code that is not known as messages quote it; words in a single row may be a name, unless they are like a code.

    >>> [quoted_code("Ann Smith", rows, ["shipped"]) for rows in (1, 40)]
    ['(a name, perhaps)', 'Ann Smith']
    >>> [quoted_code(code, 1, ["partly shipped"]) for code in ("Partly Shiped", "Bezahlt")]
    ['Partly Shiped', 'Bezahlt']
    """
    alone = rows == 1 and nearest(code.casefold(), list(known)) is None
    return discreet((_kept_back(code, Kind.CODE) if alone else None) or code)


def first_quoted(codes: Mapping[str, int], known: Collection[str]) -> str | None:
    """The first of codes that are not known, by how many rows have each, that messages may quote."""
    return next((code for code, rows in codes.items() if quoted_code(code, rows, known) == code), None)


def _kept_back(text: str, kind: Kind) -> str | None:
    """What stands for a text that may tell of a person; None: it does not. Under the header of a day days are shown."""
    bare = text.strip()
    if _is_name(bare) and (kind not in _WORDY or len(bare.split()) > 1):
        return "(a name, perhaps)"
    if _TELEPHONE.fullmatch(bare):
        return "(a telephone number, perhaps)"
    if _is_account(bare):
        return "(a bank account)"
    return "(a day)" if _DAY.fullmatch(bare) and kind is not Kind.DATE else None


def _is_account(text: str) -> bool:
    """Whether a text is an IBAN, whose digits prove it.

    >>> _is_account("GB82 WEST 1234 5698 7654 32"), _is_account("GB82WEST12345698765433")
    (True, False)
    """
    bare = text.replace(" ", "")
    return bool(_ACCOUNT.fullmatch(bare)) and int("".join(str(int(sign, 36)) for sign in bare[4:] + bare[:4])) % 97 == 1


def _is_name(text: str) -> bool:
    """Whether a text is words of letters as a name is: several, or one with a capital that is no short code.

    >>> [_is_name(text) for text in ("ann smith", "Müller", "SMITH", "J. Smith", "王小明", "Bo")]
    [True, True, True, True, True, True]
    >>> [_is_name(text) for text in ("abc", "USD", "D0012", "Grand Total", "N/A", "")]
    [False, False, False, False, False, False]
    """
    words = re.split(r"[\s,]+", text)
    if not _WORDS.fullmatch(text) or any(word.casefold() in _ORDINARY for word in words):
        return False
    first = words[0]
    has_case, is_long = first.lower() != first.upper(), len(first) > 3
    short_name = len(first) > 1 and (first.istitle() or not has_case)
    return len(words) > 1 or short_name or (is_long and not first[0].islower())
