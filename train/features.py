"""Caches what the frozen layers say of every text, so that training repeats only the layers and heads that learn.

    python features.py --body DIR --pairs pairs.jsonl --dataset DIR... --cache DIR --layers 6 9 12

For each set of texts (`train-passages`, `train-queries`, `<dataset>-documents`, `<dataset>-queries`) one folder:
`ids.npy`, `offsets.npy` (first and last + 1 code point of each piece in the text), `starts.npy` (first piece of each text),
`windows.npy` (number of pieces and text of each window), `dense.npy` (mean-pooled last layer of each window, normalised),
and `layer-N.f16`, half-precision hidden states after layer N. A finished folder is left alone: the command resumes.
"""

import argparse
import json
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from transformers import BertModel

from data import load_dataset, load_training
from model import WINDOW

MAX_WINDOWS = 16  # a longer text's rest is weighted without context
QUERY_PREFIX, DOCUMENT_PREFIX = "query:", "passage:"
BATCH_PIECES = 1024  # more leaves the processor caches: half the speed
BOS, EOS, PAD = 0, 2, 1


@dataclass(frozen=True)
class Pieces:
    """The content pieces of one text, without prefix and special pieces."""

    ids: np.ndarray  # int32 [n]
    offsets: np.ndarray  # int32 [n, 2], code points of the text as given


def load_tokenizer(body: Path) -> Tokenizer:
    tokenizer = Tokenizer.from_file(str(body / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return tokenizer


def cut(tokenizer: Tokenizer, texts: list[str], limit: int) -> list[Pieces]:
    """Texts as pieces, at most `limit` of each."""
    encoded = tokenizer.encode_batch(texts, add_special_tokens=False)
    return [
        Pieces(np.array(e.ids[:limit], np.int32), np.array(e.offsets[:limit], np.int32).reshape(-1, 2)) for e in encoded
    ]


def windows_of(pieces: int, size: int) -> list[tuple[int, int]]:
    """(first piece, last piece + 1) of every window of a text; a text without pieces has none."""
    return [(first, min(first + size, pieces)) for first in range(0, pieces, size)]


def prefix_ids(tokenizer: Tokenizer, prefix: str) -> list[int]:
    return tokenizer.encode(prefix, add_special_tokens=False).ids


def batches(lengths: list[int], budget: int = BATCH_PIECES) -> list[list[int]]:
    """Groups of similar length whose padded size stays under the budget."""
    groups: list[list[int]] = []
    for item in sorted(range(len(lengths)), key=lambda i: -lengths[i]):
        if groups and (len(groups[-1]) + 1) * lengths[groups[-1][0]] <= budget:
            groups[-1].append(item)
        else:
            groups.append([item])
    return groups


def padded(rows: list[list[int]]) -> tuple[torch.Tensor, torch.Tensor]:
    """Input ids and attention mask."""
    longest = max(map(len, rows))
    ids = torch.tensor([row + [PAD] * (longest - len(row)) for row in rows])
    mask = torch.tensor([[1] * len(row) + [0] * (longest - len(row)) for row in rows])
    return ids, mask


@torch.no_grad()
def cache(model: BertModel, tokenizer: Tokenizer, texts: list[str], prefix: str, layers: list[int], limit: int, out: Path) -> None:
    if (out / "done.json").exists():
        return
    out.mkdir(parents=True, exist_ok=True)
    began = time.time()
    device = next(model.parameters()).device
    pieces = cut(tokenizer, texts, limit)
    windows = [(n, *window) for n, text in enumerate(pieces) for window in windows_of(len(text.ids), WINDOW)]
    starts = np.concatenate([[0], np.cumsum([len(p.ids) for p in pieces])]).astype(np.int64)
    before = [BOS, *prefix_ids(tokenizer, prefix)]
    hidden_size, total = model.config.hidden_size, int(starts[-1])
    stores = {n: np.memmap(out / f"layer-{n}.f16", np.float16, "w+", shape=(total, hidden_size)) for n in layers}
    dense = np.zeros((len(windows), hidden_size), np.float32)
    for group in batches([last - first for _, first, last in windows]):
        rows = [before + pieces[windows[w][0]].ids[windows[w][1] : windows[w][2]].tolist() + [EOS] for w in group]
        ids, mask = (tensor.to(device) for tensor in padded(rows))
        with torch.autocast(device.type, torch.bfloat16):
            states = model(ids, attention_mask=mask, output_hidden_states=True).hidden_states
        last = states[-1].float() * mask[..., None]
        pooled = torch.nn.functional.normalize(last.sum(1) / mask.sum(1, keepdim=True), dim=-1).cpu().numpy()
        for row, w in enumerate(group):
            text, first, end = windows[w]
            at = slice(starts[text] + first, starts[text] + end)
            content = slice(len(before), len(before) + end - first)
            dense[w] = pooled[row]
            for n, store in stores.items():
                store[at] = states[n][row, content].to(torch.float16).cpu().numpy()
    np.save(out / "ids.npy", np.concatenate([p.ids for p in pieces]))
    np.save(out / "offsets.npy", np.concatenate([p.offsets for p in pieces]))
    np.save(out / "starts.npy", starts)
    np.save(out / "windows.npy", np.array(windows, np.int32))
    np.save(out / "dense.npy", dense)
    seconds = round(time.time() - began)
    (out / "done.json").write_text(json.dumps({"texts": len(texts), "pieces": total, "seconds": seconds}))
    print(f"{out.name}: {len(texts)} texts, {total} pieces, {seconds} s", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--body", type=Path, required=True)
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--dataset", type=Path, nargs="*", default=[])
    parser.add_argument("--vocabulary", type=Path, help="also cache each expansion term as a text of its own")
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--layers", type=int, nargs="+", required=True)
    parser.add_argument("--shallow", action="store_true", help="stop after the last of --layers: no teacher embeddings")
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    tokenizer = load_tokenizer(options.body)
    model = BertModel.from_pretrained(options.body, add_pooling_layer=False).eval().to(device)
    if options.shallow:
        model.encoder.layer = model.encoder.layer[: max(options.layers)]
    training = load_training(options.pairs)

    def run(name: str, texts: list[str], prefix: str, limit: int) -> None:
        cache(model, tokenizer, texts, prefix, options.layers, limit, options.cache / name)

    if options.vocabulary:
        terms = json.loads(options.vocabulary.read_text(encoding="utf-8"))["terms"]
        run("vocabulary", terms, QUERY_PREFIX, 16)
    run("train-queries", [pair.query for pair in training.pairs], QUERY_PREFIX, 64)
    run("train-passages", training.passages, DOCUMENT_PREFIX, WINDOW)
    for folder in options.dataset:
        dataset = load_dataset(folder)
        run(f"{folder.name}-queries", dataset.queries, QUERY_PREFIX, 64)
        run(f"{folder.name}-documents", dataset.documents, DOCUMENT_PREFIX, WINDOW * MAX_WINDOWS)


if __name__ == "__main__":
    main()
