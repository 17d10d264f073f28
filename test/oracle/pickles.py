"""Fits a vectorizer and a classifier, pickles them, and answers with the probabilities they give.

Standard input, one JSON object a line:
  docs, labels, test   tokenized documents to fit on, their labels (0 or 1), and documents to predict
  options              of TfidfVectorizer; vocabulary may be an object, which fixes the indices
  classifier           options of LogisticRegression
  classes              what to call the classes: "int", "bool", "str" or "float"
  writer, protocol     "pickle", "joblib", "joblib-zlib", "joblib-gzip", "joblib-bz2" or "dill"; the pickle protocol
  functions            how the vectorizer holds the identity: "lambda" (dill only) or "name"
  pipeline             whether both go into one file, as a Pipeline
  sparse               whether the coefficients are made sparse
  parameter, callable  a parameter of the vectorizer that is set to one of CALLABLES before it is written
  path                 where to write: path.vectorizer and path.classifier, or path.pipeline
Standard output: per line {"proba": [[p0, p1], ...], "release": "1.9.1"} or {"skipped": "why this release cannot fit that"}.
"""
import functools
import json
import operator
import pickle
import re
import sys
import warnings

import dill
import joblib
import numpy
import sklearn
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

CLASSES = {"int": int, "bool": bool, "str": ["kept", "removed"].__getitem__, "float": float}


def identity(x):
    return x


class Splitter:
    def __call__(self, x):
        return x

    def split(self, x):
        return x


# What an artifact cannot represent.
CALLABLES = {
    "str.split": str.split,
    "re.findall": re.compile(r"\w+").findall,
    "partial": functools.partial(re.split, " "),
    "methodcaller": operator.methodcaller("split"),
    "sorted": sorted,
    "object": Splitter(),
    "method": Splitter().split,
    "class": list,
    "function": lambda x: x[:9],
}


def write(request, path, estimator):
    writer, _, compression = request["writer"].partition("-")
    if writer == "joblib":
        compress = (compression, 3) if compression else 0
        joblib.dump(estimator, path, protocol=request["protocol"], compress=compress)
        return
    dump = {"pickle": pickle.dump, "dill": dill.dump}[writer]
    with open(path, "wb") as file:
        dump(estimator, file, protocol=request["protocol"])


def answer(request):
    options = request["options"]
    options["ngram_range"] = tuple(options["ngram_range"])
    same = (lambda x: x) if request["functions"] == "lambda" else identity
    vectorizer = TfidfVectorizer(tokenizer=same, preprocessor=same, lowercase=False, token_pattern=None, **options)
    labels = numpy.array([CLASSES[request["classes"]](y) for y in request["labels"]])
    try:
        classifier = LogisticRegression(**request["classifier"])
        classifier.fit(vectorizer.fit_transform(request["docs"]), labels)
    except (TypeError, ValueError) as error:
        return {"skipped": str(error)}
    if request["sparse"]:
        classifier.sparsify()
    pipeline = Pipeline([("tfidf", vectorizer), ("lr", classifier)])
    proba = pipeline.predict_proba(request["test"]).tolist()
    if request["parameter"]:
        setattr(vectorizer, request["parameter"], CALLABLES[request["callable"]])
    if request["pipeline"]:
        write(request, request["path"] + ".pipeline", pipeline)
    else:
        write(request, request["path"] + ".vectorizer", vectorizer)
        write(request, request["path"] + ".classifier", classifier)
    return {"proba": proba, "release": sklearn.__version__}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))))
