"""Writes the term weights that sentence-transformers' SparseEncoder gives to 200 texts with the bundled model.

Run from the repository root, in an environment with sentence-transformers:

    python test/oracle/encoder/make_oracle.py

The texts come from the example corpora and from the lists below. Special tokens are left out of the expected
vectors, by the tokenizer's own list: the model gives them weight, an index has no use for them. Texts without any
other token are expected to be empty.
"""

import json
import pathlib
import random

import sentence_transformers
import torch
import transformers
from sentence_transformers import SparseEncoder

ROOT = pathlib.Path(__file__).resolve().parents[3]
MODEL = ROOT / "models" / "splade-tiny-en"
OUTPUT = pathlib.Path(__file__).with_name("splade-tiny-en.json")
TEXTS = 200

AWKWARD = [
    "", " ", "\n\t", ".", "?!", "a", "I", "42", "3.14159", "hello world", "HELLO WORLD", "héllo wörld", "naïve café",
    "don't can't won't", "state-of-the-art", "e.g. i.e. etc.", "user@example.com", "https://example.com/a?b=c#d",
    "C++ and C# and F#", "const x = [1, 2, 3].map((n) => n * 2)", "SELECT * FROM t WHERE a = 'b';", "100%", "$1,000.00",
    "서울", "대한민국의 수도는 서울이다.", "한국어 문장과 English words together", "東京", "日本語のテキスト", "中文文本",
    "Привет мир", "مرحبا بالعالم", "שלום עולם", "สวัสดีชาวโลก", "नमस्ते दुनिया", "Γειά σου Κόσμε", "ﬁne ﬂow", "ＦＵＬＬ ｗｉｄｔｈ",
    "😀", "👩‍👩‍👧‍👦 family", "🇰🇷 flag", "I ❤️ search", "[CLS]", "[MASK] fills the gap", "the [SEP] token", "[UNK]",
    "supercalifragilisticexpialidocious", "a" * 120, "x " * 40, "word " * 600, "1 " * 300, "\u0000null\u0000", "soft\u00adhyphen",
    "zero\u200bwidth", "non\u00a0breaking", "tab\tseparated\tvalues", "line\nbreaks\r\nhere", "MiXeD CaSe TeXt",
    "the the the the", "to be or not to be", "what is the capital of France", "how do I fix a flat tire on my bicycle",
]


def example_texts():
    for language in ("en", "ko"):
        for line in (ROOT / "examples" / language / "corpus.jsonl").read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            yield f"{record['title']} {record['text']}"


def choose_texts():
    random.seed(7)
    corpus = list(example_texts())
    texts = AWKWARD + corpus
    while len(texts) < TEXTS - 6:
        words = random.choice(corpus).split()
        start = random.randrange(len(words))
        texts.append(" ".join(words[start : start + random.randint(1, 30)]))
    for count in (2, 4, 6, 8, 10, 12):  # up to and over the model's 512 tokens
        texts.append(" ".join(random.sample(corpus[:60], count)))
    return texts[:TEXTS]


def main():
    model = SparseEncoder(str(MODEL), device="cpu")
    tokenizer = model.tokenizer
    special = set(tokenizer.all_special_ids)
    entries = []
    for text in choose_texts():
        ids = tokenizer(text, truncation=True, max_length=model.max_seq_length)["input_ids"]
        weights = {}
        if any(i not in special for i in ids):
            dense = model.encode([text], convert_to_sparse_tensor=False)[0]
            for i in torch.nonzero(dense).flatten().tolist():
                if i not in special:
                    weights[tokenizer.convert_ids_to_tokens(i)] = round(float(dense[i]), 6)
        entries.append({"text": text, "weights": weights})
    versions = {m.__name__: m.__version__ for m in (sentence_transformers, torch, transformers)}
    with OUTPUT.open("w", encoding="utf-8") as file:
        file.write(json.dumps({"versions": versions, "model": MODEL.name}, ensure_ascii=True)[:-1])
        file.write(',"entries":[\n')
        file.write(",\n".join(json.dumps(entry, ensure_ascii=True, separators=(",", ":")) for entry in entries))
        file.write("\n]}\n")
    print(f"{len(entries)} texts, {sum(len(e['weights']) for e in entries)} weights, {OUTPUT.stat().st_size} bytes")


if __name__ == "__main__":
    main()
