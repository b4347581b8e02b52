"""Trains the gates and the expansion against a dense teacher, with BM25 as the floor.

    python train.py --cache DIR --vocabulary vocabulary.json --pairs pairs.jsonl --layer 9 --out head.pt

Teacher: similarity of the full body's embeddings plus a share of BM25, both as z-scores over the passages of the
query's language. Loss: KL to the teacher over the passages of the batch, cross entropy of real questions, and L1 of the
expansion. Best weights by NDCG@10 on held-out passages, which no step sees. `--resume` goes on from the last checkpoint.
"""

import argparse
import csv
import math
import random
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional

from data import SEED, Dataset, Training, load_training
from model import Batch, SparseHead
from scoring import encode, ndcg, products
from store import TermIndex, TextSet

MIX = {("ko", "question"): 0.24, ("en", "question"): 0.22, ("ko", "heading"): 0.08, ("ko", "pseudo"): 0.28, ("en", "pseudo"): 0.18}
INITIAL_SAMPLE = 2000
HARD = 30  # negatives are drawn from the teacher's best


def pair_class(pair) -> tuple[str, str]:
    return pair.language, pair.kind if pair.kind in ("question", "heading") else "pseudo"


class Teacher:
    """Scores of every training query against every passage, z-scored within the query's language."""

    def __init__(self, training: Training, scores: np.ndarray):
        self.scores = scores
        self.positive = np.array([pair.passage for pair in training.pairs])
        self.hard = np.zeros((len(scores), HARD), np.int64)
        self.rank = np.zeros(len(scores), np.int64)
        for first in range(0, len(scores), 1000):  # sorting half precision is slow, a whole copy is large
            rows = scores[first : first + 1000].astype(np.float32)
            mine = rows[np.arange(len(rows)), self.positive[first : first + 1000]]
            self.hard[first : first + 1000] = np.argpartition(-rows, HARD, 1)[:, :HARD]
            self.rank[first : first + 1000] = (rows > mine[:, None]).sum(1)


def teacher_scores(training: Training, queries: TextSet, passages: TextSet, index: TermIndex, lexical_share: float) -> np.ndarray:
    """float16 [queries, passages]; -10 for a passage of the other language."""
    idf = np.array(index.idf, np.float32)
    width = len(idf)
    query_rows = queries.matrix([idf[t] for t in queries.term], width)
    passage_rows = passages.matrix(_bm25(passages), width)
    languages = np.array(training.languages())
    own = np.array([pair.language for pair in training.pairs])
    scores = np.full((len(own), len(languages)), -10.0, np.float16)
    for language in ("ko", "en"):
        rows, columns_ = np.flatnonzero(own == language), np.flatnonzero(languages == language)
        dense = _z(queries.dense[rows] @ passages.dense[columns_].T)
        lexical = np.clip(_z((query_rows[rows] @ passage_rows[columns_].T).toarray()), -2, 12)
        scores[np.ix_(rows, columns_)] = (1 - lexical_share) * dense + lexical_share * lexical
    return scores


def load_teacher(path: Path, make: Callable[[], np.ndarray]) -> np.ndarray:
    if not path.exists():
        np.save(path, make())
    return np.load(path)


def _z(values: np.ndarray) -> np.ndarray:
    return (values - values.mean(1, keepdims=True)) / (values.std(1, keepdims=True) + 1e-6)


def _bm25(passages: TextSet) -> list[np.ndarray]:
    return [1.9 * tf / (tf + 0.9 * max(tf.sum() / 150, 0.2) ** 0.5) for tf in passages.frequency]


