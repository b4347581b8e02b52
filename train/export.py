"""Writes the model folder: trimmed tokenizer, int8 weights, heads, terms and idf table.

    python export.py --body DIR --head head.pt --vocabulary vocabulary.json --pairs pairs.jsonl --out models/ko-en-mini

Also `load_exported`, which reads the folder back into PyTorch with the int8 weights multiplied out: the reference for
the TypeScript encoder.
"""

import argparse
import hashlib
import json
import re
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import BertConfig, BertModel

from data import load_training
from evaluate import load_head
from features import BOS, DOCUMENT_PREFIX, EOS, MAX_WINDOWS, PAD, QUERY_PREFIX, load_tokenizer, prefix_ids
from model import DOCUMENT_EXPANSION, QUERY_EXPANSION, SHORTEST, TYPICAL_LENGTH, WINDOW, SparseHead
from scoring import DOCUMENT_LENGTH, DOCUMENT_TERMS, EXPANSION_HANDICAP, LIMIT_EXPONENT, QUERY_TERMS, SMALLEST_SHARE
from store import TermIndex
from encoder import QUERY_PIECES
from terms import KINDS
from vocabulary import GROUPS

ANALYSIS_VERSION = 1  # that of src/encoder/lexical/analysis.ts, which made terms and idf table
SPECIAL_PIECES = 4
HIGHEST_HAN_RANK = 150000  # of a Han character or kana: rarer ones are not read by the body either
HIGHEST_RANK = 30000  # of a whole Latin word among the pieces of a hundred languages


def kept_pieces(tokenizer: Tokenizer, texts: list[str]) -> list[int]:
    """Old ids of the pieces that the trimmed tokenizer keeps: those that the texts use, and the writing of both languages."""
    used = {i for encoding in tokenizer.encode_batch(texts, add_special_tokens=False) for i in encoding.ids}
    vocabulary = json.loads(tokenizer.to_str())["model"]["vocab"]
    return [i for i, (piece, _) in enumerate(vocabulary) if i < SPECIAL_PIECES or i in used or _belongs(i, piece)]


def _belongs(number: int, piece: str) -> bool:
    text = piece.removeprefix("▁")
    if re.search("[가-힣]", piece):
        return not re.search("[^가-힣▁0-9a-zA-Z.,()]", piece)
    if len(text) <= 1:
        code = ord(text) if text else 0
        return code < 0x400 or 0x2000 <= code < 0x2700 or (0x3000 <= code < 0xA000 and number < HIGHEST_HAN_RANK)
    if re.fullmatch("[a-zA-Z]+", text):
        return len(text) <= 3 or (piece != text and number < HIGHEST_RANK)
    return bool(re.fullmatch("[0-9]{2,4}", text))


def trimmed_tokenizer(tokenizer: Tokenizer, kept: list[int]) -> dict:
    settings = json.loads(tokenizer.to_str())
    new = {old: number for number, old in enumerate(kept)}
    model = settings["model"]
    model["vocab"] = [model["vocab"][old] for old in kept]
    model["unk_id"] = new[model["unk_id"]]
    for special in settings["post_processor"]["special_tokens"].values():
        special["ids"] = [new[old] for old in special["ids"]]
    return settings


