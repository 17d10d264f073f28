"""Fits a small model as a user would and writes to the current folder, with proba, decision, multilabel or binary as its argument:

model.joblib    the model
comments.txt    texts
labelled.jsonl  texts with labels
scores.json     scikit-learn's measures of the model on these, as train.py has them
"""
import json
import random
import sys

import joblib
import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import SVC, LinearSVC

import train
import zoo

kind = sys.argv[1]
multilabel = kind == "multilabel"
names = {"multilabel": [0, 1, 2], "binary": [0, 1]}.get(kind, ["computers", "cooking", "football"])
rng = random.Random(1)


def named(labels):
    if multilabel:
        return [[name for name, yes in zip(names, row) if yes] for row in labels]
    return [names[label] for label in labels]


texts, labels = zoo.corpus(rng, len(names), multilabel)
classifier = {
    "proba": LogisticRegression(),
    "decision": LinearSVC(),
    "multilabel": OneVsRestClassifier(LogisticRegression()),
    "binary": SVC(probability=True, C=0.3, random_state=1),  # decides by decision_function, not by predict_proba
}[kind]
model = make_pipeline(TfidfVectorizer(), classifier).fit(texts, np.array(labels if multilabel else named(labels)))
joblib.dump(model, "model.joblib")
with open("comments.txt", "w", encoding="utf-8", newline="\n") as file:
    file.writelines(" ".join(text.split()) + "\n" for text in texts + [zoo.phrase(rng, [0, 1, 2]) for _ in range(100)])

texts, labels = zoo.corpus(rng, len(names), multilabel)
with open("labelled.jsonl", "w") as file:
    file.writelines(json.dumps({"text": text, "label": label}) + "\n" for text, label in zip(texts, named(labels)))
request = {"y": labels, "predicted": model.predict(texts).tolist(), "classes": len(names), "proba": None}
if not multilabel:
    request["predicted"] = [names.index(name) for name in request["predicted"]]
if hasattr(model, "predict_proba"):
    request["proba"] = model.predict_proba(texts).tolist()
if kind == "binary":
    request["p"] = [p for _, p in request["proba"]]
measure = {"multilabel": train.measure_labels, "binary": train.measure}.get(kind, train.measure_classes)
with open("scores.json", "w") as file:
    json.dump(measure(request), file)
