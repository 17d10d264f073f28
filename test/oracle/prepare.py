"""Prepares texts with the lines of Python that package prepare documents.

Standard input: {"steps", "texts"} a line; standard output: the prepared texts.
"""
import html
import json
import re
import string
import sys

from nltk.stem import PorterStemmer, SnowballStemmer

STEMMERS = [
    PorterStemmer(),
    PorterStemmer(PorterStemmer.ORIGINAL_ALGORITHM),
    PorterStemmer(PorterStemmer.MARTIN_EXTENSIONS),
    SnowballStemmer("english"),
]
CLASSES = ["a-zA-Z", "0-9", r"\s", " ", r"\w", r"\d"]


def tokens(step, text):
    return re.findall(step["Pattern"], text) if step["Pattern"] else text.split()


def lower(step, text):
    return text.lower()


def unescape(step, text):
    return html.unescape(text)


def replace(step, text):
    return re.sub(step["Pattern"], step["With"], text)


def keep(step, text):
    chars = "".join(c for i, c in enumerate(CLASSES) if step["Keep"] >> i & 1)
    return re.sub("[^" + chars + "]", lambda m: step["With"], text)


def remove(step, text):
    if step["Remove"] == 0:
        return text.translate({ord(c): step["With"] for c in string.punctuation})
    return re.sub([r"\d+", r"https?://\S+|www\.\S+"][step["Remove"] - 1], lambda m: step["With"], text)


def collapse(step, text):
    return " ".join(text.split())


def strip(step, text):
    return text.strip()


def stop_words(step, text):
    words = set(step["Words"] or [])
    return " ".join(w for w in tokens(step, text) if w not in words)


def stem(step, text):
    return " ".join(STEMMERS[step["Stemmer"]].stem(w) for w in tokens(step, text))


KINDS = [lower, unescape, replace, keep, remove, collapse, strip, stop_words, stem]
for line in sys.stdin:
    case = json.loads(line)
    prepared = []
    for text in case["texts"]:
        for step in case["steps"]:
            text = KINDS[step["Kind"]](step, text)
        prepared.append(text)
    print(json.dumps(prepared))
