"""Writes down what a model answers, for reddit-classifier import --check. Needs what the model was made with."""
import json

import joblib

model = joblib.load("model.joblib")  # of two files: sklearn.pipeline.make_pipeline(vectorizer, classifier)
texts = open("comments.txt", encoding="utf-8").read().splitlines()
kind, method = ("proba", "predict_proba") if hasattr(model, "predict_proba") else ("decision", "decision_function")
rows = zip(texts, getattr(model, method)(texts).tolist(), model.predict(texts).tolist())
with open("check.jsonl", "w", encoding="utf-8") as lines:
    lines.writelines(json.dumps({"text": text, kind: values, "label": label}) + "\n" for text, values, label in rows)
