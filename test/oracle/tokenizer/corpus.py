"""Texts for the tokenizer oracle, written for this project."""

import unicodedata

ENGLISH = [
    "The quick brown fox jumps over the lazy dog.",
    "Learned sparse retrieval weighs every token of the vocabulary.",
    "She didn't know that they'd already left; we'll see what he's got.",
    "How do vaccines teach the immune system to recognise a virus?",
    "Solar panels turn sunlight into electricity without moving parts.",
    "In 2024 the index held 1,234,567 documents and 3.14 GB of postings.",
    "state-of-the-art re-ranking, e.g. with cross-encoders (slow!)",
    "ALL CAPS SHOUTING and mIxEd CaSe wOrDs",
    "unbelievably antidisestablishmentarianism floccinaucinihilipilification",
    "I'M SURE IT'S FINE, WE'VE DONE IT; 'tis rock 'n' roll",
    "A train left Busan at 7:05 a.m. and reached Seoul at 9:42.",
    "Coffee beans are roasted, ground and brewed before breakfast.",
    "The library's catalogue lists books, maps and old newspapers.",
    "Rivers carry sand and clay down to the sea, where deltas grow.",
    "New York is not New Yorker; a splade is not a spladework, splade!",
]
KOREAN = [
    "안녕하세요. 오늘 날씨가 참 좋네요!",
    "한국어 문서를 색인하고 검색하는 다리입니다.",
    "서울에서 부산까지 기차로 두 시간 반이 걸린다.",
    "학습된 희소 검색은 단어의 뜻이 비슷한 문서를 찾는다.",
    "김치는 배추와 고춧가루, 젓갈로 담그는 발효 음식이다.",
    "조선 왕조는 1392년에 세워져 1910년까지 이어졌다.",
    "컴퓨터가 느려졌을 때는 메모리를 먼저 살펴보세요.",
    "제주도에는 바람과 돌과 여자가 많다고 한다.",
    "괜찮아요? 뷁뷁 쀍 ㅋㅋㅋㅋ ㅠㅠ ㄱㄴㄷ ㅏㅑㅓ",
    "검색 엔진의 순위는 점수로 정해지고, 점수는 토큰의 무게로 정해진다.",
    "세종대왕은 백성을 가르치는 바른 소리를 만들었다.",
    "비가 오는 날에는 파전과 막걸리가 생각난다.",
]
JAPANESE = [
    "吾輩は猫である。名前はまだ無い。",
    "東京タワーは高さ333メートルの電波塔です。",
    "カタカナとひらがな、そして漢字を混ぜて書く。",
    "ﾊﾝｶｸ ｶﾀｶﾅ ﾊﾞﾋﾞﾌﾞ ﾊﾟﾋﾟﾌﾟ",
    "㍿㌔㍑ ㋿元年 令和",
    "ラーメンを食べに行きましょう!",
]
CHINESE = [
    "我们用学习到的稀疏向量检索文档。",
    "北京是中华人民共和国的首都。",
    "機器學習與自然語言處理",
    "𠀀𠮷𪚥 兀 豈更車 〇一二三",
    "人工智能改变世界,搜索引擎也不例外。",
]
EMOJI = [
    "👍", "👍🏽", "👨‍👩‍👧‍👦", "🇰🇷🇯🇵🇺🇸", "❤️‍🔥 love ❤ it", "1️⃣2️⃣ #️⃣", "🏴󠁧󠁢󠁥󠁮󠁧󠁿 flag", "family: 👩‍👩‍👦 done",
    "a😀b 😀😀 c", "🤖🤖🤖 robots 🤖", "맛있다😋😋 정말👍", "☕️+🍰=😊",
]
MIXED = [
    "PIXIE-Splade는 한국어 sparse 모델이다(2025).",
    "Elasticsearch와 OpenSearch에서 rank_features를 쓴다.",
    "GPU 8개로 3일간 학습했다 — loss는 0.37까지 감소.",
    "서울(Seoul, 首尔, ソウル)은 대한민국의 수도이다.",
    "Tokyo東京 2020オリンピック 올림픽",
    "C++와 Rust 중 어느 것이 빠를까? 🤔",
    "e-mail: 김철수 <chulsoo.kim@example.com> 010-1234-5678",
    "the 그 der le 的 の [MASK] and <mask> here",
]
URLS = [
    "https://example.com/path/to?q=%ED%95%9C&lang=ko#frag",
    "see http://localhost:9200/_search?pretty=true now",
    "user.name+tag@sub.example.co.kr",
    "ftp://files.example.org/a_b-c.tar.gz, C:\\Users\\kim\\file.txt",
    "/usr/local/bin:/usr/bin ~/.config/x.yml",
    "192.168.0.1:8080 ::1 fe80::1%eth0",
]
CODE = [
    "for (let i = 0; i < n; ++i) { sum += a[i] * b[i] }",
    "def f(x: int) -> str:\n    return f\"{x!r}\"\n",
    "SELECT * FROM docs WHERE score >= 0.5 AND lang = 'ko';",
    "{\"query\":{\"rank_feature\":{\"field\":\"f.x\",\"linear\":{}}}}",
    "x=y^2|z&~w#@$%`backtick`<tag/>\\n\\t",
    "snake_case camelCase PascalCase kebab-case SCREAMING_SNAKE __dunder__",
    "\t\tif a:\r\n\t\t\tb = c\r\n\r\n",
    "$\\sum_{i=1}^{n} x_i^2 \\approx \\int_0^1 f(t)\\,dt$",
]
ACCENTS = [
    "Café crème à la carte, s'il vous plaît.",
    "Cafe\u0301 cre\u0300me a\u0300 la carte",
    "naïve façade coöperate résumé Ærøskøbing Łódź",
    "Straße GROẞ ﬁre ﬂow ﬀ ĳ ŉ ǆ",
    "İstanbul ISPARTA ılık ΣΊΣΥΦΟΣ ΌΣ ς",
    "Việt Nam phở bò Nguye\u0302\u0303n",
    "a\u0301\u0327 a\u0327\u0301 q\u0323\u0307 q\u0307\u0323",
    "Привет, мир! Ёлка й и\u0306",
    "שָׁלוֹם عَرَبِيّ हिन्दी தமிழ் ไทยกำลัง ລາວ",
    "ộ Ǆ ﷺ ½ ² ™ № Ⅷ ① ㈱",
]
FULL_WIDTH = [
    "ＡＢＣ １２３ ａｂｃ！？",
    "　全角　スペース　",
    "ＳＰＬＡＤＥ：ｗｅｉｇｈｔ＝０．５",
    "～〜ー－―‐",
    "ﾡﾢ ￦１，０００ ￥５００ ￡ ￢",
]
CONTROL = [
    "a\x00b", "\x00", "tab\tnewline\nreturn\rform\x0cvertical\x0b", "bell\x07 esc\x1b[31mred\x1b[0m del\x7f",
    "zero\u200bwidth\u200cjoin\u200der\ufeffbom", "soft\u00adhyphen no\u00a0break\u202fspace",
    "\u200e\u200fmarks\u202aand\u202cembeds\u2066here\u2069", "line\u2028para\u2029nel\u0085end",
    "replacement \ufffd char", "private \ue000 use \U000f0000 plane", "\x01\x02start", "end\x01\x02",
    "a\x01 b \x01c", "noncharacter \ufffe \uffff", "\u0301lead mark", " \u0301space mark", "x \u0308y",
]
SPACES = [
    "", " ", "  ", "   ", "\n", "\r\n", "\t", "    \n    ", " a", "a ", " a ", "  a  b   c    d     e",
    "a\n\nb\n \nc", "\u3000a\u2003b\u1680c", "x  \t y\t\tz", "trailing spaces    ", "    leading spaces",
    "one\u00a0two", "a        b", "word \n", "\n word", "a \u200b b", "안녕  하세요", " 안녕 ",
]
LONG = [
    "a" * 39, "a" * 40, "a" * 41, "a" * 100, "a" * 101, "supercalifragilisticexpialidocious" * 6,
    "가" * 60, "가나다라마바사아자차카타파하" * 8, "😀" * 50, "0123456789" * 15, "." * 80, "ab" * 75 + " tail",
    "한" * 40 + "a" * 70, "\u0301" * 30, "e" + "\u0301" * 20 + "f", "-" * 33 + "=" * 33, "漢" * 50, "🇰🇷" * 20,
]
EDGES = [
    "[CLS]", "[SEP] [PAD] [UNK] [MASK]", "a [MASK]b", "a[MASK] b", "  [MASK]  [MASK]  ", "[mask] [cls]", "[ MASK ]",
    "<s> </s> <pad> <unk>", "a <mask> b", "a<mask>b", "  <mask>  x", "<mask>", "<mask><mask>", "<|begin|>x<|end|>",
    "|||EMAIL||| me", "mail:|||EMAIL|||", "splade", "splade.", "xsplade", "splades", "a splade b", "SPLADE",
    "New York", "NewYork", "New  York", "in New York's", "▁ already ▁marked", "Ġ already Ġmarked ##hash", "##",
    "'", "''", "'s", "s's 's 'S", "it's'll'd", "100% 50¢ €5 £6 ₩7", "1,000.50", "a1b2c3", "１２３abc", "x²y³",
    "...!!!???", "—–-", "«quoted» „low“ “high”", "¿qué? ¡sí!", "·•‣", "\u2e43\u2e52 \u1b4e \u08d3a \u0c04b \u061d",
    "⸨⸩⹃", "ᄒᆞᆫ글 ᄀᆞᇹ", "각ᆨ 각 ㄱㅏㄱ", "\u1100\u1161\u11a8 한", "ㅎㅏㄴㄱㅡㄹ", "〮한〯글",
    "A\u030a \u212b \u00c5", "\u2126 \u03a9", "ﬃ ﬅ", "\u1e9b\u0323", "\u0344", "e\u0316\u0301x", "\u0915\u094d\u0937\u093f",
    "\u0600\u0661 \u0601", "a\u20e3", "☃\ufe0f ☃\ufe0e", "Ⓐⓐ ⒈", "𝐛𝐨𝐥𝐝 𝔣𝔯𝔞𝔨 𝟙𝟚", "🄰 🅐 🈁", "\U0001d15e", "\u2fa1f 丽",
]  # fmt: skip


def joined(texts):
    """Every two neighbours as one text, so that stages meet more than one script."""
    return [f"{left} {right}" for left, right in zip(texts, texts[1:])]


GROUPS = [ENGLISH, KOREAN, JAPANESE, CHINESE, EMOJI, MIXED, URLS, CODE, ACCENTS, FULL_WIDTH]
PLAIN = [text for group in GROUPS for text in group]
DECOMPOSED = [unicodedata.normalize("NFD", text) for text in KOREAN + JAPANESE[:3] + ACCENTS]
PARAGRAPHS = ["\n".join(group) for group in (ENGLISH[:5], KOREAN[:4], MIXED, CODE)]

TRAINING = ENGLISH + KOREAN + KOREAN + JAPANESE + CHINESE + MIXED + URLS + ACCENTS
TEXTS = list(
    dict.fromkeys(
        PLAIN + CONTROL + SPACES + LONG + EDGES + DECOMPOSED + PARAGRAPHS + joined(KOREAN)[:6] + joined(MIXED)
    )
)
