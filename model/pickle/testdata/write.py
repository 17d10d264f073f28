"""Writes testdata: small models as every writer of pickles, protocol and release of scikit-learn leaves them, with what they predict.

usage: python write.py FOLDER        (needs scikit-learn and dill; joblib is used where there is one)

The texts are the project's own. Run it with each release in turn; the folder's name says which. expected.json has the vocabulary,
idf, coefficients and, for each document, the probability, so that the tests need no Python.
"""
import json, os, pickle, sys

import dill
import numpy as np
import sklearn
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

try:
    import joblib
except ImportError:
    from sklearn.externals import joblib

DOCS = [d.split() for d in [
    "the study be small but the result be clear", "remove this now", "why be this here", "a study of mice be no study of men",
    "joke joke joke", "the author say so", "lol so funny", "read the paper before you ask", "first lol", "the paper say why",
    "URL be a good source", "no URL no joke", "café naïve 語 be words", "this be so so so funny lol lol",
]]
LABELS = [0, 1, 0, 0, 1, 0, 1, 0, 1, 0, 0, 1, 0, 1]


def identity(x):
    return x


if hasattr(identity.__code__, "replace"):  # Python 3.8; dill writes the path of the source with the code
    identity.__code__ = identity.__code__.replace(co_filename="write.py")


def fit(labels=LABELS, **options):
    v = TfidfVectorizer(tokenizer=identity, preprocessor=identity, token_pattern=None, lowercase=False, **options)
    x = v.fit_transform(DOCS)
    c = LogisticRegression(solver="lbfgs", C=3.0, random_state=0).fit(x, labels)
    return v, c


def write(folder, name, v, c, dump):
    path = os.path.join(folder, name)
    dump(v, path + ".vectorizer.pickle")
    dump(c, path + ".classifier.pickle")
    return {
        "files": [name], "features": [w for w, _ in sorted(v.vocabulary_.items(), key=lambda p: p[1])],
        "idf": [] if not v.use_idf else v.idf_.tolist(), "coef": c.coef_[0].tolist(), "intercept": float(c.intercept_[0]),
        "classes": [str(k) for k in c.classes_.tolist()], "proba": c.predict_proba(v.transform(DOCS)).tolist(),
    }


def main():
    folder = sys.argv[1]
    os.makedirs(folder, exist_ok=True)
    out = []

    def with_pickle(protocol):
        return lambda o, path: pickle.dump(o, open(path, "wb"), protocol=protocol)

    v, c = fit(ngram_range=(1, 2))
    protocols = range(0, pickle.HIGHEST_PROTOCOL + 1)
    for protocol in protocols:
        expected = write(folder, "pickle%d" % protocol, v, c, with_pickle(protocol))
    out.append(dict(expected, files=["pickle%d" % protocol for protocol in protocols]))
    v, c = fit(sublinear_tf=True, norm="l1", ngram_range=(1, 3))
    out.append(write(folder, "joblib", v, c, joblib.dump))
    v, c = fit(use_idf=False, norm=None, ngram_range=(2, 3))
    out.append(write(folder, "joblib-zlib", v, c, lambda o, path: joblib.dump(o, path, compress=3)))
    v, c = fit(binary=True, max_features=20, labels=["removed" if y else "kept" for y in LABELS])
    out.append(write(folder, "strings", v, c, joblib.dump))
    expected = write(folder, "sparse", v, c, with_pickle(2))
    with_pickle(2)(c.sparsify(), os.path.join(folder, "sparse.classifier.pickle"))
    out.append(expected)
    v, c = fit()
    v.tokenizer = v.preprocessor = lambda x: x
    out.append(write(folder, "dill", v, c, lambda o, path: dill.dump(o, open(path, "wb"))))
    pipe = Pipeline([("tfidf", v), ("lr", c)])
    out.append(write(folder, "pipeline", v, c, lambda o, path: dill.dump(pipe, open(path, "wb"), protocol=2)))
    v, c = fit(smooth_idf=False)
    v._tfidf.__dict__.setdefault("note", np.array([[1.0, 2.0], [3.0, 4.0]], order="F"))
    c.coef_ = np.asfortranarray(c.coef_).astype(">f8")
    out.append(write(folder, "bigendian", v, c, with_pickle(4 if pickle.HIGHEST_PROTOCOL >= 4 else 2)))
    json.dump({"release": sklearn.__version__, "docs": DOCS, "models": out}, open(os.path.join(folder, "expected.json"), "w"),
              ensure_ascii=False, separators=(",", ":"), sort_keys=True)


main()
