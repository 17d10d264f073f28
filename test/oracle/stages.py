"""Fits and writes what stands before a classifier, at random, and answers with what it has learned.

Standard input, one JSON object a line: {"seed": 7, "path": "where to write"}.
Standard output, per line: {"release", "format": how it was written, "vocabularies": per vectorizer its n-grams by number, "idf":
per vectorizer or null, "columns": the columns that stay, of all that the vectorizers give, "divisors": per column that stays or null,
"steps": the classes in order}.
"""
import json
import pickle
import random
import sys
import warnings

import dill
import joblib
import numpy as np
import sklearn
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier, RandomForestClassifier
from sklearn.feature_extraction.text import CountVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.feature_selection import (GenericUnivariateSelect, SelectFdr, SelectFpr, SelectFromModel, SelectFwe, SelectKBest,
                                       SelectPercentile, VarianceThreshold, chi2, f_classif)
from sklearn.linear_model import LogisticRegression, SGDClassifier
from sklearn.pipeline import FeatureUnion, Pipeline
from sklearn.preprocessing import MaxAbsScaler, StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier

try:
    import cloudpickle
except ImportError:
    cloudpickle = None
try:
    import skops.io
except ImportError:
    skops = None


def vectorizer(rng):
    low = rng.randint(1, 2)
    options = {"ngram_range": (low, low + rng.randint(0, 1)), "binary": rng.random() < 0.3, "lowercase": rng.random() < 0.7,
               "stop_words": rng.choice([None, None, "english", ["the", "aab"]]), "analyzer": rng.choice(["word", "word", "char", "char_wb"]),
               "strip_accents": rng.choice([None, "ascii", "unicode"]), "dtype": rng.choice([np.float64, np.float64, np.float32])}
    if options["analyzer"] != "word":
        options["stop_words"] = None
        options["max_features"] = 200
    if rng.random() < 0.5:
        return CountVectorizer(**options)
    return TfidfVectorizer(use_idf=rng.random() < 0.8, norm=rng.choice(["l1", "l2", None]), sublinear_tf=rng.random() < 0.5, **options)


def selector(rng):
    score = rng.choice([chi2, chi2, f_classif])
    estimator = rng.choice([
        LogisticRegression(solver="liblinear"), LinearSVC(), SGDClassifier(random_state=0, max_iter=20, tol=1e-3),
        LogisticRegression(solver="liblinear", penalty="l1") if sklearn.__version__ < "1.8" else LinearSVC(),
        RandomForestClassifier(n_estimators=5, random_state=0), ExtraTreesClassifier(n_estimators=4, random_state=1),
        DecisionTreeClassifier(random_state=0, max_depth=5)])
    percent = rng.choice([5, 10, 33, 50, 99, 100])
    return rng.choice([
        lambda: SelectKBest(score, k=rng.choice([5, 17, "all"])), lambda: SelectPercentile(score, percentile=percent),
        lambda: SelectFpr(score, alpha=0.4), lambda: SelectFdr(score, alpha=0.9), lambda: SelectFwe(score, alpha=20.0 if sklearn.__version__ < "1.2" else 1.0),
        lambda: GenericUnivariateSelect(score, mode=rng.choice(["percentile", "k_best"]), param=rng.choice([20, 30])),
        lambda: VarianceThreshold(rng.choice([0.0, 0.01])),
        lambda: SelectFromModel(estimator, threshold=rng.choice([None, "mean", "median", "1.25*mean", 0.01]), max_features=rng.choice([None, 9])),
        lambda: SelectFromModel(estimator, threshold="mean", norm_order=rng.choice([1, 2])),
    ])()


def write(rng, estimator, path):
    kind = rng.choice(["pickle", "pickle", "joblib", "joblib-zlib", "joblib-gzip", "joblib-bz2", "joblib-xz", "joblib-lzma", "joblib-lz4", "dill", "cloudpickle",
                       "skops", "skops"])
    protocol = rng.randint(0, pickle.HIGHEST_PROTOCOL)
    if kind == "pickle":
        with open(path, "wb") as file:
            pickle.dump(estimator, file, protocol=protocol)
        return "%s, protocol %d" % (kind, protocol)
    if kind in ("dill", "cloudpickle", "skops"):
        module = globals()[kind]
        if module is None:  # not installed
            return write(rng, estimator, path)
        if module is skops:
            skops.io.dump(estimator, path)
            return "skops " + skops.__version__
        with open(path, "wb") as file:
            module.dump(estimator, file, protocol=max(protocol, 2))
        return "%s, protocol %d" % (kind, max(protocol, 2))
    compression = kind.partition("-")[2]
    try:
        joblib.dump(estimator, path, compress=(compression, 3) if compression else 0, protocol=max(protocol, 2))
    except ValueError:  # lz4 is not installed
        return write(rng, estimator, path)
    return "%s, protocol %d" % (kind, max(protocol, 2))


def answer(request):
    rng = random.Random(request["seed"])
    words = ["".join(rng.choice("abcdefABéü") for _ in range(rng.randint(1, 4))) for _ in range(60)] + ["the", "and", "of"]
    docs = [" ".join(rng.choice(words) for _ in range(rng.randint(3, 15))) for _ in range(rng.randint(20, 60))]
    labels = [rng.randint(0, rng.choice([1, 2])) for _ in docs]
    steps = []
    if rng.random() < 0.3:
        union = FeatureUnion([("a", vectorizer(rng)), ("b", vectorizer(rng))])
        steps.append(("union", union))
        vectorizers = [union.transformer_list[0][1], union.transformer_list[1][1]]
    else:
        steps.append(("vectorizer", vectorizer(rng)))
        vectorizers = [steps[0][1]]
        if isinstance(vectorizers[0], CountVectorizer) and not isinstance(vectorizers[0], TfidfVectorizer) and rng.random() < 0.4:
            steps.append(("tfidf", TfidfTransformer()))
    selectors = [selector(rng) for _ in range(rng.randint(0, 2))]
    steps += [("select%d" % i, s) for i, s in enumerate(selectors)]
    scaler = rng.choice([None, MaxAbsScaler(), StandardScaler(with_mean=False)])
    if any(v.dtype == np.float32 for v in vectorizers):
        scaler = None
    if scaler is not None:
        steps.append(("scale", scaler))
    steps.append(("sgd", SGDClassifier(random_state=0, max_iter=5, tol=None)))
    pipeline = Pipeline(steps)
    try:
        pipeline.fit(docs, labels)
    except ValueError as error:
        return {"skipped": str(error)}
    vocabularies = [[w for w, _ in sorted(v.vocabulary_.items(), key=lambda p: p[1])] for v in vectorizers]
    idf = [v.idf_.tolist() if isinstance(v, TfidfVectorizer) and v.use_idf else None for v in vectorizers]
    if steps[1][0] == "tfidf":
        idf = [steps[1][1].idf_.tolist()]
    columns = np.arange(sum(len(v) for v in vocabularies))
    for s in selectors:
        columns = columns[s.get_support()]
    if len(columns) == 0:
        return {"skipped": "no feature is left"}
    return {
        "release": sklearn.__version__, "format": write(rng, pipeline, request["path"]), "vocabularies": vocabularies, "idf": idf,
        "columns": columns.tolist(), "divisors": None if scaler is None else scaler.scale_.tolist(), "steps": [type(s).__name__ for _, s in steps],
    }


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
