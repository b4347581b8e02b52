"""Writes the query vectors of a sentence-transformers Router model whose queries need no inference.

Run from the repository root, in an environment with sentence-transformers:

    python test/oracle/query-weights/make_oracle.py

Documents go through the bundled English model, queries through a SparseStaticEmbedding whose weight of token i is
((7919 * i) % 1000) / 500. The layout of the saved folder is recorded with the vectors, so that the test can build the
same folder from the bundled files.
"""

import json
import pathlib
import tempfile

import sentence_transformers
import torch
from sentence_transformers import SparseEncoder
from sentence_transformers.sparse_encoder.models import MLMTransformer, SparseStaticEmbedding, SpladePooling
from sentence_transformers.models import Router

ROOT = pathlib.Path(__file__).resolve().parents[3]
MODEL = ROOT / "models" / "splade-tiny-en"
OUTPUT = pathlib.Path(__file__).with_name("router.json")
TEXTS = [
    "", "hello world", "the the the", "my car won't start", "heart attack symptoms", "COVID-19 vaccines",
    "naïve café", "대한민국의 수도", "[SEP] and [MASK]", "3.14159", "a" * 120, "what is the capital of France?",
]


def main():
    transformer = MLMTransformer(str(MODEL))
    size = transformer.auto_model.config.vocab_size
    weight = torch.tensor([((7919 * i) % 1000) / 500 for i in range(size)], dtype=torch.float32)
    router = Router.for_query_document(
        query_modules=[SparseStaticEmbedding(tokenizer=transformer.tokenizer, weight=weight)],
        document_modules=[transformer, SpladePooling("max")],
    )
    model = SparseEncoder(modules=[router], device="cpu")
    tokenizer = transformer.tokenizer
    special = set(tokenizer.all_special_ids)
    queries = []
    for text in TEXTS:
        vector = model.encode_query([text], convert_to_sparse_tensor=False)[0]
        ids = [i for i in torch.nonzero(vector).flatten().tolist() if i not in special]
        queries.append({"text": text, "weights": {tokenizer.convert_ids_to_tokens(i): float(vector[i]) for i in ids}})
    with tempfile.TemporaryDirectory() as folder:
        model.save_pretrained(folder)
        read = lambda name: json.loads((pathlib.Path(folder) / name).read_text(encoding="utf-8"))
        layout = {"modules.json": read("modules.json"), "router_config.json": read("router_config.json")}
    oracle = {"versions": {"sentence_transformers": sentence_transformers.__version__, "torch": torch.__version__}, "layout": layout, "queries": queries}
    OUTPUT.write_text(json.dumps(oracle, ensure_ascii=True, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
