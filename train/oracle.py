"""Writes the numbers that the TypeScript encoder must reproduce.

    python oracle.py --model models/ko-en-mini --out test/oracle/ko-en-mini/oracle.json

Texts of every kind with their weights on both sides, from the exported int8 weights multiplied out, in single
precision. `gates` and `pieces` of a few texts let a failing test say which stage differs.
"""

import argparse
import json
import platform
from pathlib import Path

import tokenizers
import torch
import transformers

from encoder import SparseEncoder
from export import load_exported
from features import BOS, DOCUMENT_PREFIX, EOS, prefix_ids

KOREAN = """대한민국의 수도는 어디인가요?
오대호의 크기는?
임진왜란이 일어난 해는 언제인가?
세종대왕이 한글을 만든 까닭은 무엇입니까?
비타민 C가 부족하면 어떤 병에 걸리나요?
제2차 세계 대전은 몇 년에 끝났는가?
지구에서 달까지의 거리는 얼마나 되나요?
김치를 담그는 방법을 알려 주세요.
독도는 동해의 남서부에 있는 섬이다.
서울특별시는 한강을 끼고 있으며, 조선 시대부터 수도였다.
광합성은 식물이 빛 에너지를 이용하여 이산화 탄소와 물로 유기물을 만드는 과정이다.
보스턴은 미국 매사추세츠주의 주도이자 가장 큰 도시이다.
노벨 물리학상을 처음 받은 한국인은 아직 없다.
한국의 인터넷 보급률은 세계에서 가장 높은 편에 속한다.
컴포넌트가 다시 렌더링되는 이유는 무엇인가요?
상태를 끌어올려 두 컴포넌트가 함께 쓰게 하세요.
왕
왕은 왕으로 살았다.
은 는 이 가 을 를
ㅋㅋㅋ 진짜 웃기다 ㅠㅠ
안녕하세요""".split("\n")

ENGLISH = """What is the capital of South Korea?
Who discovered penicillin?
When did the second world war end?
How do vaccines protect against measles?
Vitamin D deficiency is associated with an increased risk of fractures.
The mitochondrion is the powerhouse of the cell.
Transformers encode tokens with self-attention.
Boston is the capital of Massachusetts and its largest city.
the of and to in
DNA
1592
In 1969, Apollo 11 landed on the Moon; Neil Armstrong walked on its surface.
Don't stop believin'
running runs ran runner
https://example.org/search?q=sparse+vectors&lang=ko
state-of-the-art e-mail x86_64 C++""".split("\n")

MIXED = [
    "React의 useEffect Hook은 언제 실행되나요?",
    "OpenSearch 3.8에서 rank_features 필드를 쓰는 법",
    "BTS(방탄소년단)는 2013년 6월 13일에 데뷔했다.",
    "漢字와 한글, English を混ぜた 文章",
    "東京都は日本の首都である。",
    "北京是中华人民共和国的首都。",
    "COVID-19 백신의 mRNA 기술",
    "Ａ４ ｆｕｌｌｗｉｄｔｈ １２３",
    "한글",  # decomposed
    "피자 🍕 먹고 싶다 👩‍👩‍👧",
    "ðɪs ɪz ə tɛst — ½ ① ℃",
    "Привет, мир! Γειά σου Κόσμε.",
    "العربية لغة جميلة",
    "2024-05-11T10:00:00Z 192.168.0.1 3.14159",
    "서울Seoul首尔2024",
]

EDGES = ["", " ", "\n\t", "...!?", "\u200b", "a", "가", "🍕", "\ud7ff\ue000", "x" * 300, "가나다라마바사아자차카타파하" * 8]

LONG = [
    " ".join(KOREAN[:16]) + " " + " ".join(ENGLISH[:12]),
    " ".join(f"{n}번째 문단이다. {text}" for n, text in enumerate((KOREAN + MIXED) * 4)),
    " ".join(f"Section {n}. {text}" for n, text in enumerate((ENGLISH + MIXED) * 4)),
    "\n\n".join((KOREAN + ENGLISH + MIXED) * 9),
]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)

    body, head, tokenizer, index = load_exported(options.model)
    encoder = SparseEncoder(body, head, tokenizer, index)
    texts = [*KOREAN, *ENGLISH, *MIXED, *EDGES, *LONG]
    rows = [
        {"text": text, "document": rounded(document), "query": rounded(query)}
        for text, document, query in zip(
            texts, encoder.encode(texts, head.document), encoder.encode(texts, head.query)
        )
    ]
    result = {
        "versions": {
            "python": platform.python_version(),
            "torch": torch.__version__,
            "transformers": transformers.__version__,
            "tokenizers": tokenizers.__version__,
        },
        "stages": stages(encoder, "임진왜란이 일어난 해는?"),
        "texts": rows,
    }
    options.out.write_text(json.dumps(result, ensure_ascii=False) + "\n", encoding="utf-8")
    print(f"{len(rows)} texts -> {options.out}")


def rounded(weights: dict[str, float]) -> dict[str, float]:
    return {term: round(weight, 6) for term, weight in weights.items()}


@torch.no_grad()
def stages(encoder: SparseEncoder, text: str) -> dict:
    """Input ids, and the graph's outputs for the document side: gates of each content piece, heaviest expansion logits."""
    head, encoding = encoder.head, encoder.tokenizer.encode(text, add_special_tokens=False)
    ids = [BOS, *prefix_ids(encoder.tokenizer, DOCUMENT_PREFIX), *encoding.ids, EOS]
    hidden = encoder.body(torch.tensor([ids])).last_hidden_state[0]
    content = hidden[len(ids) - 1 - len(encoding.ids) : -1]
    normalised = torch.nn.functional.layer_norm(content, content.shape[-1:])
    logits = head.expansion_logits(head.document, content.mean(0, keepdim=True))[0]
    best = logits.topk(20)
    return {
        "text": text,
        "ids": ids,
        "offsets": encoding.offsets,
        "gates": [[round(x, 5) for x in row] for row in head.gates(head.document, normalised).tolist()],
        "expansionLogits": {encoder.index.names[t]: round(v, 5) for t, v in zip(best.indices.tolist(), best.values.tolist())},
    }


if __name__ == "__main__":
    main()