@torch.no_grad()
def initialise(head: SparseHead, vocabulary: TextSet, queries: TextSet, passages: TextSet) -> None:
    """Expansion from the body's own geometry: each term's direction is that of the term as a text."""
    draw = np.random.default_rng(SEED)

    def means(texts: TextSet, numbers) -> torch.Tensor:
        rows = (texts.hidden[texts.starts[i] : texts.starts[i + 1]] for i in numbers)
        return torch.from_numpy(np.stack([row.astype(np.float32).mean(0) for row in rows if len(row)]))

    def sample(texts: TextSet) -> torch.Tensor:
        return means(texts, draw.choice(len(texts), min(INITIAL_SAMPLE, len(texts)), replace=False))

    terms, of_passages, of_queries = means(vocabulary, range(len(vocabulary))), sample(passages), sample(queries)
    centred = torch.cat([m - m.mean(0) for m in (terms, of_passages, of_queries)])
    values, vectors = torch.linalg.eigh(centred.T @ centred / len(centred))
    width = head.embedding.shape[1]
    basis = (vectors[:, -width:] * values[-width:].clamp(min=1e-9) ** -0.25).T
    head.embedding.copy_(functional.normalize((terms - terms.mean(0)) @ basis.T, dim=-1))
    for side, rows, share in ((head.document, of_passages, 0.01), (head.query, of_queries, 0.007)):
        side.project.weight.copy_(basis)
        side.project.bias.copy_(-basis @ rows.mean(0))
        # Each term's threshold lets the same share of texts through.
        logits = head.expansion_logits(side, rows)
        side.bias.copy_(-logits.kthvalue(int(len(rows) * (1 - share)), 0).values)


def columns(index: TermIndex, queries: Batch) -> tuple[torch.Tensor, int]:
    """Term number -> column of the batch's score matrices: the closed list, then the other terms of its queries."""
    place = torch.full((len(index.names),), -1, dtype=torch.long, device=queries.term.device)
    place[: index.expansion] = torch.arange(index.expansion, device=place.device)
    others = torch.unique(queries.term[queries.term >= index.expansion])
    place[others] = torch.arange(index.expansion, index.expansion + len(others), device=place.device)
    return place, index.expansion + len(others)


def dense_rows(batch: Batch, lexical: torch.Tensor, expansion: torch.Tensor, place: torch.Tensor, width: int) -> torch.Tensor:
    known = place[batch.term] >= 0
    rows = torch.zeros(batch.size, width, device=lexical.device)
    rows = rows.index_put((batch.text[known], place[batch.term][known]), lexical[known], accumulate=True)
    return rows + functional.pad(expansion, (0, width - expansion.shape[1]))


def draw_batch(draw: random.Random, pools: dict, teacher: Teacher, size: int, negatives: int, held: frozenset) -> tuple[list[int], list[int]]:
    queries = [q for name, share in MIX.items() for q in draw.sample(pools[name], round(size * share))]
    passages = dict.fromkeys(int(teacher.positive[q]) for q in queries)
    for q in queries:
        allowed = [int(p) for p in teacher.hard[q] if int(p) not in held]
        passages |= dict.fromkeys(draw.sample(allowed, min(negatives, len(allowed))))
    return queries, list(passages)


def validation_set(training: Training, language: str, kind: str) -> tuple[list[int], list[int], Dataset]:
    """Held-out queries, the passages they are searched in (held-out ones and distractors), and their relevance."""
    pairs = [
        n for n, p in enumerate(training.pairs) if p.passage in training.validation and (p.language, p.kind) == (language, kind)
    ]
    languages = training.languages()
    passages = [n for n, own in enumerate(languages) if own == language][:500]
    passages = sorted({*passages, *(training.pairs[n].passage for n in pairs)})
    relevance = {str(n): {str(training.pairs[n].passage): 1} for n in pairs}
    names = [str(n) for n in pairs], [str(n) for n in passages]
    return pairs, passages, Dataset(names[1], [], names[0], [], relevance)


def validate(head: SparseHead, training: Training, queries: TextSet, passages: TextSet, index: TermIndex) -> dict[str, float]:
    head.eval()
    result: dict[str, float] = {}
    for language, kind in (("ko", "question"), ("en", "question"), ("ko", "heading")):
        q, d, judged = validation_set(training, language, kind)
        rows = encode(head, head.query, queries, index, q)
        scores = products(rows, encode(head, head.document, passages, index, d))
        result[f"{language}-{kind}"] = round(ndcg(scores, judged), 4)
    head.train()
    return result


