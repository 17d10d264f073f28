"""Fits a small model as a user would, and writes it and texts to the current folder: fitted.py proba|decision|multilabel."""
import random
import sys

import joblib
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsRestClassifier
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC

import zoo

rng = random.Random(1)
texts, labels = zoo.corpus(rng, 3, sys.argv[1] == "multilabel")
if sys.argv[1] == "multilabel":
    classifier = OneVsRestClassifier(LogisticRegression())
else:
    labels = [["football", "computers", "cooking"][label] for label in labels]
    classifier = LinearSVC() if sys.argv[1] == "decision" else LogisticRegression()
joblib.dump(make_pipeline(TfidfVectorizer(), classifier).fit(texts, labels), "model.joblib")
with open("comments.txt", "w", encoding="utf-8", newline="\n") as file:
    file.writelines(" ".join(text.split()) + "\n" for text in texts + [zoo.phrase(rng, [0, 1, 2]) for _ in range(100)])
