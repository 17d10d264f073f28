"""Fits a text classifier, dumps it, and writes down what it answers. Needs scikit-learn."""
import csv
import json

import joblib
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

rows = list(csv.DictReader(open("examples/data/messages.csv", encoding="utf-8")))
texts, labels = [row["text"] for row in rows], [row["label"] for row in rows]

pipeline = make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression(C=10)).fit(texts, labels)
joblib.dump(pipeline, "spam.joblib")

with open("check.jsonl", "w", encoding="utf-8") as lines:
    for text, label, proba in zip(texts, pipeline.predict(texts), pipeline.predict_proba(texts)):
        lines.write(json.dumps({"text": text, "proba": proba.tolist(), "label": label}) + "\n")
