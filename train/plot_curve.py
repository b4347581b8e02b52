"""Draws `curve.csv` as an SVG, with nothing but Python's own library.

    python train/plot_curve.py --curve train/curve.csv --out docs/images/ko-en-mini-training.svg
"""

import argparse
import csv
from pathlib import Path

LINES = {"ko-question": ("Korean questions", "#d6336c"), "en-question": ("English questions", "#1971c2"), "ko-heading": ("Korean headings", "#2f9e44")}
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 640, 320, 56, 150, 24, 44
LOWEST, HIGHEST, STEP = 0.5, 1.0, 0.1


def place(step: float, last: float, value: float) -> tuple[float, float]:
    x = LEFT + (WIDTH - LEFT - RIGHT) * step / last
    y = TOP + (HEIGHT - TOP - BOTTOM) * (HIGHEST - value) / (HIGHEST - LOWEST)
    return round(x, 1), round(y, 1)


def axis(last: float, steps: list[float]) -> list[str]:
    parts = []
    for n in range(round((HIGHEST - LOWEST) / STEP) + 1):
        value = LOWEST + n * STEP
        x, y = place(0, last, value)
        end, _ = place(last, last, value)
        parts.append(f'<line x1="{x}" y1="{y}" x2="{end}" y2="{y}" stroke="#dee2e6"/>')
        parts.append(f'<text x="{x - 8}" y="{y + 4}" text-anchor="end">{value:.1f}</text>')
    for step in steps:
        x, y = place(step, last, LOWEST)
        parts.append(f'<text x="{x}" y="{y + 18}" text-anchor="middle">{step:g}</text>')
    x, y = place(last / 2, last, LOWEST)
    return [*parts, f'<text x="{x}" y="{y + 36}" text-anchor="middle">training steps</text>']


def line(rows: list[dict[str, str]], last: float, column: str) -> list[str]:
    label, colour = LINES[column]
    points = [place(float(row["step"]), last, float(row[column])) for row in rows]
    path = " ".join(f"{x},{y}" for x, y in points)
    x, y = points[-1]
    return [
        f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>',
        *(f'<circle cx="{x}" cy="{y}" r="3" fill="{colour}"/>' for x, y in points),
        f'<text x="{x + 10}" y="{y + 4}" fill="{colour}">{label} {float(rows[-1][column]):.3f}</text>',
    ]


def draw(rows: list[dict[str, str]]) -> str:
    steps = [float(row["step"]) for row in rows]
    last = max(steps)
    shapes = axis(last, [0.0, *steps]) + [shape for column in LINES for shape in line(rows, last, column)]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">',
            "<title>NDCG@10 on held-out passages while the heads of ko-en-mini were trained</title>",
            f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
            *shapes,
            "</svg>",
            "",
        ]
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--curve", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    with options.curve.open(newline="") as file:
        svg = draw(list(csv.DictReader(file)))
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(svg, encoding="utf-8")


if __name__ == "__main__":
    main()
