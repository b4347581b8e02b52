"""Prints the heaviest terms of texts, those that do not stand in the text marked with +.

    python show.py --model models/ko-en-mini [--document] [--top 12] TEXT...
"""

import argparse
from pathlib import Path

from analysis import analyse
from encoder import SparseEncoder
from export import load_exported


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--document", action="store_true", help="weigh as documents, not as queries")
    parser.add_argument("--top", type=int, default=12)
    parser.add_argument("text", nargs="+")
    options = parser.parse_args()

    body, head, tokenizer, index = load_exported(options.model)
    side = head.document if options.document else head.query
    encoded = SparseEncoder(body, head, tokenizer, index).encode(options.text, side)
    for text, weights, found in zip(options.text, encoded, analyse(options.text)):
        present = {term for term, _, _ in found}
        shown = [f"{'' if t in present else '+'}{t} {w:.2f}" for t, w in list(weights.items())[: options.top]]
        print(f"{text[:60]}\n    {', '.join(shown)}")


if __name__ == "__main__":
    main()
