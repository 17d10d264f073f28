"""Answers with scikit-learn what model/train computes: one JSON request a line, one JSON answer a line.

tfidf:    {"kind", "docs": [[token]], "options"}          -> {"terms", "idf", "indptr", "indices", "data"} or {"error"}
fit:      {"kind", "estimator", "options", "x", "y"}      -> {"coef", "intercept"}
compare:  {"kind", "estimator", "options", "x", "y", "test"} -> {"scores"}
metrics:  {"kind", "y", "p", "threshold"}                 -> the measures by name
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
    decided = (p >= r["threshold"]).astype(int)
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


def charwb(r):
    v = CountVectorizer(analyzer="char_wb", ngram_range=tuple(r["range"]), lowercase=False)
    counts = {}
    for ngram in v.build_analyzer()(r["text"]):
        counts[ngram] = counts.get(ngram, 0) + 1
    return {"ngrams": counts}


ANSWERS = {"tfidf": tfidf, "fit": fit, "compare": compare, "metrics": measure, "charwb": charwb}

if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        request = json.loads(line)
        print(json.dumps(ANSWERS[request["kind"]](request)))
