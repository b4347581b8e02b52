"""The whole model on texts: windows through the body, heads on top. Used where nothing is cached."""


import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import BertModel

from analysis import analyse
from features import BOS, DOCUMENT_PREFIX, EOS, MAX_WINDOWS, QUERY_PREFIX, batches, cut, padded, prefix_ids, windows_of
from model import WINDOW, Batch, Side, SparseHead
from scoring import QUERY_TERMS, document_limit, prune
from store import TermIndex
from terms import Rows, rows_of

QUERY_PIECES = 64


class SparseEncoder:
    """Texts -> readable terms and their weights."""

    def __init__(self, body: BertModel, head: SparseHead, tokenizer: Tokenizer, index: TermIndex, half: bool = False):
        """`half` runs the body's matrices in bfloat16, for large evaluations."""
        self.body, self.head, self.tokenizer, self.index, self.half = body.eval(), head.eval(), tokenizer, index, half

    @torch.no_grad()
    def encode(self, texts: list[str], side: Side) -> list[dict[str, float]]:
        """Pruned weights of each text, heaviest first."""
        is_query = side is self.head.query
        limit = QUERY_PIECES if is_query else WINDOW * MAX_WINDOWS
        pieces = cut(self.tokenizer, texts, limit)
        states = self._states([p.ids for p in pieces], QUERY_PREFIX if is_query else DOCUMENT_PREFIX)
        found = analyse(texts)
        return [
            self._weights(hidden, rows_of(terms, text.offsets), side) for hidden, terms, text in zip(states, found, pieces)
        ]

    def _states(self, ids: list[np.ndarray], prefix: str) -> list[torch.Tensor]:
        before = [BOS, *prefix_ids(self.tokenizer, prefix)]
        states = [torch.zeros(len(row), self.body.config.hidden_size) for row in ids]
        windows = [(n, a, b) for n, row in enumerate(ids) for a, b in windows_of(len(row), WINDOW)]
        for group in batches([b - a for _, a, b in windows]):
            rows, mask = padded([before + ids[n][a:b].tolist() + [EOS] for n, a, b in (windows[w] for w in group)])
            with torch.autocast("cpu", torch.bfloat16, enabled=self.half):
                hidden = self.body(rows, attention_mask=mask).last_hidden_state.float()
            for row, (n, a, b) in zip(hidden, (windows[w] for w in group)):
                states[n][a:b] = row[len(before) : len(before) + b - a]
        return states

    def _weights(self, hidden: torch.Tensor, rows: Rows, side: Side) -> dict[str, float]:
        if not rows:  # nothing to expand from
            return {}
        batch = single_batch(hidden, rows, self.index)
        lexical, expansion = self.head(batch, side)
        totals: dict[int, float] = {}
        for term, weight in zip(batch.term.tolist(), lexical.tolist()):
            totals[term] = weight
        for term in expansion[0].nonzero()[:, 0].tolist():
            totals[term] = totals.get(term, 0.0) + expansion[0, term].item()
        numbers, weights = np.array(list(totals)), np.array(list(totals.values()))
        present = np.arange(len(numbers)) < len(batch.term)
        limit = QUERY_TERMS if side is self.head.query else document_limit(len(rows))
        names = np.array([self.index.names[number] for number in numbers])  # equal weights in the order of the terms
        kept = prune(names, weights, present, limit)
        return {str(names[k]): float(weights[k]) for k in sorted(kept, key=lambda k: -weights[k])}


def single_batch(hidden: torch.Tensor, rows: Rows, index: TermIndex) -> Batch:
    numbers = np.array([index.number(term) for term, *_ in rows], np.int64)
    table = np.array([row[1:] for row in rows], np.int64).reshape(-1, 3)
    terms, owner, counts = np.unique(numbers, return_inverse=True, return_counts=True)
    seen = table[:, 0] >= 0
    return Batch(
        hidden=hidden,
        piece_starts=[0, len(hidden)],
        term=torch.from_numpy(terms),
        text=torch.zeros(len(terms), dtype=torch.long),
        frequency=torch.tensor(counts, dtype=torch.float32),
        idf=torch.tensor([index.idf[t] for t in terms], dtype=torch.float32),
        length=torch.tensor([float(len(rows))]),
        occurrence_first=torch.from_numpy(table[seen, 0]),
        occurrence_last=torch.from_numpy(table[seen, 1]),
        occurrence_kind=torch.from_numpy(table[seen, 2]),
        occurrence_term=torch.from_numpy(owner[seen]),
    )
