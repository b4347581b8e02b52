"""Makes small random models of every architecture, and the term weights that sentence-transformers gives with them.

Run from the repository root, in an environment with sentence-transformers and onnx:

    python test/oracle/architectures/make_models.py
    python test/oracle/architectures/make_models.py --full-size FOLDER

The second form makes one model of the shape of the reference model (ModernBERT of 149 million weights) in a folder
that is not committed, for the benchmarks in bench/encoder.

Each model is a SparseEncoder folder under models/ (seeded, a few layers, some hundred words) with `expected.json`
beside it: token ids of some texts, and their weights by token id. Weights are large on purpose: with transformers'
own initialisation every token would end up with nearly the same state, and a wrong graph would pass.
"""

import argparse
import copy
import json
import pathlib
import random
import shutil
import time

import sentence_transformers
import torch
import transformers
from sentence_transformers import SparseEncoder
from sentence_transformers.sparse_encoder.modules import MLMTransformer, SpladePooling
from tokenizers import Tokenizer, models, pre_tokenizers, processors

FOLDER = pathlib.Path(__file__).parent / "models"
WORDS = 250
SPECIAL = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
TOP = 64  # weights kept of a long text; their sum covers the others

SMALL = {
    "vocab_size": WORDS, "hidden_size": 48, "num_hidden_layers": 2, "num_attention_heads": 3, "intermediate_size": 80,
}
MODERN = SMALL | {
    "num_hidden_layers": 4, "max_position_embeddings": 8192,
    "pad_token_id": 0, "cls_token_id": 2, "sep_token_id": 3, "bos_token_id": 2, "eos_token_id": 3,
}
DISTIL = {"vocab_size": WORDS, "dim": 48, "n_layers": 2, "n_heads": 3, "hidden_dim": 80, "max_position_embeddings": 128}

#: name -> (config, settings)
MODELS = {
    "bert": (transformers.BertConfig(**SMALL, max_position_embeddings=128), {}),
    "bert-untied": (
        transformers.BertConfig(
            **SMALL, max_position_embeddings=128, tie_word_embeddings=False, hidden_act="gelu_new", layer_norm_eps=1e-5
        ),
        {"dtype": torch.bfloat16, "pooling": {"pooling_strategy": "sum", "activation_function": "log1p_relu"}},
    ),
    "distilbert": (transformers.DistilBertConfig(**DISTIL), {"dtype": torch.float16}),
    "roberta": (
        transformers.RobertaConfig(**SMALL, max_position_embeddings=130, type_vocab_size=1, pad_token_id=0),
        {"dtype": torch.float16},
    ),
    "xlm-roberta": (
        transformers.XLMRobertaConfig(**SMALL, max_position_embeddings=130, type_vocab_size=1, pad_token_id=1),
        {"dtype": torch.bfloat16, "pad": 1},
    ),
    "camembert": (
        transformers.CamembertConfig(
            **SMALL, max_position_embeddings=130, type_vocab_size=1, pad_token_id=1, hidden_act="gelu_fast"
        ),
        {"dtype": torch.float16, "pad": 1},
    ),
    "modernbert": (
        transformers.ModernBertConfig(**MODERN),
        {"dtype": torch.float16, "lengths": [1, 2, 16, 65, 129, 300, 2048, 8192]},
    ),
    "modernbert-biased": (
        transformers.ModernBertConfig(
            **MODERN | {"num_hidden_layers": 3}, local_attention=16, norm_bias=True, attention_bias=True, mlp_bias=True,
            classifier_bias=True, decoder_bias=False, hidden_activation="silu", classifier_activation="gelu_new",
            tie_word_embeddings=False, layer_types=["sliding_attention", "full_attention", "sliding_attention"],
            rope_parameters={
                "full_attention": {"rope_type": "default", "rope_theta": 5000.0},
                "sliding_attention": {"rope_type": "default", "rope_theta": 300.0},
            },
        ),
        {
            "dtype": torch.float16, "pooling": {"pooling_strategy": "sum"},
            "lengths": [1, 2, 16, 63, 64, 65, 300, 700],
        },
    ),
    "modernbert-sharded": (
        transformers.ModernBertConfig(**MODERN | {"num_hidden_layers": 2}, local_attention=10),
        {"dtype": torch.bfloat16, "shard": "60KB", "old_config": True},
    ),
}

TINY_DISTIL = DISTIL | {"dim": 16, "n_layers": 1, "n_heads": 2, "hidden_dim": 32}

