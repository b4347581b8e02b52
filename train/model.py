"""The sparse encoder: contextual weights for the terms of a text, and an expansion to readable terms.

Weight of a term t that stands in the text (document side; a query's saturation is 1):

    saturation(t) = (k1 + 1) tf / (tf + k1 max(length / 150, 0.2)^p)          tf and length counted in terms, whole text
    gate(t)       = 2 sigmoid(mean over occurrences of the mean over their pieces of the gate of the occurrence's kind)
    weight(t)     = saturation(t) idf(t)^a gate(t) + saturation of one occurrence * expansion(t)

so that a model without context (gate 1, no expansion) is BM25. Expansion of a closed list of terms:

    expansion(t)  = c max over windows of log1p(relu(x . E_t + b_t)),  x = s P(m) / |P(m)|,  m = mean hidden state

One direction a window, because the body was trained to put its meaning into the mean: before any training, NDCG@10 of
held-out questions was .845 (Korean) and .933 (English) so, .821 and .921 with the maximum over the pieces' own
directions, .816 and .897 without expansion.
"""

import math
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from terms import HANGUL_WORD, KINDS

TYPICAL_LENGTH, SHORTEST = 150.0, 0.2
WINDOW = 256  # content pieces seen at once
WHOLE_WORD_GATE = math.log(0.3 / 0.7)  # 2 sigmoid = 0.6
DOCUMENT_EXPANSION, QUERY_EXPANSION = 64, 24  # most expansion terms of a text while training


@dataclass
class Batch:
    """Texts whose pieces and terms lie one after the other."""

    hidden: Tensor  # [pieces, hidden]
    piece_starts: list[int]  # texts + 1
    term: Tensor  # [terms] number of each distinct term of each text in the term index
    text: Tensor  # [terms] its text
    frequency: Tensor  # [terms] tf in the whole text
    idf: Tensor  # [terms]
    length: Tensor  # [texts] occurrences in the whole text
    occurrence_first: Tensor  # [occurrences with pieces]
    occurrence_last: Tensor
    occurrence_kind: Tensor
    occurrence_term: Tensor  # position in `term`

    @property
    def size(self) -> int:
        return len(self.piece_starts) - 1


class Side(nn.Module):
    """What documents and queries do not share."""

    def __init__(self, hidden: int, width: int, terms: int, gate_width: int, expansion: int, strength: float):
        super().__init__()
        self.expansion_limit = expansion
        self.gate_in = nn.Linear(hidden, gate_width)
        self.gate_out = nn.Linear(gate_width, len(KINDS))
        nn.init.zeros_(self.gate_out.weight)
        nn.init.zeros_(self.gate_out.bias)
        # A long word's bigrams say it already: at full weight it would count twice.
        self.gate_out.bias.data[HANGUL_WORD] = WHOLE_WORD_GATE
        self.project = nn.Linear(hidden, width)
        self.bias = nn.Parameter(torch.zeros(terms))
        self.log_scale = nn.Parameter(torch.tensor(math.log(12.0)))
        self.log_strength = nn.Parameter(torch.tensor(math.log(strength)))
        self.idf_exponent = nn.Parameter(torch.tensor(0.5))


