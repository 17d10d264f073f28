"""Fits classifiers around whole pipelines, each with a vectorizer of its own, writes them, and tells what they answer.

Standard input, one JSON object a line: {"model": one of MODELS, "classes": 2 or 3, "path": "where to write"}.
Standard output, per line: {"release", "texts", "labels", "proba" and "decision" where the model has them} or {"skipped": why}.
"""
import json
import pickle
import random
import sys
import warnings

import sklearn
from sklearn.calibration import CalibratedClassifierCV
from sklearn.decomposition import TruncatedSVD
from sklearn.ensemble import VotingClassifier
from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
from sklearn.feature_selection import SelectKBest
from sklearn.linear_model import LogisticRegression
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.naive_bayes import MultinomialNB
from sklearn.pipeline import make_pipeline
from sklearn.svm import LinearSVC


def words():
    return make_pipeline(TfidfVectorizer(ngram_range=(1, 2)), LogisticRegression())


def characters():
    return make_pipeline(CountVectorizer(analyzer="char_wb", ngram_range=(2, 3)), SelectKBest(k=30), MultinomialNB())


def topics():
    return make_pipeline(TfidfVectorizer(lowercase=False), TruncatedSVD(3, random_state=0), LogisticRegression())


def soft():
    return VotingClassifier([("a", words()), ("b", characters()), ("c", topics())], voting="soft", weights=[1, 2, 1])


MODELS = {
    "soft": soft,
    "hard": lambda: VotingClassifier([("a", words()), ("b", characters())], voting="hard"),
    "calibrated": lambda: CalibratedClassifierCV(make_pipeline(TfidfVectorizer(), LinearSVC()), cv=3),
    "calibrated vote": lambda: CalibratedClassifierCV(soft(), cv=2),
    "rest": lambda: OneVsRestClassifier(words()),
    "pairs": lambda: OneVsOneClassifier(characters()),
}


def answer(request):
    rng = random.Random(3)
    vocabulary = ["".join(rng.choice("abcdeAB") for _ in range(rng.randint(1, 4))) for _ in range(50)]
    texts = [" ".join(rng.choice(vocabulary) for _ in range(rng.randint(3, 15))) for _ in range(90)]
    labels = [rng.choice("xyz"[:request["classes"]]) for _ in texts]
    model = MODELS[request["model"]]()
    try:
        model.fit(texts, labels)
        texts = texts[:20] + ["", "Zz ab!", "a b c d e"]
        out = {"release": sklearn.__version__, "texts": texts, "labels": model.predict(texts).tolist()}
    except (ValueError, TypeError) as error:  # a release that takes no texts there
        return {"skipped": str(error)}
    if request["model"] not in ("hard", "pairs"):
        out["proba"] = model.predict_proba(texts).tolist()
    elif request["model"] == "pairs" and sklearn.__version__ >= "0.22":  # before, it depends on the other texts
        out["decision"] = model.decision_function(texts).reshape(len(texts), -1).tolist()
    with open(request["path"], "wb") as file:
        pickle.dump(model, file)
    return out


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    for line in sys.stdin:
        print(json.dumps(answer(json.loads(line))), flush=True)
