"""Writes what Python's `tokenizers` makes of many texts, for the tokenizer tests.

Run from the repository's root, with tokenizers 0.23 installed:

    python test/oracle/tokenizer/make_oracle.py

Trains four small tokenizers from the text in corpus.py, in the layouts of the BERT, ModernBERT, RoBERTa and XLM-R
families, and writes each to `<name>.tokenizer.json`. Then writes `expected.json`: for each tokenizer, the bundled
English model's included, the ids, UTF-16 offsets and word indices of every text.
"""

import base64
import json
import platform
import struct
import unicodedata
from pathlib import Path

import tokenizers
from corpus import TEXTS, TRAINING
from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    processors,
    trainers,
)

HERE = Path(__file__).parent
MODELS = HERE.parents[2] / "models"


def bert_cased():
    """WordPiece that keeps case and accents, as multilingual BERT."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]", max_input_chars_per_word=40))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=False, strip_accents=False)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    specials = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    trainer = trainers.WordPieceTrainer(vocab_size=900, special_tokens=specials, show_progress=False)
    tokenizer.train_from_iterator(TRAINING, trainer)
    tokenizer.add_tokens([AddedToken("splade", single_word=True), AddedToken("New York", normalized=False)])
    tokenizer.post_processor = template(tokenizer, "[CLS]", "[SEP]")
    tokenizer.decoder = decoders.WordPiece()
    return tokenizer


def modern_bert():
    """Byte-level BPE with NFC, spans with their space, and runs of spaces as added tokens."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    train_byte_level(tokenizer, ["[UNK]", "[CLS]", "[SEP]", "[PAD]"])
    tokenizer.add_special_tokens([AddedToken("[MASK]", lstrip=True, normalized=False)])
    tokenizer.add_tokens([AddedToken(" " * n, normalized=True) for n in (2, 3, 4, 8)] + ["|||EMAIL|||"])
    tokenizer.post_processor = template(tokenizer, "[CLS]", "[SEP]")
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def roberta():
    """Byte-level BPE with a space put before the text, and spans without their space."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=True)
    train_byte_level(tokenizer, ["<s>", "<pad>", "</s>", "<unk>"])
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True, rstrip=True)])
    ends = [("</s>", tokenizer.token_to_id("</s>")), ("<s>", tokenizer.token_to_id("<s>"))]
    tokenizer.post_processor = processors.RobertaProcessing(*ends, trim_offsets=True, add_prefix_space=True)
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def split_bpe():
    """Byte-level BPE behind a regular expression, as recent models have it."""
    tokenizer = Tokenizer(models.BPE(ignore_merges=True))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    pattern = (
        r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}|"
        r" ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(Regex(pattern), "isolated"),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    train_byte_level(tokenizer, ["<|begin|>", "<|end|>"])
    byte_level = processors.ByteLevel(trim_offsets=True, add_prefix_space=False)
    tokenizer.post_processor = processors.Sequence([byte_level, template(tokenizer, "<|begin|>", "<|end|>")])
    tokenizer.decoder = decoders.ByteLevel()
    return tokenizer


def xlm_roberta():
    """Unigram with SentencePiece's character map and marks."""
    normalizer = normalizers.Sequence(
        [normalizers.Precompiled(character_map()), normalizers.Replace(Regex(" {2,}"), " ")]
    )
    marks = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    split = pre_tokenizers.Sequence([pre_tokenizers.WhitespaceSplit(), marks])
    return unigram(normalizer, split)


def sentence_unigram():
    """Unigram over marks alone, as T5's and Gemma's relatives, with bytes for unknown characters."""
    normalizer = normalizers.Sequence([normalizers.Nmt(), normalizers.NFKC(), normalizers.Strip()])
    split = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="first")
    tokenizer = unigram(normalizer, split)
    layout = json.loads(tokenizer.to_str())
    layout["model"]["byte_fallback"] = True
    layout["model"]["vocab"] += [[f"<0x{byte:02X}>", -30.0] for byte in range(256)]
    return Tokenizer.from_str(json.dumps(layout))


def unigram(normalizer, pre_tokenizer):
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizer
    tokenizer.pre_tokenizer = pre_tokenizer
    trainer = trainers.UnigramTrainer(
        vocab_size=600,
        special_tokens=["<s>", "<pad>", "</s>", "<unk>"],
        unk_token="<unk>",
        show_progress=False,
    )
    tokenizer.train_from_iterator(TRAINING, trainer)
    tokenizer.add_special_tokens([AddedToken("<mask>", lstrip=True)])
    tokenizer.post_processor = template(tokenizer, "<s>", "</s>")
    tokenizer.decoder = decoders.Metaspace()
    return tokenizer


def train_byte_level(tokenizer, specials):
    trainer = trainers.BpeTrainer(
        vocab_size=800,
        special_tokens=specials,
        initial_alphabet=pre_tokenizers.ByteLevel.alphabet(),
        show_progress=False,
    )
    tokenizer.train_from_iterator(TRAINING, trainer)


def template(tokenizer, first, last):
    specials = [(token, tokenizer.token_to_id(token)) for token in (first, last)]
    return processors.TemplateProcessing(single=f"{first} $A {last}", special_tokens=specials)


