"""Copies the models that packages of this environment ship, and tells what the packages answer.

packages.py FOLDER writes to FOLDER and prints one line of JSON a model, as zoo.py does.

Texts are made of the models' own vocabularies and of zoo.py's words. What spam-detector-ai does to a text first (letters alone, lower
case, no stop words, WordNet's lemmas) is not part of its models, and needs data that no package ships: they are asked for texts of lower
case letters.
"""
import glob
import importlib
import json
import os
import random
import re
import shutil
import sys
import warnings

import joblib
import numpy as np
import sklearn

import zoo


def texts_for(vectorizer, rng, letters_only):
    terms = sorted(vectorizer.vocabulary_)
    for _ in range(300):
        words = [rng.choice(terms) for _ in range(rng.randrange(1, 12))] + zoo.phrase(rng, list(range(len(zoo.TOPICS)))).split()
        rng.shuffle(words)
        text = " ".join(words)
        yield re.sub("[^a-zA-Z]+", " ", text).lower() if letters_only else text
    if not letters_only:
        yield from zoo.HOSTILE


def answers(name, vectorizer, classifier, letters_only=False):
    texts = list(texts_for(vectorizer, random.Random(1), letters_only))
    x = vectorizer.transform(texts)
    out = {"model": name, "kinds": [type(v).__name__ for v in (vectorizer, classifier)], "release": sklearn.__version__, "texts": texts}
    out["labels"] = [label.item() if isinstance(label, np.generic) else label for label in classifier.predict(x)]
    if hasattr(classifier, "predict_proba"):
        out["proba"] = classifier.predict_proba(x).tolist()
    else:
        out["decision"] = classifier.decision_function(x).reshape(len(texts), -1).tolist()
    return out


def profanity_check(package):
    module = importlib.import_module("profanity_check.profanity_check")
    out = answers(package, module.vectorizer, module.model)
    assert module.predict(out["texts"]).tolist() == out["labels"]
    assert module.predict_prob(out["texts"]).tolist() == [row[1] for row in out["proba"]]
    data = os.path.join(os.path.dirname(module.__file__), "data")
    return out, [os.path.join(data, "vectorizer.joblib"), os.path.join(data, "model.joblib")]


def spam_detector_ai(package):
    for folder in sorted(glob.glob(os.path.join(sys.prefix, "lib", "*", "site-packages", package, "models", "*"))):
        name = os.path.basename(folder)
        if name != "xgb":
            stem = {"bayes": "naive_bayes"}.get(name, name)
            files = [os.path.join(folder, stem + "_%s.joblib" % part) for part in ("vectoriser", "model")]
            yield answers(package + " " + name, joblib.load(files[0]), joblib.load(files[1]), letters_only=True), files


def models():
    yield profanity_check("profanity-check")
    yield from spam_detector_ai("spam_detector_ai")


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for i, (line, files) in enumerate(models()):
        os.makedirs(os.path.join(sys.argv[1], str(i)))
        line["files"] = [os.path.join(str(i), os.path.basename(file)) for file in files]
        for copy, file in zip(line["files"], files):
            shutil.copyfile(file, os.path.join(sys.argv[1], copy))
        print(json.dumps(line), flush=True)