class SparseHead(nn.Module):
    """Gates and expansion on top of the body's hidden states."""

    def __init__(self, hidden: int, terms: int, width: int = 256, gate_width: int = 64):
        super().__init__()
        self.terms = terms
        self.document = Side(hidden, width, terms, gate_width, DOCUMENT_EXPANSION, 0.6)
        self.query = Side(hidden, width, terms, gate_width, QUERY_EXPANSION, 0.35)
        self.embedding = nn.Parameter(torch.zeros(terms, width))
        # Not learned: training passages are too short to tell how long documents saturate.
        self.register_buffer("k1", torch.tensor(0.5))
        self.register_buffer("length_exponent", torch.tensor(0.5))
        self.dropout = 0.1

    def gates(self, side: Side, normalised: Tensor) -> Tensor:
        """[pieces, kinds] before the sigmoid: leaves the graph as it is."""
        inner = functional.gelu(side.gate_in(functional.dropout(normalised, self.dropout, self.training)))
        return side.gate_out(inner)

    def directions(self, side: Side, means: Tensor) -> Tensor:
        return functional.normalize(side.project(means), dim=-1) * side.log_scale.exp()

    def term_gates(self, gates: Tensor, batch: Batch) -> Tensor:
        """Mean gate of each term of each text; 0 for a term without pieces."""
        sums = functional.pad(gates.cumsum(0), (0, 0, 1, 0))
        span = (batch.occurrence_last - batch.occurrence_first)[:, None]
        means = (sums[batch.occurrence_last] - sums[batch.occurrence_first]) / span
        value = means.gather(1, batch.occurrence_kind[:, None])[:, 0]
        total = torch.zeros_like(batch.idf).index_add(0, batch.occurrence_term, value)
        count = torch.zeros_like(batch.idf).index_add(0, batch.occurrence_term, torch.ones_like(value))
        return total / count.clamp(min=1)

    def saturation(self, frequency: Tensor, length: Tensor) -> Tensor:
        norm = (length / TYPICAL_LENGTH).clamp(min=SHORTEST) ** self.length_exponent
        return (self.k1 + 1) * frequency / (frequency + self.k1 * norm)

    def present(self, side: Side, batch: Batch, normalised: Tensor) -> Tensor:
        """Weight of every term that stands in its text."""
        gate = 2 * torch.sigmoid(self.term_gates(self.gates(side, normalised), batch))
        weight = batch.idf**side.idf_exponent * gate
        if side is self.query:
            return weight
        return weight * self.saturation(batch.frequency, batch.length[batch.text])

    def expansion_logits(self, side: Side, means: Tensor) -> Tensor:
        """[windows, terms]: leaves the graph as it is."""
        return self.directions(side, means) @ self.embedding.T + side.bias

    def expand(self, side: Side, batch: Batch) -> Tensor:
        """[texts, terms], all but the strongest `expansion_limit` of a text 0."""
        means, owner = window_means(batch)
        logits = self.expansion_logits(side, means)
        if len(owner) != batch.size or not torch.equal(owner, torch.arange(batch.size, device=owner.device)):
            lowest = torch.full((batch.size, self.terms), -1.0, device=logits.device)
            logits = lowest.scatter_reduce(0, owner[:, None].expand_as(logits), logits, "amax")
        weights = torch.log1p(torch.relu(logits)) * side.log_strength.exp()
        if side is self.document:  # or long documents, which have more windows, would win by their expansion
            weights = weights * self.saturation(torch.ones_like(batch.length), batch.length)[:, None]
        if side.expansion_limit >= self.terms:
            return weights
        least = weights.detach().topk(side.expansion_limit, 1).values[:, -1:]
        return weights * (weights >= least)

    def forward(self, batch: Batch, side: Side) -> tuple[Tensor, Tensor]:
        """Weights of the terms of `batch.term`, and the expansion [texts, terms]."""
        normalised = functional.layer_norm(batch.hidden, batch.hidden.shape[-1:])
        return self.present(side, batch, normalised), self.expand(side, batch)


def window_means(batch: Batch) -> tuple[Tensor, Tensor]:
    """Mean hidden state of each window, and the text that it belongs to."""
    windows = [
        (text, first, min(first + WINDOW, end))
        for text, (start, end) in enumerate(zip(batch.piece_starts, batch.piece_starts[1:]))
        for first in range(start, end, WINDOW)
    ]
    means = [batch.hidden[first:last].mean(0) for _, first, last in windows]
    owner = torch.tensor([text for text, _, _ in windows], dtype=torch.long, device=batch.hidden.device)
    return torch.stack(means) if means else batch.hidden.new_zeros(0, batch.hidden.shape[-1]), owner