def character_map():
    """A small map of SentencePiece's kind: NFKC of common characters, odd spaces, dropped controls."""
    rules = {chr(code): " " for code in [0x09, 0x0A, 0x0D, 0xA0, 0x200B, 0x2003, 0x3000, 0xFEFF]}
    rules |= {chr(code): "" for code in [*range(0x01, 0x09), 0x7F, 0xAD]}
    candidates = [*range(0xA1, 0x250), *range(0x2100, 0x2150), *range(0x2460, 0x2474), *range(0xFF01, 0xFFEF)]
    for character in map(chr, candidates):
        normal = unicodedata.normalize("NFKC", character)
        if normal != character:
            rules.setdefault(character, normal)
    for base in "aeiounAEIOUN":
        for mark in "\u0300\u0301\u0302\u0303\u0308":
            composed = unicodedata.normalize("NFC", base + mark)
            if len(composed) == 1:
                rules[base + mark] = composed
    return compile_character_map(rules)


def compile_character_map(rules):
    """The layout that SentencePiece writes: a double array (darts-clone's units), then the replacements."""
    replacements, places = bytearray(), {}
    for normal in rules.values():
        if normal not in places:
            places[normal] = len(replacements)
            replacements += normal.encode() + b"\0"
    tree = {}
    for key, normal in rules.items():
        node = tree
        for byte in key.encode():
            node = node.setdefault(byte, {})
        node["value"] = places[normal]
    units = double_array(tree)
    trie = struct.pack(f"<{len(units)}I", *units)
    return struct.pack("<I", len(trie)) + trie + bytes(replacements)


def double_array(tree):
    """A child with label c of the node at p stands at p ^ offset(p) ^ c; a value stands at label 0."""
    units, used = {0: 0}, {0}

    def place(node, position):
        labels = [0 if label == "value" else label for label in node]
        base = 1
        while any(base ^ label in used for label in labels) or (base ^ position) >= 1 << 21:
            base += 1
        used.update(base ^ label for label in labels)
        units[position] |= (base ^ position) << 10
        for label, child in node.items():
            if label == "value":
                units[position] |= 1 << 8
                units[base] = child | 1 << 31
            else:
                units[base ^ label] = label
                place(child, base ^ label)

    place(tree, 0)
    return [units.get(index, 0) for index in range((max(units) | 0xFF) + 1)]


def utf16_starts(text):
    """Where each character starts, in UTF-16 units, and where the last ends."""
    starts = [0]
    for character in text:
        starts.append(starts[-1] + (2 if ord(character) > 0xFFFF else 1))
    return starts


def expected(tokenizer, text):
    """A row of expected.json. Rows of numbers as differences, which makes the file half as long: starts to the start
    before, words to the word before; ends as lengths."""
    encoding = tokenizer.encode(text)
    places = utf16_starts(text)
    starts = [places[start] for start, _ in encoding.offsets]
    lengths = [places[end] - places[start] for start, end in encoding.offsets]
    words = [-1 if word is None else word for word in encoding.word_ids]
    blocks = [] if tokenizer.normalizer is None else joined_blocks(text, tokenizer.normalizer)
    return [encoding.ids, differences(starts), lengths, differences(words), blocks]


def differences(numbers):
    return [number - before for number, before in zip(numbers, [0, *numbers])]


def joined_blocks(text, normalizer):
    """UTF-16 spans of characters that the normalizer takes together; tokenizers' offsets name but a part of them."""

    def normal(part):
        # The bars keep a normalizer that strips from stripping.
        return normalizer.normalize_str(f"|{part}|")[1:-1]

    def is_whole(start, end):
        return normal(text[start:end]) + normal(text[end:]) == normal(text[start:])

    places, blocks, start = utf16_starts(text), [], 0
    while start < len(text):
        end = next(end for end in range(start + 1, len(text) + 1) if is_whole(start, end))
        if end > start + 1:
            blocks += [places[start], places[end]]
        start = end
    return blocks


def main():
    trained = {
        "bert-cased": bert_cased(),
        "modern-bert": modern_bert(),
        "roberta": roberta(),
        "split-bpe": split_bpe(),
        "xlm-roberta": xlm_roberta(),
        "sentence-unigram": sentence_unigram(),
    }
    for name, tokenizer in trained.items():
        layout = json.loads(tokenizer.to_str())
        write(HERE / f"{name}.tokenizer.json", layout)
        # What is tested is what is in the file.
        trained[name] = Tokenizer.from_str(json.dumps(layout))
    bundled = Tokenizer.from_file(str(MODELS / "splade-tiny-en" / "tokenizer.json"))
    bundled.no_truncation()
    bundled.no_padding()
    trained["splade-tiny-en"] = bundled
    versions = {"tokenizers": tokenizers.__version__, "python": platform.python_version()}
    results = {name: [expected(tokenizer, text) for text in TEXTS] for name, tokenizer in trained.items()}
    write(HERE / "expected.json", {"versions": versions, "texts": TEXTS, "results": results})


def write(path, value):
    path.write_text(json.dumps(value, ensure_ascii=True, separators=(",", ":")) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
