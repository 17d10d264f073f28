"""Finds and replaces with Python's re.

Standard input: {"pattern", "texts", "template"} a line. Standard output: {"error", "matches", "replaced"} a line: for each text the
spans of all groups of all matches in characters, and what re.sub makes of it; "" for a template that is not valid.
"""
import json
import re
import signal
import sys
import warnings

warnings.simplefilter("ignore")
ALL = "".join(chr(c) for c in range(0x110000) if not 0xD800 <= c < 0xE000)
CASED = "".join(c for c in ALL if c.lower() != c or c.upper() != c)


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


def interrupt(number, frame):
    raise TimeoutError


def answer_soon(case):
    """Answers, or says that re takes too long: it takes exponential time for some expressions."""
    signal.setitimer(signal.ITIMER_REAL, 1)
    try:
        return answer(case)
    except TimeoutError:
        return {"error": "", "late": True, "matches": [], "template_error": "", "replaced": []}
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def characters(pattern, text):
    return [ord(c) for c in re.findall(pattern, text)]


if sys.argv[1:] == ["characters"]:
    # Standard input: an expression of one character a line. Standard output: the characters that it matches; of those that have a
    # case only, if there is a blank before the expression.
    for line in sys.stdin:
        expr = json.loads(line)
        print(json.dumps(characters(expr.lstrip(" "), CASED if expr.startswith(" ") else ALL)))
else:
    signal.signal(signal.SIGALRM, interrupt)
    for line in sys.stdin:
        print(json.dumps(answer_soon(json.loads(line))))
