"""Scores trained heads on BEIR folders.

    python evaluate.py --cache DIR --vocabulary vocabulary.json --head head.pt --dataset DIR...

One row for each folder: NDCG@10 of the dense teacher (first window of a document), of the model after pruning, of queries
without inference (each term's idf), of the lexical floor (no context, no expansion, nothing pruned), and the mean number
of terms kept. The hidden states must be cached (`features.py`).
"""

import argparse
from pathlib import Path

import numpy as np
import scipy.sparse as sparse
import torch

from data import Dataset, load_dataset
from model import SparseHead
from scoring import encode, ndcg, products
from store import TermIndex, TextSet


def load_head(path: Path, terms: int) -> tuple[SparseHead, int]:
    """The heads, and the layer of the body that they read."""
    saved = torch.load(path, weights_only=False)
    head = SparseHead(saved["head"]["query.project.weight"].shape[1], terms)
    head.load_state_dict(saved["head"])
    return head.eval(), saved["layer"]


def static_queries(head: SparseHead, queries: TextSet, index: TermIndex) -> sparse.csr_matrix:
    """Queries without inference: every term weighs what it would with a neutral gate."""
    idf = np.array(index.idf, np.float32) ** head.query.idf_exponent.item()
    return queries.matrix([idf[terms] for terms in queries.term], len(idf))


def floor_documents(head: SparseHead, documents: TextSet, index: TermIndex) -> sparse.csr_matrix:
    """BM25 with the head's own constants: gate 1, no expansion, not pruned."""
    k1, p, a = head.k1.item(), head.length_exponent.item(), head.document.idf_exponent.item()
    idf = np.array(index.idf, np.float32) ** a
    rows = []
    for term, tf in zip(documents.term, documents.frequency):
        norm = max(tf.sum() / 150.0, 0.2) ** p
        rows.append((k1 + 1) * tf / (tf + k1 * norm) * idf[term])
    return documents.matrix(rows, len(idf))


def evaluate(head: SparseHead, layer: int, dataset: Dataset, name: str, cache: Path, index: TermIndex) -> dict[str, float]:
    queries = TextSet.load(cache / f"{name}-queries", dataset.queries, index)
    documents = TextSet.load(cache / f"{name}-documents", dataset.documents, index)
    queries.open_layer(layer)
    documents.open_layer(layer)
    encoded = encode(head, head.document, documents, index)
    neural = encode(head, head.query, queries, index)
    static = static_queries(head, queries, index)
    return {
        "dense teacher": ndcg(queries.dense @ documents.dense.T, dataset),
        "ndcg@10": ndcg(products(neural, encoded), dataset),
        "no query inference": ndcg(products(static, encoded), dataset),
        "floor": ndcg(products(static, floor_documents(head, documents, index)), dataset),
        "document terms": encoded.nnz / encoded.shape[0],
        "query terms": neural.nnz / neural.shape[0],
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--vocabulary", type=Path, required=True)
    parser.add_argument("--head", type=Path, required=True)
    parser.add_argument("--dataset", type=Path, nargs="+", required=True)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    index = TermIndex.load(options.vocabulary)
    head, layer = load_head(options.head, index.expansion)
    for folder in options.dataset:
        row = evaluate(head, layer, load_dataset(folder), folder.name, options.cache, index)
        print(folder.name, {name: round(value, 4) for name, value in row.items()}, flush=True)


if __name__ == "__main__":
    main()
