"""The project's own analysis of text (`src/encoder/lexical`, compiled), so that training and serving share one.

Set `SPLADE_BRIDGE_DIST` to the compiled source if it is not in `dist/`.
"""

import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Iterator

HERE = Path(__file__).parent
Term = tuple[str, int, int]


def analyse(texts: list[str]) -> Iterator[list[Term]]:
    """For each text its terms with their first and last + 1 code point, in order of their first one."""
    command = ["node", str(HERE / "analyse.cjs"), os.environ.get("SPLADE_BRIDGE_DIST", str(HERE.parent / "dist"))]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as source:
        source.writelines(json.dumps(text) + "\n" for text in texts)
        source.seek(0)
        with subprocess.Popen(command, stdin=source, stdout=subprocess.PIPE, encoding="utf-8") as node:
            for text, line in zip(texts, node.stdout, strict=True):
                yield in_code_points(text, json.loads(line))
    if node.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {node.returncode}")


def in_code_points(text: str, terms: list[list]) -> list[Term]:
    """JavaScript counts a character beyond the basic plane twice."""
    if text.isascii() or max(text) <= "\uffff":
        return [(term, start, end) for term, start, end in terms]
    places: list[int] = []
    for number, character in enumerate(text):
        places += [number] * (2 if character > "\uffff" else 1)
    places.append(len(text))
    return [(term, places[start], places[end]) for term, start, end in terms]
