"""The original's training as its Python does it, timed: read, clean, tokenize, fit. The argument is the CSV.

Standard output: {"seconds": …, "processor": …, "features": …}: by the clock, and of the processors.
"""
import csv
import json
import sys
import time

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from clean import clean
from tokens import feature, pipeline

start, processor = time.perf_counter(), time.process_time()
with open(sys.argv[1], encoding="iso-8859-1", newline="") as file:
    rows = list(csv.DictReader(file))
nlp = pipeline()
docs = [[f for f in map(feature, nlp(clean(row["BODY"]))) if f] for row in rows]
labels = [int(row["REMOVED"]) for row in rows]
vectorizer = TfidfVectorizer(
    tokenizer=lambda doc: doc, preprocessor=lambda doc: doc, lowercase=False, token_pattern=None,
    ngram_range=(1, 3), max_features=10000,
)
x = vectorizer.fit_transform(docs)
LogisticRegression(C=0.1).fit(x, labels)
print(json.dumps({"seconds": time.perf_counter() - start, "processor": time.process_time() - processor, "features": x.shape[1]}))
