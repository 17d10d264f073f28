"""Writes testdata: one small model in every format and in every shape that import takes, and what is in it.

usage: python write.py FOLDER        (needs scikit-learn, joblib, dill; cloudpickle, lz4 and skops are used where they are installed)

The texts are the project's own. The folder's name says which release of scikit-learn wrote it. expected.json has, for each set of files,
the n-grams, idf, columns that the selector leaves, coefficients and classes.
"""
import json
import os
import pickle
import sys
import zipfile

import dill
import joblib
import numpy as np
import sklearn
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.feature_selection import SelectKBest, chi2
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import LabelEncoder

try:
    import cloudpickle
except ImportError:
    cloudpickle = None
try:
    import lz4
except ImportError:
    lz4 = None
try:
    import skops.io
except ImportError:
    skops = None

TEXTS = ["The oven bakes the bread", "Knead the dough, bake the bread", "More flour and more yeast", "Flour, yeast, salt: dough",
         "The striker scored a goal", "A goal in the last minute", "The referee saw no penalty", "Penalty! The goal counts"]
LABELS = ["bread"] * 4 + ["ball"] * 4


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    out = []

    def fit(labels=LABELS):
        steps = [("tfidf", TfidfVectorizer(ngram_range=(1, 2), stop_words=["the", "and"])), ("best", SelectKBest(chi2, k=5)),
                 ("lr", LogisticRegression(solver="liblinear"))]
        return Pipeline(steps).fit(TEXTS, labels)

    def note(pipeline, *sets, **more):
        vectorizer, selector, classifier = (pipeline.named_steps[name] for name in ("tfidf", "best", "lr"))
        out.append(dict(sets=sets, vocabulary=[w for w, _ in sorted(vectorizer.vocabulary_.items(), key=lambda p: p[1])],
                        idf=vectorizer.idf_.tolist(), columns=np.flatnonzero(selector.get_support()).tolist(), coef=classifier.coef_[0].tolist(),
                        classes=more.get("classes", [str(c) for c in classifier.classes_])))

    def write(name, value, dump=pickle.dump, **options):
        with open(os.path.join(folder, name), "wb") as file:
            dump(value, file, **options)
        return name

    pipeline = fit()
    vectorizer, selector, classifier = (step for _, step in pipeline.steps)
    sets = [[write("protocol%d.pickle" % protocol, pipeline, protocol=protocol)] for protocol in range(pickle.HIGHEST_PROTOCOL + 1)]
    for method in ["", "zlib", "gzip", "bz2", "xz", "lzma"] + (["lz4"] if lz4 else []):
        name = "joblib" + ("." + method if method else "")
        joblib.dump(pipeline, os.path.join(folder, name), compress=(method, 3) if method else 0)
        sets.append([name])
    sets.append([write("dill", pipeline, dill.dump)])
    if cloudpickle:
        sets.append([write("cloudpickle", pipeline, cloudpickle.dump)])
    if skops:
        skops.io.dump(pipeline, os.path.join(folder, "skops"), compression=zipfile.ZIP_DEFLATED, compresslevel=9)
        sets.append(["skops"])
    sets.append([write("tuple.pickle", (vectorizer, selector, classifier))])
    sets.append([write("dict.pickle", {"classifier": classifier, "texts": TEXTS, "model": Pipeline([("tfidf", vectorizer), ("best", selector)])})])
    sets.append([write("classifier.pickle", classifier), write("selector.pickle", selector), write("vectorizer.pickle", vectorizer)])
    note(pipeline, *sets)
    search = GridSearchCV(fit(), {"lr__C": [0.5, 2]}, cv=2).fit(TEXTS, LABELS)
    note(search.best_estimator_, [write("search.pickle", search)])
    encoder = LabelEncoder().fit(LABELS)
    numbered = fit(encoder.transform(LABELS))
    note(numbered, [write("numbered.pickle", numbered), write("encoder.pickle", encoder)], classes=[str(c) for c in encoder.classes_])
    json.dump({"release": sklearn.__version__, "models": out}, open(os.path.join(folder, "expected.json"), "w"), separators=(",", ":"), sort_keys=True)


main()
