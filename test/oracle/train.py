"""Answers with scikit-learn what model/train computes: one JSON request a line, one JSON answer a line.

tfidf:    {"kind", "docs": [[token]], "options"}          -> {"terms", "idf", "indptr", "indices", "data"} or {"error"}
fit:      {"kind", "estimator", "options", "x", "y"}      -> {"coef", "intercept"}
compare:  {"kind", "estimator", "options", "x", "y", "test"} -> {"scores"}
metrics:  {"kind", "y", "p", "threshold" or "predicted"}  -> the measures by name
classes:  {"kind", "y", "predicted", "proba", "classes"}  -> the measures of MulticlassScores
labels:   {"kind", "y", "predicted", "proba"}             -> the measures of MultilabelScores
charwb:   {"kind", "text", "range"}                       -> {"ngrams": {ngram: count}}
"""
import json
import sys
import warnings

import numpy as np
from scipy.sparse import csr_matrix
from sklearn import metrics
from sklearn.calibration import calibration_curve
from sklearn.dummy import DummyClassifier
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

ESTIMATORS = {
    "logistic": LogisticRegression,
    "svm": LinearSVC,
    "multinomial": MultinomialNB,
    "complement": ComplementNB,
    "neighbours": KNeighborsClassifier,
    "tree": DecisionTreeClassifier,
    "majority": DummyClassifier,
}


def same(x):
    return x


def tfidf(r):
    options = dict(r["options"], ngram_range=tuple(r["options"]["ngram_range"]))
    v = TfidfVectorizer(tokenizer=same, preprocessor=same, lowercase=False, token_pattern=None, **options)
    try:
        x = v.fit_transform(r["docs"])
    except ValueError as e:
        return {"error": str(e)}
    x.sort_indices()
    return {
        "terms": v.get_feature_names_out().tolist(),
        "idf": v.idf_.tolist() if v.use_idf else None,
        "indptr": x.indptr.tolist(),
        "indices": x.indices.tolist(),
        "data": x.data.tolist(),
    }


def matrix(m):
    return csr_matrix((m["data"], m["indices"], m["indptr"]), shape=(m["rows"], m["cols"]))


def fit(r):
    model = ESTIMATORS[r["estimator"]](**r["options"]).fit(matrix(r["x"]), r["y"])
    return {"coef": model.coef_[0].tolist(), "intercept": float(model.intercept_[0])}


def compare(r):
    estimator = ESTIMATORS[r["estimator"]]
    chances = [{"random_state": seed} for seed in range(64)] if estimator is DecisionTreeClassifier else [{}]
    return {"scores": [scores(estimator(**r["options"], **chance), r) for chance in chances]}


def scores(model, r):
    model.fit(matrix(r["x"]), r["y"])
    test = matrix(r["test"])
    if hasattr(model, "predict_proba"):
        return model.predict_proba(test)[:, 1].tolist()
    return model.decision_function(test).tolist()


def measure(r):
    y, p = np.array(r["y"]), np.array(r["p"])
    decided = np.array(r["predicted"]) if "predicted" in r else (p >= r["threshold"]).astype(int)
    positive, mean = calibration_curve(y, p, n_bins=10)
    counts = np.bincount(np.searchsorted(np.linspace(0, 1, 11)[1:-1], p), minlength=10)
    counts = counts[counts > 0]
    tn, fp, fn, tp = metrics.confusion_matrix(y, decided, labels=[0, 1]).ravel().tolist()
    return {
        "roc_auc": metrics.roc_auc_score(y, p),
        "average_precision": metrics.average_precision_score(y, p),
        "f1": metrics.f1_score(y, decided, zero_division=0),
        "precision": metrics.precision_score(y, decided, zero_division=0),
        "recall": metrics.recall_score(y, decided, zero_division=0),
        "accuracy": metrics.accuracy_score(y, decided),
        "log_loss": metrics.log_loss(y, p, labels=[0, 1]),
        "brier": metrics.brier_score_loss(y, p),
        "ece": float((np.abs(positive - mean) * counts).sum() / counts.sum()),
        "confusion": {"true_negative": tn, "false_positive": fp, "false_negative": fn, "true_positive": tp},
    }


def defined(value):
    """What is undefined is left out."""
    return None if value is None or np.isnan(value) else float(value)


def averages(y, predicted, average):
    p, r, f, _ = metrics.precision_recall_fscore_support(y, predicted, average=average, zero_division=0)
    return {"precision": float(p), "recall": float(r), "f1": float(f)}


def class_scores(y, predicted, proba, k, **labels):
    p, r, f, support = metrics.precision_recall_fscore_support(y, predicted, average=None, zero_division=0, **labels)
    truth = (np.asarray(y) == k) if labels else np.asarray(y)[:, k]
    area = metrics.roc_auc_score(truth, proba[:, k]) if proba is not None else None
    return {"precision": float(p[k]), "recall": float(r[k]), "f1": float(f[k]), "support": int(support[k]), "roc_auc": defined(area)}


def measure_classes(r):
    y, predicted, names = r["y"], r["predicted"], list(range(r["classes"]))
    proba = np.array(r["proba"]) if r["proba"] else None
    area = None
    if proba is not None and set(y) == set(names):
        binary = len(names) == 2
        area = metrics.roc_auc_score(y, proba[:, 1] if binary else proba, multi_class="ovr", labels=names)
    return {
        "accuracy": metrics.accuracy_score(y, predicted),
        "macro": averages(y, predicted, "macro"),
        "weighted": averages(y, predicted, "weighted"),
        "log_loss": metrics.log_loss(y, proba, labels=names) if proba is not None else None,
        "roc_auc": area,
        "classes": [class_scores(y, predicted, proba, k, labels=names) for k in names],
        "confusion": metrics.confusion_matrix(y, predicted, labels=names).tolist(),
    }


def measure_labels(r):
    y, predicted = np.array(r["y"]), np.array(r["predicted"])
    proba = np.array(r["proba"]) if r["proba"] else None
    return {
        "accuracy": metrics.accuracy_score(y, predicted),
        "hamming_loss": metrics.hamming_loss(y, predicted),
        "micro": averages(y, predicted, "micro"),
        "macro": averages(y, predicted, "macro"),
        "weighted": averages(y, predicted, "weighted"),
        "roc_auc": defined(metrics.roc_auc_score(y, proba, average="macro")) if proba is not None else None,
        "labels": [class_scores(y, predicted, proba, k) for k in range(y.shape[1])],
    }


def charwb(r):
    v = CountVectorizer(analyzer="char_wb", ngram_range=tuple(r["range"]), lowercase=False)
    counts = {}
    for ngram in v.build_analyzer()(r["text"]):
        counts[ngram] = counts.get(ngram, 0) + 1
    return {"ngrams": counts}


ANSWERS = {"tfidf": tfidf, "fit": fit, "compare": compare, "metrics": measure, "classes": measure_classes,
           "labels": measure_labels, "charwb": charwb}

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(ANSWERS[request["kind"]](request)))
