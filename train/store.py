"""Cached sets of texts as tensors, and batches cut from them."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import scipy.sparse as sparse
import torch

from model import Batch
from terms import Occurrences, locate
from vocabulary import group_of


class TermIndex:
    """Term <-> number; the first `expansion` numbers are the closed list that texts may be expanded to."""

    def __init__(self, vocabulary: dict):
        self.names: list[str] = list(vocabulary["terms"])
        self.expansion = len(self.names)
        self.numbers = {term: number for number, term in enumerate(self.names)}
        self._known, self._unknown = vocabulary["idf"], vocabulary["unknown"]
        self.idf: list[float] = [self._idf_of(term) for term in self.names]

    @classmethod
    def load(cls, path: Path) -> "TermIndex":
        return cls(json.loads(path.read_text(encoding="utf-8")))

    def number(self, term: str) -> int:
        number = self.numbers.get(term)
        if number is None:
            number = self.numbers[term] = len(self.names)
            self.names.append(term)
            self.idf.append(self._idf_of(term))
        return number

    def _idf_of(self, term: str) -> float:
        return self._known.get(term, self._unknown[group_of(term)])


@dataclass
class TextSet:
    """One cached set: hidden states of its pieces, and the terms of each text."""

    folder: Path
    starts: np.ndarray
    dense: np.ndarray  # [texts, hidden]: embedding of the first window, the teacher's view
    occurrences: Occurrences
    term: list[np.ndarray]  # distinct terms of each text, as numbers of the index
    frequency: list[np.ndarray]
    position: list[np.ndarray]  # of each occurrence in `term`
    hidden: np.ndarray | None = None

    @classmethod
    def load(cls, folder: Path, texts: list[str], index: TermIndex, truncated: bool = False) -> "TextSet":
        starts = np.load(folder / "starts.npy")
        windows, embeddings = np.load(folder / "windows.npy"), np.load(folder / "dense.npy")
        dense = np.zeros((len(texts), embeddings.shape[1]), np.float32)
        first = windows[:, 1] == 0
        dense[windows[first, 0]] = embeddings[first]
        occurrences = locate(texts, folder, truncated)
        numbers = np.array([index.number(term) for term in occurrences.terms] or [0], np.int64)
        term, frequency, position = [], [], []
        for a, b in zip(occurrences.starts, occurrences.starts[1:]):
            distinct, where, counts = np.unique(numbers[occurrences.table[a:b, 0]], return_inverse=True, return_counts=True)
            term.append(distinct)
            frequency.append(counts)
            position.append(where)
        return cls(folder, starts, dense, occurrences, term, frequency, position)

    def __len__(self) -> int:
        return len(self.term)

    def open_layer(self, layer: int) -> None:
        shape = (int(self.starts[-1]), self.dense.shape[1])
        self.hidden = np.memmap(self.folder / f"layer-{layer}.f16", np.float16, "r", shape=shape)

    def batch(self, texts: list[int], index: TermIndex, device: torch.device) -> Batch:
        rows = [self.hidden[self.starts[i] : self.starts[i + 1]] for i in texts]
        hidden = torch.from_numpy(np.concatenate(rows)).to(device).float()
        piece_starts = np.concatenate([[0], np.cumsum([self.starts[i + 1] - self.starts[i] for i in texts])])
        term_starts = np.concatenate([[0], np.cumsum([len(self.term[i]) for i in texts])])
        spans = [self.occurrences.table[self.occurrences.starts[i] : self.occurrences.starts[i + 1]] for i in texts]
        table = np.concatenate(
            [np.c_[span[:, 1:3] + (span[:, 1:2] >= 0) * piece_starts[n], span[:, 3]] for n, span in enumerate(spans)]
        )
        owner = np.concatenate([self.position[i] + term_starts[n] for n, i in enumerate(texts)])
        seen = table[:, 0] >= 0
        term = np.concatenate([self.term[i] for i in texts])

        def tensor(values, kind=torch.long) -> torch.Tensor:
            return torch.as_tensor(np.asarray(values), dtype=kind, device=device)

        return Batch(
            hidden=hidden,
            piece_starts=piece_starts.tolist(),
            term=tensor(term),
            text=tensor(np.repeat(np.arange(len(texts)), np.diff(term_starts))),
            frequency=tensor(np.concatenate([self.frequency[i] for i in texts]), torch.float32),
            idf=tensor(np.array(index.idf, np.float32)[term], torch.float32),
            length=tensor([len(self.position[i]) for i in texts], torch.float32),
            occurrence_first=tensor(table[seen, 0]),
            occurrence_last=tensor(table[seen, 1]),
            occurrence_kind=tensor(table[seen, 2]),
            occurrence_term=tensor(owner[seen]),
        )

    def matrix(self, values: list[np.ndarray], width: int) -> sparse.csr_matrix:
        """Texts x terms from one value for each distinct term of each text."""
        ends = np.concatenate([[0], np.cumsum([len(row) for row in self.term])])
        return sparse.csr_matrix((np.concatenate(values), np.concatenate(self.term), ends), (len(self), width))
