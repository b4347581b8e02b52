"""Writes metrics.json: random rankings with the values that trec_eval gives them.

    pip install pytrec-eval-terrier==0.5.11
    python test/oracle/evaluate/make_oracle.py
"""

import json
import random
from importlib.metadata import version
from pathlib import Path

import pytrec_eval

random.seed(7)
documents = [f"d{number:02}" for number in range(40)]


def make_case(number: int) -> dict:
    judged = random.sample(documents, random.randint(1, 15))
    judgements = {document: random.choice([0, 0, 1, 1, 2, 3]) for document in judged}
    ranking = random.sample(documents, random.randint(1, 30))
    return {"id": f"q{number}", "judgements": judgements, "ranking": ranking}


cases = [make_case(number) for number in range(60)]
# Distinct falling scores: trec_eval orders a run by score, and so cannot depart from the ranking.
run = {case["id"]: {d: float(100 - i) for i, d in enumerate(case["ranking"])} for case in cases}
qrels = {case["id"]: case["judgements"] for case in cases}
measures = {"ndcg_cut.1,3,5,10", "recall.5,100", "recip_rank"}
values = pytrec_eval.RelevanceEvaluator(qrels, measures).evaluate(run)
for case in cases:
    case["expected"] = values[case["id"]]

oracle = {"pytrec-eval-terrier": version("pytrec-eval-terrier"), "cases": cases}
Path(__file__).with_name("metrics.json").write_text(json.dumps(oracle, indent=1) + "\n")