def quantise(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Large matrices -> int8 with one scale a row (largest magnitude / 127, symmetric); the rest stays in f32."""
    result = {}
    for name, tensor in state.items():
        if tensor.dim() == 2 and tensor.numel() >= 2**17:
            scale = (tensor.abs().amax(1) / 127).clamp(min=1e-12)
            result[name] = torch.round(tensor / scale[:, None]).to(torch.int8)
            result[f"{name}.scales"] = scale.float()
        else:
            result[name] = tensor.float()
    return {name: tensor.contiguous() for name, tensor in result.items()}


def dequantise(state: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    return {
        name: tensor.float() * state[f"{name}.scales"][:, None] if tensor.dtype == torch.int8 else tensor
        for name, tensor in state.items()
        if not name.endswith(".scales")
    }


def head_state(head: SparseHead) -> dict[str, torch.Tensor]:
    """Tensors of the heads; the learned numbers go to the settings."""
    state = {"head.embedding": head.embedding.detach()}
    for name in ("document", "query"):
        side = getattr(head, name)
        for part in ("gate_in", "gate_out", "project"):
            state[f"head.{name}.{part}.weight"] = getattr(side, part).weight.detach()
            state[f"head.{name}.{part}.bias"] = getattr(side, part).bias.detach()
        state[f"head.{name}.expansion_bias"] = side.bias.detach()
    return state


def head_settings(head: SparseHead, tokenizer: Tokenizer) -> dict:
    def side(name: str, prefix: str, pieces: int, windows: int, expansion: int) -> dict:
        numbers = getattr(head, name)
        return {
            "prefix": prefix,
            "prefixIds": prefix_ids(tokenizer, prefix),
            "windowPieces": pieces,
            "maxWindows": windows,
            "idfExponent": numbers.idf_exponent.item(),
            "directionScale": numbers.log_scale.exp().item(),
            "expansionStrength": numbers.log_strength.exp().item(),
            "expansionLimit": expansion,
        }

    return {
        "format": "splade-bridge-gated-lexical",
        "formatVersion": 1,
        "analysis": "word-and-bigrams",
        "analysisVersion": ANALYSIS_VERSION,
        "gateKinds": list(KINDS),
        "layerNormEpsilon": 1e-5,
        "saturation": {
            "k1": head.k1.item(),
            "lengthExponent": head.length_exponent.item(),
            "typicalLength": TYPICAL_LENGTH,
            "shortestShare": SHORTEST,
        },
        "query": side("query", QUERY_PREFIX, QUERY_PIECES, 1, QUERY_EXPANSION),
        "document": side("document", DOCUMENT_PREFIX, WINDOW, MAX_WINDOWS, DOCUMENT_EXPANSION),
        "pruning": {
            "queryTerms": QUERY_TERMS,
            "documentTerms": DOCUMENT_TERMS,
            "documentLength": DOCUMENT_LENGTH,
            "limitExponent": LIMIT_EXPONENT,
            "expansionHandicap": EXPANSION_HANDICAP,
            "smallestShare": SMALLEST_SHARE,
        },
    }


def write(path: Path, value, indent: int | None = None) -> None:
    path.write_text(json.dumps(value, ensure_ascii=False, indent=indent) + "\n", encoding="utf-8")


def write_checksums(folder: Path) -> None:
    names = sorted(p.name for p in folder.iterdir() if p.name not in ("SHA256SUMS", "README.md"))
    lines = [f"{hashlib.sha256((folder / name).read_bytes()).hexdigest()}  {name}\n" for name in names]
    (folder / "SHA256SUMS").write_text("".join(lines))


def load_exported(folder: Path) -> tuple[BertModel, SparseHead, Tokenizer, TermIndex]:
    """The model as it is served, in single precision."""
    state = dequantise(load_file(folder / "model.safetensors"))
    body = BertModel(BertConfig.from_pretrained(folder), add_pooling_layer=False)
    body.load_state_dict({name: tensor for name, tensor in state.items() if not name.startswith("head.")}, strict=True)
    settings = json.loads((folder / "sparse_head.json").read_text(encoding="utf-8"))
    terms = json.loads((folder / "terms.json").read_text(encoding="utf-8"))
    index = TermIndex({"terms": terms} | json.loads((folder / "idf.json").read_text(encoding="utf-8")))
    width, gate_width = state["head.embedding"].shape[1], state["head.query.gate_in.weight"].shape[0]
    head = SparseHead(body.config.hidden_size, len(terms), width, gate_width)
    with torch.no_grad():
        head.embedding.copy_(state["head.embedding"])
        head.k1.fill_(settings["saturation"]["k1"])
        head.length_exponent.fill_(settings["saturation"]["lengthExponent"])
        for name in ("document", "query"):
            side, numbers = getattr(head, name), settings[name]
            for part in ("gate_in", "gate_out", "project"):
                for kind in ("weight", "bias"):
                    getattr(getattr(side, part), kind).copy_(state[f"head.{name}.{part}.{kind}"])
            side.bias.copy_(state[f"head.{name}.expansion_bias"])
            side.idf_exponent.fill_(numbers["idfExponent"])
            side.log_scale.copy_(torch.tensor(numbers["directionScale"]).log())
            side.log_strength.copy_(torch.tensor(numbers["expansionStrength"]).log())
    return body.eval(), head.eval(), load_tokenizer(folder), index


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--body", type=Path, required=True)
    parser.add_argument("--head", type=Path, required=True)
    parser.add_argument("--vocabulary", type=Path, required=True)
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)

    vocabulary = json.loads(options.vocabulary.read_text(encoding="utf-8"))
    training = load_training(options.pairs)
    tokenizer = load_tokenizer(options.body)
    kept = kept_pieces(tokenizer, [*training.passages, *(p.query for p in training.pairs), *vocabulary["terms"]])
    write(options.out / "tokenizer.json", trimmed_tokenizer(tokenizer, kept))
    trimmed = load_tokenizer(options.out)

    head, layers = load_head(options.head, len(vocabulary["terms"]))
    body = BertModel.from_pretrained(options.body, add_pooling_layer=False)
    body.encoder.layer = body.encoder.layer[:layers]
    state = body.state_dict()
    state["embeddings.word_embeddings.weight"] = state["embeddings.word_embeddings.weight"][kept]
    floats = {name: tensor for name, tensor in state.items() if tensor.is_floating_point()}
    save_file(quantise(floats | head_state(head)), options.out / "model.safetensors", metadata={"format": "pt"})

    config = body.config
    config.vocab_size, config.num_hidden_layers, config.architectures = len(kept), layers, ["BertModel"]
    config.bos_token_id, config.eos_token_id, config.pad_token_id = BOS, EOS, PAD
    write(options.out / "config.json", config.to_diff_dict(), indent=2)
    write(options.out / "sparse_head.json", head_settings(head, trimmed), indent=2)
    write(options.out / "terms.json", vocabulary["terms"])
    write(options.out / "idf.json", {"idf": vocabulary["idf"], "unknown": {g: vocabulary["unknown"][g] for g in GROUPS}})
    write_checksums(options.out)
    for file in sorted(options.out.iterdir()):
        print(f"{file.stat().st_size / 1e6:8.2f} MB  {file.name}")


if __name__ == "__main__":
    main()