def parameter_groups(head: SparseHead, rate: float) -> list[dict]:
    def named(*parts: str) -> list[torch.nn.Parameter]:
        return [p for name, p in head.named_parameters() if any(part in name for part in parts)]

    return [
        {"params": named("gate_"), "lr": 1e-3 * rate},
        # Adam moves a parameter with rare gradients as fast as the others: geometry and thresholds of rare terms,
        # which the body knows better than these few questions, must not drift.
        {"params": named("project", "embedding"), "lr": 1e-4 * rate},
        {"params": [head.document.bias, head.query.bias], "lr": 1e-3 * rate},
        {"params": named("log_", "exponent"), "lr": 1e-2},
    ]


def parse_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cache", type=Path, required=True)
    parser.add_argument("--vocabulary", type=Path, required=True)
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--layer", type=int, required=True, help="layer of the body that the heads read")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=300)
    parser.add_argument("--batch", type=int, default=40)
    parser.add_argument("--negatives", type=int, default=2)
    parser.add_argument("--rate", type=float, default=2.0)
    parser.add_argument("--lexical-share", type=float, default=0.15, help="of BM25 in the teacher")
    parser.add_argument("--sharpness", type=float, default=2.0, help="of the teacher's distribution")
    parser.add_argument("--cross-entropy", type=float, default=0.5)
    parser.add_argument("--query-strength", type=float, default=0.6, help="saved share of the learned query expansion")
    parser.add_argument("--l1", type=float, nargs=2, default=(0.0005, 0.002), help="document and query expansion")
    parser.add_argument("--every", type=int, default=100, help="steps between validations")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--resume", action="store_true")
    return parser.parse_args()


class Material:
    """The texts, their terms and hidden states, and the teacher."""

    def __init__(self, options: argparse.Namespace):
        cache = options.cache
        self.training = load_training(options.pairs)
        self.index = index = TermIndex.load(options.vocabulary)
        questions = [pair.query for pair in self.training.pairs]
        self.queries = TextSet.load(cache / "train-queries", questions, index, truncated=True)
        self.passages = TextSet.load(cache / "train-passages", self.training.passages, index, truncated=True)
        terms = index.names[: index.expansion]
        self.vocabulary = TextSet.load(cache / "vocabulary", terms, index, truncated=True)
        for texts in (self.queries, self.passages, self.vocabulary):
            texts.open_layer(options.layer)
        share = options.lexical_share

        def make() -> np.ndarray:
            return teacher_scores(self.training, self.queries, self.passages, index, share)

        self.teacher = Teacher(self.training, load_teacher(cache / f"teacher-{share}.npy", make))
        self.pools = self._pools()

    def _pools(self) -> dict[tuple[str, str], list[int]]:
        """Queries to draw from. A question that the teacher itself cannot answer teaches nothing."""
        pools: dict[tuple[str, str], list[int]] = {}
        for n, pair in enumerate(self.training.pairs):
            if pair.passage not in self.training.validation and self.teacher.rank[n] < 10 and len(self.queries.term[n]):
                pools.setdefault(pair_class(pair), []).append(n)
        return pools


