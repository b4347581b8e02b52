"""Scores the exported model on BEIR folders, from the texts: what int8 and the trimmed tokenizer cost.

    python fidelity.py --model models/ko-en-mini --dataset DIR...

Compare with the rows of `evaluate.py`. The int8 weights are multiplied out; `--half` runs the body in bfloat16.
"""

import argparse
from pathlib import Path

import numpy as np
import scipy.sparse as sparse
import torch

from data import load_dataset
from encoder import SparseEncoder
from export import load_exported
from scoring import ndcg, products
from store import TermIndex


def matrix(rows: list[dict[str, float]], index: TermIndex) -> sparse.csr_matrix:
    ends = np.concatenate([[0], np.cumsum([len(row) for row in rows])])
    columns = [index.number(term) for row in rows for term in row]
    return sparse.csr_matrix(([w for row in rows for w in row.values()], columns, ends), (len(rows), len(index.names)))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--dataset", type=Path, nargs="+", required=True)
    parser.add_argument("--half", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    body, head, tokenizer, index = load_exported(options.model)
    encoder = SparseEncoder(body, head, tokenizer, index, options.half)
    for folder in options.dataset:
        dataset = load_dataset(folder)
        documents = matrix(encoder.encode(dataset.documents, head.document), index)
        queries = matrix(encoder.encode(dataset.queries, head.query), index)
        print(f"{folder.name}: NDCG@10 {ndcg(products(queries, documents), dataset):.4f}", flush=True)


if __name__ == "__main__":
    main()
