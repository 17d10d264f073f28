"""Finds and replaces with Python's re.

Standard input: {"pattern", "texts", "template"} a line. Standard output: {"error", "matches", "replaced"} a line: for each text the
spans of all groups of all matches in characters, and what re.sub makes of it; "" for a template that is not valid.
"""
import json
import re
import sys
import warnings

warnings.simplefilter("ignore")


def answer(case):
    try:
        pattern = re.compile(case["pattern"])
    except (re.error, OverflowError, ValueError) as e:
        return {"error": str(e)}
    matches = [[[m.span(i) for i in range(pattern.groups + 1)] for m in pattern.finditer(text)] for text in case["texts"]]
    try:
        replaced = [pattern.sub(case["template"], text) for text in case["texts"]]
    except (re.error, IndexError) as e:
        return {"error": "", "matches": matches, "template_error": str(e), "replaced": []}
    return {"error": "", "matches": matches, "template_error": "", "replaced": replaced}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))))