#: models whose folder holds an ONNX export in place of weights: name -> (config, settings, opset, what it gives)
EXPORTS = {
    "onnx-logits": (transformers.DistilBertConfig(**TINY_DISTIL), {}, 14, "logits"),
    "onnx-logits-sum": (
        transformers.BertConfig(
            **SMALL | {"hidden_size": 16, "num_attention_heads": 2, "intermediate_size": 32, "num_hidden_layers": 1},
            max_position_embeddings=128,
        ),
        {"pooling": {"pooling_strategy": "sum", "activation_function": "log1p_relu"}}, 18, "logits",
    ),
    "onnx-pooled": (transformers.DistilBertConfig(**TINY_DISTIL), {}, 17, "sentence_embedding"),
}

#: telepix/PIXIE-Splade-Preview's shape
FULL_SIZE = transformers.ModernBertConfig(
    **MODERN | {
        "vocab_size": 50_000, "hidden_size": 768, "num_hidden_layers": 22, "num_attention_heads": 12,
        "intermediate_size": 1152,
    }
)

MASKED_LM = {
    "bert": transformers.BertForMaskedLM,
    "distilbert": transformers.DistilBertForMaskedLM,
    "roberta": transformers.RobertaForMaskedLM,
    "xlm-roberta": transformers.XLMRobertaForMaskedLM,
    "camembert": transformers.CamembertForMaskedLM,
    "modernbert": transformers.ModernBertForMaskedLM,
}


def randomise(model, gain):
    """Weights of about unit gain, and biases and norms away from their neutral values, the same in every run."""
    generator = torch.Generator().manual_seed(20)
    with torch.no_grad():
        for name, parameter in sorted(model.named_parameters()):
            values = torch.randn(parameter.shape, generator=generator)
            if parameter.dim() == 2 and "embedding" not in name:
                values *= gain / parameter.shape[1] ** 0.5
            elif name.endswith("weight") and parameter.dim() == 1:
                values = 1 + 0.2 * values
            else:
                values *= 0.4
            parameter.copy_(values)


def lower_bias(model, active_terms):
    """Gives a text of 512 tokens about as many terms as a trained model does; random logits are positive for half of them."""
    generator = torch.Generator().manual_seed(21)
    ids = torch.randint(5, model.config.vocab_size, (1, 512), generator=generator)
    with torch.no_grad():
        largest = model.eval()(input_ids=ids).logits[0].amax(dim=0)
        model.decoder.bias -= largest.topk(active_terms + 1).values[-1]


def make_tokenizer(pad_id, vocabulary_size):
    special = [t for t in SPECIAL if t != "[PAD]"]
    special.insert(pad_id, "[PAD]")
    words = special + [f"w{i}" for i in range(len(special), vocabulary_size)]
    ids = {word: index for index, word in enumerate(words)}
    tokenizer = Tokenizer(models.WordPiece(ids, unk_token="[UNK]", max_input_chars_per_word=100))
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", special_tokens=[(t, ids[t]) for t in ("[CLS]", "[SEP]")]
    )
    names = dict(zip(("pad_token", "unk_token", "cls_token", "sep_token", "mask_token"), SPECIAL))
    return transformers.PreTrainedTokenizerFast(tokenizer_object=tokenizer, **names)


def save(folder, config, settings):
    """Writes the folder, and gives back the model as sentence-transformers reads it."""
    shutil.rmtree(folder, ignore_errors=True)
    model = MASKED_LM[config.model_type](copy.deepcopy(config))
    randomise(model, settings.get("gain", 1.2))
    model.tie_weights()
    if "active_terms" in settings:
        lower_bias(model, settings["active_terms"])
    stored = folder / "stored"
    model.to(settings.get("dtype", torch.float32)).save_pretrained(stored, max_shard_size=settings.get("shard", "1GB"))
    make_tokenizer(settings.get("pad", 0), config.vocab_size).save_pretrained(stored)
    transformer = MLMTransformer(str(stored), model_kwargs={"dtype": torch.float32})
    pooling = SpladePooling(**settings.get("pooling", {}), embedding_dimension=config.vocab_size)
    encoder = SparseEncoder(modules=[transformer, pooling], device="cpu")
    pooling_folder = folder / "1_SpladePooling"
    pooling_folder.mkdir(parents=True)
    pooling.save(str(pooling_folder))
    for file in stored.iterdir():
        file.rename(folder / file.name)
    stored.rmdir()
    if settings.get("old_config"):
        write_old_config(folder / "config.json")
    return encoder


