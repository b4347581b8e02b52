"""Sparse vectors of cached texts, pruning, and NDCG."""

import math

import numpy as np
import scipy.sparse as sparse
import torch

from data import Dataset
from model import Side, SparseHead
from store import TermIndex, TextSet

QUERY_TERMS = 32
DOCUMENT_TERMS, DOCUMENT_LENGTH, LIMIT_EXPONENT = 160, 250, 0.6
EXPANSION_HANDICAP = 0.8  # a term of the text is kept before an expansion term of the same weight
SMALLEST_SHARE = 0.02  # of the heaviest term; lighter ones are dropped


def document_limit(length: int) -> int:
    """Terms kept of a document: 160, and more of one of more than 250 term occurrences."""
    return int(DOCUMENT_TERMS * max(1.0, length / DOCUMENT_LENGTH) ** LIMIT_EXPONENT)


def prune(term: np.ndarray, weight: np.ndarray, present: np.ndarray, limit: int) -> np.ndarray:
    """Positions kept: the heaviest `limit`, expansion terms handicapped; ties in the order of `term`."""
    rank = weight * np.where(present, 1.0, EXPANSION_HANDICAP)
    order = np.lexsort((term, -rank))[:limit]
    return order[weight[order] > SMALLEST_SHARE * weight.max()] if len(order) else order


@torch.no_grad()
def encode(
    head: SparseHead, side: Side, texts: TextSet, index: TermIndex, chosen: list[int] | None = None, limit=None
) -> sparse.csr_matrix:
    """Rows of pruned weights. `limit(length)` replaces the usual budget."""
    device = next(head.parameters()).device
    chosen = list(range(len(texts))) if chosen is None else chosen
    if limit is None:
        limit = (lambda length: QUERY_TERMS) if side is head.query else document_limit
    order = sorted(range(len(chosen)), key=lambda n: texts.starts[chosen[n] + 1] - texts.starts[chosen[n]])
    rows: list = [None] * len(chosen)
    for first in range(0, len(order), 32):
        group = order[first : first + 32]
        numbers = [chosen[n] for n in group]
        batch = texts.batch(numbers, index, device)
        lexical, expansion = head(batch, side)
        row, column = expansion.nonzero(as_tuple=True)
        terms = torch.cat([batch.term, column]).cpu().numpy()
        owner = torch.cat([batch.text, row]).cpu().numpy()
        weight = torch.cat([lexical, expansion[row, column]]).float().cpu().numpy()
        present = np.arange(len(terms)) < len(lexical)
        for n, place in enumerate(group):
            mine = owner == n
            distinct, where = np.unique(terms[mine], return_inverse=True)
            total = np.bincount(where, weight[mine], len(distinct))
            stands = np.bincount(where, present[mine], len(distinct)) > 0
            kept = prune(distinct, total, stands, limit(int(batch.length[n]))) if len(distinct) else distinct
            rows[place] = (distinct[kept], total[kept])
    ends = np.concatenate([[0], np.cumsum([len(t) for t, _ in rows])])
    columns, values = np.concatenate([t for t, _ in rows]), np.concatenate([w for _, w in rows])
    return sparse.csr_matrix((values, columns, ends), (len(rows), len(index.names)))


def products(queries: sparse.csr_matrix, documents: sparse.csr_matrix) -> np.ndarray:
    """Exact dot products; the index may have grown between the two."""
    width = max(queries.shape[1], documents.shape[1])
    wide = [sparse.csr_matrix((m.data, m.indices, m.indptr), (m.shape[0], width)) for m in (queries, documents)]
    return (wide[0] @ wide[1].T).toarray()


def ndcg(scores: np.ndarray, dataset: Dataset, depth: int = 10) -> float:
    """Mean NDCG; gain 2^grade - 1, as trec_eval's callers and BEIR agree for grades 0 and 1; ties by document order."""
    total = 0.0
    for row, query in zip(scores, dataset.query_ids):
        grades = dataset.relevance[query]
        best = np.argsort(-row, kind="stable")[:depth]
        gained = sum(_gain(grades.get(dataset.document_ids[d], 0), rank) for rank, d in enumerate(best))
        ideal = sum(_gain(grade, rank) for rank, grade in enumerate(sorted(grades.values(), reverse=True)[:depth]))
        total += gained / ideal
    return total / len(dataset.query_ids)


def _gain(grade: int, rank: int) -> float:
    return (2**grade - 1) / math.log2(rank + 2)
