"""Chooses the readable terms that the model may expand to, and counts how common terms are.

    python vocabulary.py --body DIR --pairs pairs.jsonl --out vocabulary.json

Nothing here looks at an evaluation set. Two sources: the training passages, and the whole words among the pieces of the
body's tokenizer, whose Unigram scores say how common a word is in general text. The result holds `terms` (expansion
terms, most common first), `idf` (known terms), and `unknown` (the idf of all others, by group of scripts).
"""

import argparse
import json
import math
import re
from collections import Counter
from pathlib import Path

import numpy as np
from tokenizers import Tokenizer

from analysis import analyse
from data import load_training

PRIOR_PASSAGES = 10.0  # weight of the general frequency against the counted one, in passages
UNKNOWN_COUNT = 0.4  # a term that is neither counted nor a whole piece, in passages
MINIMUM_COUNT = 2  # rarer terms count as unknown, so that training meets unknown terms as often as serving does
KOREAN_TERMS, ENGLISH_TERMS = 5500, 4500
COMMONEST_IDF = 1.6  # function words are commoner
_HANGUL = re.compile(r"[가-힣]{2,8}$")
_LETTERS = re.compile(r"[a-z]{3,}$")
# Inflected predicates are no topics. Nouns that end alike are few.
_PREDICATE = re.compile(
    r"(다|니다|습니|입니|됩니|합니|[하되있없같]는|어요|에요|세요|네요|하세|지만|면서|으며|려고|도록|거나|는데|었던|했던|어서|아서|하여|되어"
    r"|이므로|하기|되지|하지|하게|하려|려면|어야|아야|해야|하면|되면|라면|다면|지는|것[이을은도]?|것입|수도|듯이|대로|들[이을은의]|기[를에는])$"
)
_KOREAN_FUNCTION_WORDS = frozenset(
    "모든 다른 같은 이런 그런 저런 어떤 위해 위한 대한 대해 또는 그리고 하지만 그러나 그래서 따라서 따라 통해 통한 의해 의한 때문 때문에 "
    "경우 예를 들어 다시 대신 이는 이를 이후 이전 그의 그는 그녀 우리 여러 가지 매우 아주 가장 더욱 모두 함께 역시 또한 다만 바로 이미 "
    "아직 거의 각각 만약 만일 이제 지금 여기 거기 저기 무엇 누구 언제 어디 얼마 어떻게 왜냐하면 있는 없는 하는 되는 이렇게 그렇게 등을 등의 "
    "등이 중에 중의 한다 된다 있다 없다 않은 않고 않는 아닌 아니라 당신 여러분 자신 정도 이상 이하 하나 둘째 첫째".split()
)
GROUPS = ("hangul", "other")


def group_of(term: str) -> str:
    return "hangul" if "가" <= term[0] <= "힣" else "other"


def count_passages(passages: list[str], languages: list[str]) -> tuple[dict[str, Counter], Counter]:
    """Passages that hold a term (Hangul terms in Korean passages, all others in English ones), and those that hold it
    as a whole word instead of as a part of one."""
    counts = {group: Counter() for group in GROUPS}
    whole: Counter = Counter()
    for language, found in zip(languages, analyse(passages)):
        group = "hangul" if language == "ko" else "other"
        counts[group].update(term for term in {term for term, _, _ in found} if group_of(term) == group)
        whole.update({term for term, _, _ in outermost(found)})
    return counts, whole


def outermost(found: list[tuple[str, int, int]]) -> list[tuple[str, int, int]]:
    """Occurrences that lie in no longer one."""
    kept: list[tuple[str, int, int]] = []
    for occurrence in sorted(found, key=lambda o: (o[1], -o[2])):
        if not kept or occurrence[2] > kept[-1][2]:
            kept.append(occurrence)
    return kept


def general_frequency(tokenizer: Tokenizer) -> dict[str, float]:
    """Share of running text, by the tokenizer's own scores, of the terms that are whole pieces."""
    model = json.loads(tokenizer.to_str())["model"]
    words = [(piece[1:], score) for piece, score in model["vocab"] if re.match(r"▁([가-힣]{2,}|[A-Za-z]{3,})$", piece)]
    shares: dict[str, float] = {}
    for (word, score), found in zip(words, analyse([word for word, _ in words])):
        # A longer Hangul word is followed by its bigrams; the first occurrence is the word itself.
        if found and (len(found) == 1 or group_of(word) == "hangul"):
            term = max(found, key=lambda o: o[2] - o[1])[0]
            shares[term] = shares.get(term, 0.0) + math.exp(score)
    return shares


def passage_share(shares: dict[str, float], counts: Counter, total: int, group: str) -> dict[str, float]:
    """General frequency -> expected share of passages: log-linear, fitted on the terms that both sources know."""
    known = [term for term in shares if group_of(term) == group and counts[term] >= 3]
    x = np.log([shares[term] for term in known])
    y = np.log([counts[term] / total for term in known])
    slope, intercept = np.polyfit(x, y, 1)
    return {
        term: min(0.9, math.exp(intercept + slope * math.log(share)))
        for term, share in shares.items()
        if group_of(term) == group
    }


def inverse_frequency(counts: Counter, total: int, expected: dict[str, float]) -> dict[str, float]:
    terms = {term for term, count in counts.items() if count >= MINIMUM_COUNT} | expected.keys()
    idf = {}
    for term in terms:
        prior = expected.get(term, UNKNOWN_COUNT / total)
        share = (counts[term] + PRIOR_PASSAGES * prior) / (total + PRIOR_PASSAGES)
        idf[term] = round(math.log(1 + 1 / share), 3)
    return idf


def expansion_terms(whole: Counter, idf: dict[str, float], shares: dict[str, float], group: str) -> list[str]:
    """The commonest topical words: by general frequency, then those that only the passages know."""
    shape, size = (_HANGUL, KOREAN_TERMS) if group == "hangul" else (_LETTERS, ENGLISH_TERMS)

    def fits(term: str) -> bool:
        if not shape.match(term) or idf[term] <= COMMONEST_IDF:
            return False
        if group == "other":  # whole pieces hold the words of a hundred other languages
            return whole[term] >= 2
        readable = term not in _KOREAN_FUNCTION_WORDS and not _PREDICATE.search(term)
        return readable and (whole[term] >= 3 or term in shares)

    general = shares if group == "hangul" else {}
    return sorted(filter(fits, idf), key=lambda term: (-general.get(term, 0.0), -whole[term], term))[:size]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--body", type=Path, required=True)
    parser.add_argument("--pairs", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()

    training = load_training(options.pairs)
    languages = training.languages()
    counts, whole = count_passages(training.passages, languages)
    shares = general_frequency(Tokenizer.from_file(str(options.body / "tokenizer.json")))
    totals = {"hangul": languages.count("ko"), "other": languages.count("en")}
    terms: list[str] = []
    idf: dict[str, float] = {}
    for group in GROUPS:
        expected = passage_share(shares, counts[group], totals[group], group)
        of_group = inverse_frequency(counts[group], totals[group], expected)
        terms += expansion_terms(whole, of_group, shares, group)
        idf |= of_group
    unknown = {group: round(math.log(1 + totals[group] / UNKNOWN_COUNT), 3) for group in GROUPS}
    result = {"terms": terms, "idf": dict(sorted(idf.items())), "unknown": unknown}
    options.out.write_text(json.dumps(result, ensure_ascii=False), encoding="utf-8")
    print(f"{len(terms)} expansion terms, {len(idf)} known terms, unknown {unknown}")


if __name__ == "__main__":
    main()