def write_old_config(path):
    """Rewrites a ModernBERT config as transformers 4 writes it."""
    config = json.loads(path.read_text())
    rope = config.pop("rope_parameters")
    config["global_rope_theta"] = rope["full_attention"]["rope_theta"]
    config["local_rope_theta"] = rope["sliding_attention"]["rope_theta"]
    config.pop("layer_types")
    config["global_attn_every_n_layers"] = 3
    path.write_text(json.dumps(config, indent=2))


def describe(ids, dense):
    """All weights of a short text; of a long one the heaviest, and the sum of all."""
    terms = torch.nonzero(dense).flatten().tolist()
    terms.sort(key=lambda term: -float(dense[term]))
    kept = terms if len(ids) <= 128 else terms[:TOP]
    return {
        "ids": ids,
        "terms": kept,
        "weights": [round(float(dense[term]), 6) for term in kept],
        "sum": round(float(dense.double().sum()), 4),
    }


def make_ids(encoder, length):
    """Token ids of a random text; one length has padding's token in its midst, which RoBERTa's positions pass over."""
    if length == 1:
        return [2]
    words = [f"w{random.randrange(5, len(encoder.tokenizer))}" for _ in range(length - 2)]
    if length == 16:
        words[5] = words[9] = "[PAD]"
    return encoder.tokenizer(" ".join(words))["input_ids"]


def make(folder, config, settings):
    encoder = save(folder, config, settings)
    random.seed(folder.name)
    entries = []
    for length in settings.get("lengths", [1, 2, 3, 16, 64, 100, 128]):
        ids = make_ids(encoder, length)
        features = {"input_ids": torch.tensor([ids]), "attention_mask": torch.ones(1, len(ids), dtype=torch.long)}
        started = time.perf_counter()
        with torch.no_grad():
            entries.append(describe(ids, encoder(features)["sentence_embedding"][0]))
        print(f"{folder.name}: {len(ids)} tokens, {time.perf_counter() - started:.3f} s", flush=True)
    versions = {m.__name__: m.__version__ for m in (sentence_transformers, torch, transformers)}
    lines = ",\n".join(json.dumps(entry, separators=(",", ":")) for entry in entries)
    (folder / "expected.json").write_text(f'{json.dumps({"versions": versions})[:-1]},"entries":[\n{lines}\n]}}\n')
    return encoder


class Exported(torch.nn.Module):
    """A masked language model with its inputs by position, ending in logits or in pooled weights."""

    def __init__(self, folder, encoder, output):
        super().__init__()
        self.model = transformers.AutoModelForMaskedLM.from_pretrained(folder, attn_implementation="eager")
        self.pooling = encoder[1] if output == "sentence_embedding" else None

    def forward(self, input_ids, attention_mask, token_type_ids=None):
        types = {} if token_type_ids is None else {"token_type_ids": token_type_ids}
        logits = self.model(input_ids=input_ids, attention_mask=attention_mask, **types).logits
        if self.pooling is None:
            return logits
        weights = torch.log1p(torch.relu(logits * attention_mask.unsqueeze(-1)))
        return torch.amax(weights, dim=1)


def make_export(folder, config, settings, opset, output):
    """A folder with `onnx/model.onnx` and no weights beside it."""
    encoder = make(folder, config, settings)
    names = ["input_ids", "attention_mask"] + (["token_type_ids"] if config.model_type == "bert" else [])
    example = torch.tensor([[2, 9, 8, 3], [2, 7, 3, 0]])
    inputs = [example, (example != 0).long(), torch.zeros_like(example)][: len(names)]
    axes = {0: "batch", 1: "sequence"}
    (folder / "onnx").mkdir()
    torch.onnx.export(
        Exported(folder, encoder, output).eval(), tuple(inputs), str(folder / "onnx" / "model.onnx"), dynamo=False,
        opset_version=opset, input_names=names, output_names=[output],
        dynamic_axes={name: axes for name in names} | {output: axes if output == "logits" else {0: "batch"}},
    )
    (folder / "model.safetensors").unlink()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--full-size", type=pathlib.Path, metavar="FOLDER")
    full_size = parser.parse_args().full_size
    if full_size is not None:
        # Through 22 layers of a higher gain, f32 itself is 6e-5 away from f64.
        make(full_size, FULL_SIZE, {"gain": 0.8, "active_terms": 250, "lengths": [16, 128, 512, 2048, 8192]})
        return
    for name, (config, settings) in MODELS.items():
        make(FOLDER / name, config, settings)
    for name, (config, settings, opset, output) in EXPORTS.items():
        make_export(FOLDER / name, config, settings, opset, output)


if __name__ == "__main__":
    main()
