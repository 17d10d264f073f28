"""Tokenizes with spaCy itself, set up from a language file as the golden files were.

    python oracle.py spacy-3.8.json.gz < texts.jsonl > documents.jsonl

One JSON string a line in, one {"id", "text", "tokens", "features"} a line out. Works with spaCy 2.3 and 3.8, whichever the interpreter has.
"""

import gzip
import json
import re
import sys
import warnings

warnings.simplefilter("ignore")

import spacy
from spacy.lang.en import English
from spacy.tokenizer import Tokenizer

DROPPED = set("!$%^&*()_+|~-=`{}[]:\";'<>?,./")

language = json.loads(gzip.open(sys.argv[1]).read().decode("utf8"))
old = spacy.__version__.startswith("2.")
nlp = English()
rules = {}
for text, pieces in language["exceptions"].items():
    rules[text] = [{"ORTH": p["ORTH"], "LEMMA": p["lemma"]} if old else {"ORTH": p["ORTH"]} for p in pieces]


def pattern(name, method):
    return getattr(re.compile(language[name]), method) if language[name] else None


tokenizer = Tokenizer(
    nlp.vocab,
    rules=rules,
    prefix_search=pattern("prefix_search", "search"),
    suffix_search=pattern("suffix_search", "search"),
    infix_finditer=pattern("infix_finditer", "finditer"),
    token_match=pattern("token_match", "match"),
    url_match=pattern("url_match", "match"),
)
lemmas = language["lemma_lookup"]
if old:
    from spacy.lookups import Lookups

    tables = Lookups()
    tables.add_table("lemma_lookup", lemmas)
    nlp.vocab.morphology.lemmatizer.lookups = tables

for number, line in enumerate(sys.stdin):
    text = json.loads(line)
    tokens, features = [], []
    for token in tokenizer(text):
        lemma = token.lemma_ if old else lemmas.get(token.text, token.text)
        tokens.append([token.text, lemma, int(token.like_url)])
        feature = "URL" if token.like_url else lemma.lower().strip()
        if feature and feature not in DROPPED:
            features.append(feature)
    print(json.dumps({"id": str(number), "text": text, "tokens": tokens, "features": features}))
