"""Texts: training pairs, questions made up from their passages, and BEIR folders for evaluation.

Every list is a pure function of its files and of the seed, so that caches made from it can be reused.
"""

import hashlib
import json
import random
import re
from dataclasses import dataclass
from pathlib import Path

SEED = 20240511
VALIDATION_SHARE = 0.12
TITLE_KEPT = 0.8

KOREAN_QUESTIONS = (
    "{}는 무엇인가요?|{}은 누구인가요?|{}는 언제 만들어졌나요?|{}의 수도는 어디인가요?|{}에 대해 알려주세요|{}는 어떻게 되나요?"
    "|{}의 뜻은 무엇입니까?|{}는 어디에 있나요?|{}를 처음 만든 사람은 누구인가?|{}의 특징은 무엇인가?|{}는 왜 필요한가요?"
    "|{}은 어떤 역할을 했나요?|{}의 역사를 알려줘|{}는 몇 년에 시작되었나요?|{}은 얼마나 되나요?|{}가 무엇인지 설명해 주세요"
    "|{}의 이름은 무엇인가요?|{}은 언제 태어났나요?|{}는 언제 사망했습니까?|{}에는 무엇이 있나요?|{}을 사용하는 방법은?"
    "|{}의 원인은 무엇일까?|{}를 설정하려면 어떻게 해야 하나요?|{}의 차이점이 뭐야|{}는 몇 개나 있나요?|{}은 어느 나라에 있습니까?"
    "|{}이 어떻게 작동하는지 궁금합니다|{}의 면적은 얼마인가요?|{}의 창시자는 누구입니까?|{}은 왜 유명한가?|{}의 인구는 몇 명인가?"
    "|{}가 발생하는 이유는?|{}하는 법 알려줘|{}는 무슨 뜻이야?|{}은 언제부터 언제까지인가요?|{}를 발견한 사람은 누구인가요?|{}"
).split("|")
ENGLISH_QUESTIONS = (
    "What is {}?|Who was {}?|When did {} begin?|Where is {}?|How does {} work?|What causes {}?|Why is {} important?"
    "|How many {} are there?|{} is associated with|Effects of {}|Who discovered {}?|What is the role of {}?|{}|{}"
).split("|")


@dataclass(frozen=True)
class Pair:
    """A query, the number of its passage, the passage's language and where the query comes from."""

    query: str
    passage: int
    language: str
    kind: str


@dataclass(frozen=True)
class Training:
    passages: list[str]
    pairs: list[Pair]
    validation: frozenset[int]  # numbers of the passages that no training step sees

    def languages(self) -> list[str]:
        """Language of each passage."""
        by_passage = {pair.passage: pair.language for pair in self.pairs}
        return [by_passage[number] for number in range(len(self.passages))]


def _share(text: str) -> float:
    """A number in [0, 1) that depends on the text alone."""
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big") / 2**32


def _clean(text: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"</?[a-zA-Z]+>", "", text)).strip()


def _pseudo_queries(title: str, passage: str, language: str, draw: random.Random) -> list[tuple[str, str]]:
    """Questions about the title, phrases, keywords and one sentence of a passage."""
    templates = KOREAN_QUESTIONS if language == "ko" else ENGLISH_QUESTIONS
    words = re.findall(r"[가-힣]{2,}|[A-Za-z]{3,}|[0-9]{4}", passage)
    queries = [(draw.choice(templates).format(re.sub(r"\s*[(（].*", "", title)), "title")] if title else []
    if len(words) < 8:
        return queries
    eojeols = passage.split()
    start = draw.randrange(max(1, len(eojeols) - 4))
    phrase = " ".join(eojeols[start : start + draw.choice((2, 3, 4))]).rstrip(".,)")
    queries.append((draw.choice(templates).format(phrase[:60]), "phrase"))
    chosen = draw.sample(words, draw.choice((1, 2, 3)))
    queries.append((draw.choice(templates).format(" ".join(chosen)), "keywords"))
    sentences = [s for s in re.split(r"(?<=[.!?다])\s+", passage) if 15 <= len(s) <= 200]
    if sentences:
        queries.append((draw.choice(sentences), "sentence"))
    return queries


def load_training(path: Path) -> Training:
    """Reads `pairs.jsonl`; one passage per distinct text, validation chosen by the title's digest."""
    draw = random.Random(SEED)
    numbers: dict[str, int] = {}
    passages: list[str] = []
    validation: set[int] = set()
    pairs: list[Pair] = []
    for line in path.read_text(encoding="utf-8").splitlines():
        row = json.loads(line)
        title, passage, language = _clean(row["title"]), _clean(row["passage"]), row["lang"]
        known = passage in numbers
        number = numbers.setdefault(passage, len(passages))
        if not known:
            passages.append(f"{title} {passage}" if _share(passage) < TITLE_KEPT else passage)
            if _share(title) < VALIDATION_SHARE:
                validation.add(number)
            for query, kind in _pseudo_queries(title, passage, language, draw):
                pairs.append(Pair(_clean(query), number, language, kind))
        pairs.append(Pair(_clean(row["query"]), number, language, row["kind"]))
    return Training(passages, pairs, frozenset(validation))


@dataclass(frozen=True)
class Dataset:
    document_ids: list[str]
    documents: list[str]
    query_ids: list[str]
    queries: list[str]
    relevance: dict[str, dict[str, int]]  # query id -> document id -> grade


def load_dataset(folder: Path) -> Dataset:
    """A BEIR folder; a document is its title, a space, and its text."""
    def rows(name: str) -> list[dict]:
        return [json.loads(line) for line in (folder / name).read_text(encoding="utf-8").splitlines()]

    corpus, queries = rows("corpus.jsonl"), rows("queries.jsonl")
    relevance: dict[str, dict[str, int]] = {}
    for line in (folder / "qrels" / "test.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        query, document, grade = line.split("\t")
        relevance.setdefault(query, {})[document] = int(float(grade))
    queries = [row for row in queries if row["_id"] in relevance]
    return Dataset(
        [row["_id"] for row in corpus],
        [f"{row.get('title') or ''} {row['text']}".strip() for row in corpus],
        [row["_id"] for row in queries],
        [row["text"] for row in queries],
        relevance,
    )
