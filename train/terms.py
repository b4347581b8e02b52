"""Places of the terms of a text among its pieces.

The terms are those of the TypeScript analysis (`src/encoder/lexical`), asked through `analysis.py`.
"""

import json
import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from analysis import analyse

KINDS = ("hangul", "hangul-part", "letters", "digits", "other", "hangul-word")
HANGUL, HANGUL_PART, LETTERS, DIGITS, OTHER, HANGUL_WORD = range(len(KINDS))
_HANGUL = re.compile("[가-힣]")
_SPACELESS = re.compile("[\u2e80-\u9fff\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\U00020000-\U0003ffff]")


def kind_of(term: str, nested: bool) -> int:
    """`nested`: the occurrence lies inside a longer term's occurrence (a bigram of a longer word)."""
    if _HANGUL.match(term):
        return HANGUL_PART if nested else HANGUL_WORD if len(term) > 2 else HANGUL
    if term[0].isdigit():
        return DIGITS
    if term[0].isalpha() and not _SPACELESS.match(term):
        return LETTERS
    return OTHER


@dataclass(frozen=True)
class Occurrences:
    """Occurrences of terms in a list of texts, text after text."""

    terms: list[str]  # distinct terms of the set
    table: np.ndarray  # int32 [m, 4]: term, first piece, last piece + 1 (-1, -1 beyond the pieces), kind
    starts: np.ndarray  # int64 [texts + 1]


Rows = list[tuple[str, int, int, int]]  # term, first piece, last piece + 1, kind


def rows_of(found: list[tuple[str, int, int]], offsets: np.ndarray) -> Rows:
    """Occurrences by characters -> by pieces, those that touch a character of the occurrence."""
    rows: Rows = []
    longest: tuple[int, int] = (-1, -1)
    for term, start, end in sorted(found, key=lambda o: (o[1], -o[2])):
        nested = longest[0] <= start and end <= longest[1] and (start, end) != longest
        if not nested:
            longest = (start, end)
        first = int(np.searchsorted(offsets[:, 1], start, side="right"))
        last = int(np.searchsorted(offsets[:, 0], end, side="left"))
        inside = first < len(offsets)
        rows.append((term, first if inside else -1, max(last, first + 1) if inside else -1, kind_of(term, nested)))
    return rows


def locate(texts: list[str], folder: Path, truncated: bool) -> Occurrences:
    """Occurrences for a folder of cached pieces; `truncated` drops those behind its last piece."""
    saved = folder / "occurrences.npz"
    if not saved.exists():
        offsets, starts = np.load(folder / "offsets.npy"), np.load(folder / "starts.npy")
        numbers: dict[str, int] = {}
        table, ends = [], [0]
        for i, found in enumerate(analyse(texts)):
            for term, first, last, kind in rows_of(found, offsets[starts[i] : starts[i + 1]]):
                if first >= 0 or not truncated:
                    table.append((numbers.setdefault(term, len(numbers)), first, last, kind))
            ends.append(len(table))
        np.savez(saved, table=np.array(table, np.int32).reshape(-1, 4), starts=np.array(ends, np.int64))
        (folder / "terms.json").write_text(json.dumps(list(numbers), ensure_ascii=False), encoding="utf-8")
    arrays = np.load(saved)
    return Occurrences(json.loads((folder / "terms.json").read_text(encoding="utf-8")), arrays["table"], arrays["starts"])