class Run:
    """Everything that a step changes."""

    def __init__(self, material: Material, options: argparse.Namespace, device: torch.device):
        self.material, self.options, self.device = material, options, device
        self.draw = random.Random(SEED)
        self.head = SparseHead(material.queries.dense.shape[1], material.index.expansion).eval()
        initialise(self.head, material.vocabulary, material.queries, material.passages)
        self.head.to(device).train()
        self.log_temperature = torch.nn.Parameter(torch.tensor(-2.0, device=device))
        groups = [*parameter_groups(self.head, options.rate), {"params": [self.log_temperature], "lr": 1e-2}]
        self.optimiser = torch.optim.AdamW(groups, weight_decay=0.0, betas=(0.9, 0.99))
        self.base_rates = [group["lr"] for group in groups]
        self.best, self.step, self.seconds = -1.0, 0, 0.0
        self.history: list[dict] = []
        self.running: dict[str, float] = {}

    def train_step(self) -> None:
        began = time.time()
        for group, rate in zip(self.optimiser.param_groups, self.base_rates):
            group["lr"] = rate * min(1, (self.step + 1) / 20) * max(0.05, 1 - self.step / self.options.steps)
        loss = self._loss()
        self.optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.head.parameters(), 5.0)
        self.optimiser.step()
        self.step += 1
        self.seconds += time.time() - began

    def _loss(self) -> torch.Tensor:
        material, options, head = self.material, self.options, self.head
        teacher, index = material.teacher, material.index
        q, d = draw_batch(
            self.draw, material.pools, teacher, options.batch, options.negatives, material.training.validation
        )
        query_batch, document_batch = material.queries.batch(q, index, self.device), material.passages.batch(d, index, self.device)
        query_lexical, query_expansion = head(query_batch, head.query)
        document_lexical, document_expansion = head(document_batch, head.document)
        place, width = columns(index, query_batch)
        query_rows = dense_rows(query_batch, query_lexical, query_expansion, place, width)
        document_rows = dense_rows(document_batch, document_lexical, document_expansion, place, width)
        predicted = functional.log_softmax(query_rows @ document_rows.T * self.log_temperature.exp(), 1)

        wanted = torch.from_numpy(teacher.scores[np.ix_(q, d)].astype(np.float32)).to(self.device) * options.sharpness
        divergence = functional.kl_div(predicted, functional.softmax(wanted, 1), reduction="batchmean")
        real = [n for n, number in enumerate(q) if pair_class(material.training.pairs[number])[1] != "pseudo"]
        targets = torch.tensor([d.index(int(teacher.positive[q[n]])) for n in real], device=self.device)
        entropy = functional.nll_loss(predicted[real], targets)
        penalty = options.l1[0] * document_expansion.sum() / len(d) + options.l1[1] * query_expansion.sum() / len(q)
        seen = {
            "kl": divergence.item(),
            "ce": entropy.item(),
            "document-terms": (document_expansion > 0).sum().item() / len(d),
            "query-terms": (query_expansion > 0).sum().item() / len(q),
        }
        self.running = {name: self.running.get(name, 0.0) + value for name, value in seen.items()}
        return divergence + options.cross_entropy * entropy + penalty

    def validate(self) -> None:
        """Measures, keeps the best weights, writes the checkpoint and the curve."""
        material, options = self.material, self.options
        measured = validate(self.head, material.training, material.queries, material.passages, material.index)
        row = {"step": self.step, "seconds": round(self.seconds), **measured}
        row |= {name: round(value / options.every, 4) for name, value in self.running.items()}
        self.running = {}
        self.history.append(row)
        print(row, flush=True)
        score = (2 * row["ko-question"] + row["en-question"] + row["ko-heading"]) / 4
        if score > self.best:
            self.best = score
            self._save_best()
        torch.save(self._state(), options.out.with_suffix(".checkpoint"))
        write_history(options.out.with_suffix(".csv"), self.history)

    def _save_best(self) -> None:
        weights = {name: tensor.clone() for name, tensor in self.head.state_dict().items()}
        weights["query.log_strength"] += math.log(self.options.query_strength)
        torch.save({"head": weights, "layer": self.options.layer, "step": self.step}, self.options.out)

    def _state(self) -> dict:
        names = ("best", "step", "seconds", "history")
        return {name: getattr(self, name) for name in names} | {
            "head": self.head.state_dict(),
            "optimiser": self.optimiser.state_dict(),
            "temperature": self.log_temperature.data,
            "draw": self.draw.getstate(),
            "torch": torch.get_rng_state(),
        }

    def resume(self) -> None:
        path = self.options.out.with_suffix(".checkpoint")
        if not path.exists():
            return
        saved = torch.load(path, weights_only=False)
        for name in ("best", "step", "seconds", "history"):
            setattr(self, name, saved[name])
        self.head.load_state_dict(saved["head"])
        self.optimiser.load_state_dict(saved["optimiser"])
        self.log_temperature.data.copy_(saved["temperature"])
        self.draw.setstate(saved["draw"])
        torch.set_rng_state(saved["torch"])


def main() -> None:
    options = parse_options()
    torch.set_num_threads(options.threads)
    torch.manual_seed(SEED)
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    material = Material(options)
    print({name: len(pool) for name, pool in material.pools.items()}, flush=True)
    run = Run(material, options, device)
    if options.resume:
        run.resume()
    while run.step < options.steps:
        run.train_step()
        if run.step % options.every == 0 or run.step == options.steps:
            run.validate()


def write_history(path: Path, history: list[dict]) -> None:
    names = list(dict.fromkeys(name for row in history for name in row))
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(history)


if __name__ == "__main__":
    main()
