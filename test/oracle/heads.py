"""Fits a classifier on random sparse vectors, pickles it, and answers with what it predicts.

Standard input, one JSON object a line:
  estimator   a Python expression over scikit-learn's names, such as "LogisticRegression(C=3)", and x and y to fit on; it is
              fitted to them unless the expression does so itself
  classes     how many there are; 0 for several labels a document
  names       what to call them: "int", "str", "bool" or "float"
  vectors     "counts", "tfidf", "signed" or "float32"
  rows, features, seed
  path        where to write the pickle
Standard output: per line {"x": [[[feature, value], ...], ...], "proba": [[...], ...] or null, "decision": [[...], ...] or null,
"predict": [...], "release": "1.9.1"} or {"skipped": "why this release cannot fit that"}. A row of predict is a class as str prints
it, or a list of labels' numbers; a row of proba or decision with a value that is not finite is null.
"""
import importlib
import json
import pickle
import sys
import warnings

import numpy
import scipy.sparse
import sklearn

NAMES = {}
for module in ["calibration", "decomposition", "dummy", "ensemble", "feature_extraction.text", "feature_selection", "frozen", "linear_model", "model_selection", "multiclass",
               "naive_bayes", "pipeline", "preprocessing", "svm", "tree"]:
    try:
        NAMES.update(vars(importlib.import_module("sklearn." + module)))
    except ImportError:
        pass




def unseen(estimator, x, y):
    """Fits without the documents of one class, which the estimator knows of all the same."""
    kept = y != y[0]
    return estimator.partial_fit(x[kept], y[kept], classes=numpy.unique(y))


def same(y):
    """Gives one label to every document, and another to none."""
    if y.ndim > 1:
        y[:, 0] = 1
        y[:, -1] = 0
    return y


def vectors(rng, request, rows):
    """Rows of few features each; every fifth is of features that no training row has, or empty."""
    features = request["features"]
    x = numpy.zeros((rows, features))
    for i in range(rows):
        n = rng.randint(0, 9) if i % 5 else rng.randint(0, 2)
        x[i, rng.randint(0, features, n)] = 1 + rng.poisson(0.4, n)
    if request["vectors"] != "counts":
        x *= 0.5 + rng.rand(features)
        x /= numpy.maximum(numpy.sqrt((x * x).sum(axis=1, keepdims=True)), 1e-9)
    if request["vectors"] == "signed":
        x *= rng.choice([-1, 1], size=x.shape)
    return x


def targets(rng, request, x):
    """Classes that depend on the vectors, with noise."""
    k = request["classes"]
    scores = x.dot(rng.randn(x.shape[1], max(k, 3))) + 0.3 * rng.randn(x.shape[0], max(k, 3))
    if k == 0:
        return (scores > 0).astype(int)
    number = scores[:, :k].argmax(axis=1)
    number[:k] = range(k)  # each class is there
    names = {"int": lambda i: int(3 * i - 1), "float": lambda i: i - 2.0, "bool": bool,
             "str": ["ham", "spam", "egg", "é", "tomato", "x", "y", "z", "w"].__getitem__}[request["names"]]
    return numpy.array([names(i) for i in number])


def rows(values):
    if values is None:
        return None
    return [row.tolist() if numpy.isfinite(row).all() else None for row in values]


def optional(method, x):
    """What a method makes of each row by itself, None if there is no such method."""
    try:
        method = method()
        return numpy.array([numpy.asarray(method(x[i])).reshape(-1) for i in range(x.shape[0])])
    except (AttributeError, NotImplementedError):
        return None


def answer(request):
    rng = numpy.random.RandomState(request["seed"])
    x = vectors(rng, request, request["rows"])
    y = targets(rng, request, x)
    test = vectors(rng, request, 16)
    test[0] = 0
    test[1] = 3 * test[2]
    dtype = numpy.float32 if request["vectors"] == "float32" else numpy.float64
    x, test = (scipy.sparse.csr_matrix(m.astype(dtype)) for m in (x, test))
    numpy.random.seed(request["seed"])
    try:
        names = dict(NAMES, x=x, y=y, same=same, unseen=lambda estimator: unseen(estimator, x, y))
        estimator = eval(request["estimator"], names)
        if "fit(" not in request["estimator"] and "unseen(" not in request["estimator"]:
            estimator.fit(x, y)
    except Exception as e:
        return {"skipped": "%s: %s" % (type(e).__name__, e), "release": sklearn.__version__}
    with open(request["path"], "wb") as file:
        pickle.dump(estimator, file, protocol=2 + request["seed"] % 3)
    predict = [estimator.predict(test[i])[0] for i in range(test.shape[0])]
    if request["classes"] == 0:
        predict = [numpy.flatnonzero(row).tolist() for row in predict]
    else:
        predict = [str(c) for c in predict]
    return {
        "x": [[[int(j), float(v)] for j, v in zip(row.indices, row.data)] for row in test],
        "proba": rows(optional(lambda: estimator.predict_proba, test)),
        "decision": rows(optional(lambda: estimator.decision_function, test)),
        "predict": predict,
        "release": sklearn.__version__,
    }


warnings.simplefilter("ignore")
for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))))
