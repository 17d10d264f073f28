"""Tokenizes cleaned comments as the original did, with the spaCy that is installed.

Standard input: JSON strings, one a line. Standard output: per line {"tokens": [[text, lemma, like_url], ...], "features": [...]}.
With spaCy 2 the first argument is a file with the language data of the English model, gzipped JSON: the model brought exception
and affix tables of an earlier release, and it cannot be had from the package index.
"""
import gzip
import json
import re
import sys

import spacy
from spacy.attrs import LEMMA, ORTH
from spacy.lang.en import English
from spacy.tokenizer import Tokenizer

DROPPED = set("!$%^&*()_+|~-=`{}[]:\";'<>?,./")


def pipeline():
    nlp = English()
    if not spacy.__version__.startswith("2."):
        nlp.add_pipe("lemmatizer", config={"mode": "lookup"})
        nlp.initialize()
        return nlp
    with gzip.open(sys.argv[1], "rt", encoding="utf-8") as file:
        data = json.load(file)
    nlp.tokenizer = Tokenizer(
        nlp.vocab,
        rules={
            chunk: [{ORTH: part["ORTH"], LEMMA: part["lemma"]} for part in parts]
            for chunk, parts in data["exceptions"].items()
        },
        prefix_search=re.compile(data["prefix_search"]).search,
        suffix_search=re.compile(data["suffix_search"]).search,
        infix_finditer=re.compile(data["infix_finditer"]).finditer,
        token_match=re.compile(data["token_match"]).match,
        url_match=re.compile(data["url_match"]).match,
    )
    return nlp


def feature(token):
    word = "URL" if token.like_url else token.lemma_.lower().strip()
    return "" if word in DROPPED else word


if __name__ == "__main__":
    nlp = pipeline()
    for line in sys.stdin:
        doc = nlp(json.loads(line))
        tokens = [[t.text, t.lemma_, int(t.like_url)] for t in doc]
        features = [f for f in map(feature, doc) if f]
        print(json.dumps({"tokens": tokens, "features": features}))
