"""Fits random text classifiers of every kind that import takes, writes them to files, and tells what scikit-learn answers.

zoo.py FOLDER FIRST COUNT [DESCRIPTION]
  makes the models of the seeds FIRST to FIRST+COUNT-1, each in FOLDER/SEED. With a DESCRIPTION, only those whose description has it.
zoo.py FOLDER refused
  makes what import must refuse.

Standard output, one line of JSON a model:
  seed, release       which model it is
  model, kinds        its description, and the kinds of the things in it, for the summary
  files               what import is given, relative to FOLDER
  optional            whether it goes beyond what import promises to take: it may be refused
  texts               held-out texts
  labels              predict of each text; a list of classes for a multilabel classifier
  proba, decision     predict_proba and decision_function of each text, where the model has them
  loose               for each text, how far the probabilities move with the last digit of what isotonic calibration is given
  skipped             instead of all that: why this release cannot fit the model
  names               of what must be refused: words that the refusal must have
"""
import inspect
import json
import os
import pickle
import random
import shutil
import sys
import warnings

import cloudpickle
import dill
import joblib
import numpy as np
import sklearn
from sklearn.base import clone
from sklearn import dummy, ensemble, feature_selection, linear_model, model_selection, naive_bayes, preprocessing, svm, tree
from sklearn.calibration import CalibratedClassifierCV
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer, TfidfTransformer, TfidfVectorizer
from sklearn.isotonic import IsotonicRegression
from sklearn.multiclass import OneVsOneClassifier, OneVsRestClassifier
from sklearn.pipeline import FeatureUnion, Pipeline

try:
    import skops.io
except ImportError:
    skops = None

RELEASE = tuple(int(part) for part in sklearn.__version__.split(".")[:2])

# Words that speak for a class, by topic, and words that speak for none.
TOPICS = [
    "bake oven flour yeast butter crust dough knead sugar salt pan Café crème brûlée naïve 250g 3rd",
    "goal match referee league striker keeper score penalty offside Müller 4-4-2 90min København derby",
    "kernel compile linker segfault pointer malloc x86 C++ foo_bar __init__ v2.0 0xFF stack heap Straße",
    "orbit comet telescope nebula planet lunar eclipse 1969 Δv λ=3 ΣΊΣΥΦΟΣ ΟΔΟΣ галактика звезда 宇宙 星雲 宇宙船",
    "violin sonata chord tempo Dvořák Łódź İstanbul ıslak aria C#m 6/8 forte fiancé re-take ﬁnale eﬀect e\u0301tude",
]
FILLER = """the a an and or not but is was are were be been I you he she it we they this that these those of to in on for with at by from
as about into over after very really just like can could will would don't isn't it's I'm won't n't ... !!! ? ; one two good bad new old
well more most some any no nor only own same so than too s t""".split()
HOSTILE = [
    "", " ", "\t\n", "\x00", "a\x00b", "\x00\x00 bake", "...", "!?", "a", "I", "_", "__", "-", "'", "a a a a", "ab", "A_b", "x²", "½ cup", "№5",
    "ﬁnale ﬀ ﬃ ſtop", "ß ẞ Straße STRASSE", "İstanbul İ ISPARTA ı", "ΟΔΟΣ ΣΑΣ Σ ΑΣ. ΑΣΑ ΑΣ\u0301 ς σ", "ÅNGSTRÖM A\u030angstrom Å",
    "e\u0301tude étude E\u0301", "naïve NAÏVE nai\u0308ve", "٣٤٥ ১২৩ ４５６ Ⅷ ⅷ ① ²³", "宇宙船と星雲", "한국어 ᄒ\u1161ᆫ", "हिन्दी में नमस्ते", "ไทย ภาษา",
    "👍🏽👩\u200d🚀 ok👍", "a\u200bb a\u00adb \ufeffc", "x\u00a0y\u2003z\u2028w\u3000v\x85u\x1cs\x1fr", "Ǆ ǅ ǆ Ǉ", "ŉ ǰ ΐ ŀ", "Ａｂｃ ｶﾞ", "K Å Ω µ μ",
    "don't re-take it's 3.14 1,000 $5 #tag @me http://x.yz/a?b=c&d e@f.gh", "<b>&amp;</b>", "\\w+ (?u) [a] {2}", "%s {} \"q\" `c`",
    "bake " * 200, "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "\u0345 \u0301 \u0300a", "𝔘𝔫𝔦 𝟜𝟚 ℌ", "ΰ ᾳ ᾼ ᾿",
    "a\rb\r\nc\vd\fe", "ʰello ˢ ª º", "à\u0327 \u1e69 s\u0323\u0307", "ⓐⒷ ㎏ ㏒", "ـعربيةـ مَرْحَبًا", "שָׁלוֹם", "ꙮ ꜱ ꭰ Ꭰ", "Ω≈ç√∫˜µ≤", "of the", "won't n't",
]
PATTERNS = [
    r"(?u)\b\w+\b", r"\S+", r"[a-z]+", r"[A-Za-z0-9']+", r"(?u)\b[a-z]{3,}\b", r"#(\w+)|x", r"\w+?", r"(?i)[a-z]+", r"\b\w\w+\b|[!?.]+", r"\d+|\w+",
    r"[^\W\d_]+", r"(?a)\w+", r"\b[^\d\W]+\b", r".", r"\w{2,4}", r"\w{2,4}?", r"(?:ba|bake|b)\w*", r"(\w\w)\w*", r"(?P<stem>\w{1,5})\w*", r"[^\s,.!?]+",
    r"\b[a-zA-Z]+(?:['-][a-zA-Z]+)*\b", r"\w*", r"(?s).+?\s", r"(?m)^\w+", r"\w+$", r"\B\w", r"[\w']+|[^\w\s]", r"[à-ÿ]+|\w", r"(?i)(?:ſ|k|ß)+|[à-þ]+",
    r"\D+?\d", r"(?:a|an|and)(?:y|d)?\w", r"[\u0370-\u03ff]+|\w\w", r"(?u)\b\w\w\w+\b", r"[a-zA-Z]{2,}", r"\w[\w.+-]*\w|\w", r"(?x) \w+ # words",
]
STOPS = [["the", "and", "is"], ["THE", "bake", "dough", "don"], ["caf", "cafe", "café", "of"]]


class Impossible(Exception):
    """A combination that is not in the table."""


def make(cls, rng=None, **params):
    """Makes an estimator with those parameters that the release knows, and a seed."""
    known = inspect.signature(cls.__init__).parameters
    if "random_state" in known and "random_state" not in params:
        params["random_state"] = 0
    return cls(**{name: value for name, value in params.items() if name in known})


def describe(value):
    if hasattr(value, "get_params") and not isinstance(value, type):
        known = inspect.signature(type(value).__init__).parameters
        params = []
        for name, param in value.get_params(deep=False).items():
            if name != "random_state" and name in known and repr(param) != repr(known[name].default):
                params.append("%s=%s" % (name, describe(param)))
        return "%s(%s)" % (type(value).__name__, ", ".join(params))
    if isinstance(value, (list, tuple)) and len(value) < 20:
        return "[%s]" % ", ".join(map(describe, value))
    if callable(value):
        return getattr(value, "__name__", type(value).__name__)
    text = repr(value)
    return text if len(text) < 60 else text[:60] + "…"


# Corpus


def phrase(rng, topics):
    words = []
    for _ in range(rng.randrange(2, 18)):
        topic = rng.choice(topics)
        word = rng.choice(FILLER if rng.random() < 0.45 else TOPICS[topic].split())
        words.append(rng.choice([word] * 6 + [word.upper(), word.capitalize(), word + rng.choice(".,!?s")]))
    if rng.random() < 0.15:
        words.insert(rng.randrange(len(words)), rng.choice(HOSTILE))
    return rng.choice([" "] * 9 + ["\n", "  "]).join(words)


def names_of_classes(rng, k):
    kind = rng.choice(["int", "int", "str", "str", "float", "bool", "object"])
    if kind == "bool" and k == 2:
        return kind, [False, True]
    if kind == "float":
        return kind, sorted(rng.sample([0.0, 1.0, 2.0, -1.0, 3.0, 1e20, 17.0], k))
    if kind in ("str", "object"):
        return kind, sorted(rng.sample(["ham", "spam", "Ünïcode", "0", "a b", "", "True", "<b>&\"", "très négatif"], k))
    return "int", sorted(rng.choice([list(range(k)), rng.sample([-1, 0, 1, 4, 7, 1000, 2**40], k)]))


def corpus(rng, k, multilabel):
    texts, labels = [], []
    for i in range(rng.randrange(40, 110)):
        if multilabel:
            topics = [t for t in range(k) if rng.random() < 0.4]
            texts.append(phrase(rng, topics or list(range(len(TOPICS)))))
            labels.append([int(t in topics) for t in range(k)])
        else:
            label = i % k if i < 4 * k else rng.choice([rng.randrange(k), 0])
            texts.append(phrase(rng, [label] if rng.random() < 0.8 else list(range(len(TOPICS)))))
            labels.append(label)
    return texts, labels


# Vectorizers


def analyzer(rng):
    options = {"analyzer": rng.choice(["word"] * 6 + ["char", "char_wb", "char_wb"])}
    if options["analyzer"] == "word":
        options["ngram_range"] = rng.choice([(1, 1)] * 4 + [(1, 2), (1, 3), (2, 2), (2, 3)])
        if rng.random() < 0.35:
            options["token_pattern"] = rng.choice(PATTERNS)
        if rng.random() < 0.4:
            options["stop_words"] = rng.choice(["english", "english"] + STOPS)
            if isinstance(options["stop_words"], list) and RELEASE < (1, 2) and rng.random() < 0.3:  # checked from 1.2 on
                options["stop_words"] = rng.choice([set, frozenset, tuple])(options["stop_words"])
    else:
        options["ngram_range"] = rng.choice([(1, 1), (1, 3), (2, 4), (3, 3), (1, 5), (2, 2)])
    if rng.random() < 0.25:
        options["lowercase"] = False
    if rng.random() < 0.4:
        options["strip_accents"] = rng.choice(["ascii", "unicode"])
    if rng.random() < 0.25:
        options["binary"] = rng.choice([True, True, np.bool_(True)])
    if rng.random() < 0.1:  # as a search over numbers leaves them
        options["ngram_range"] = tuple(np.arange(7)[list(options["ngram_range"])])
    return options


def tfidf_options(rng):
    options = {}
    if rng.random() < 0.3:
        options["sublinear_tf"] = True
    if rng.random() < 0.2:
        options["smooth_idf"] = False
    if rng.random() < 0.2:
        options["use_idf"] = False
    if rng.random() < 0.4:
        options["norm"] = rng.choice(["l1", None, "l2"])
    return options


def given_vocabulary(rng, texts, options):
    """A vocabulary that the analyzer can produce, as a list, a set or a dict."""
    terms = sorted(CountVectorizer(**options).fit(texts).vocabulary_)
    rng.shuffle(terms)
    terms = terms[:rng.randrange(5, 200)]
    return rng.choice([list(terms), set(terms), {term: i for i, term in enumerate(terms)}])


def vectorizer(rng, texts, kind=None):
    kind = kind or rng.choice(["tfidf"] * 4 + ["count"] * 3 + ["hashing"])
    options = analyzer(rng)
    if kind == "hashing":
        options["n_features"] = rng.choice([16, 100, 1000, 2**10, 2**14])
        options["norm"] = rng.choice(["l2", "l1", None])
        options["alternate_sign"] = rng.random() < 0.6
        if rng.random() < 0.2:
            options["dtype"] = np.float32
        return make(HashingVectorizer, **options)
    vocabulary = given_vocabulary(rng, texts, options) if rng.random() < 0.12 else None
    if vocabulary is None:
        options.update(rng.choice([{}, {}, {"max_features": rng.randrange(10, 300)}, {"min_df": 2}, {"max_df": 0.7, "min_df": 2}]))
    else:
        options["vocabulary"] = vocabulary
    if kind == "tfidf":
        options.update(tfidf_options(rng))
        if rng.random() < 0.2:
            options["dtype"] = np.float32
        return TfidfVectorizer(**options)
    if rng.random() < 0.2:
        options["dtype"] = rng.choice([np.float32, np.float64, np.int32])
    return CountVectorizer(**options)


def front(rng, texts):
    """The steps that turn text into numbers."""
    def piece(name):
        v = vectorizer(rng, texts)
        if isinstance(v, TfidfVectorizer) or rng.random() < 0.6:
            return [(name, v)]
        return [(name, v), (name + "tf", TfidfTransformer(**tfidf_options(rng)))]

    if rng.random() < 0.75:
        return piece("vect")
    parts = []
    for i in range(rng.randrange(2, 4)):
        steps = piece("part%d" % i)
        parts.append(("u%d" % i, steps[0][1] if len(steps) == 1 else Pipeline(steps)))
    if rng.random() < 0.1:
        parts.append(("none", "drop"))
    weights = None
    if rng.random() < 0.6:
        weights = {name: rng.choice([0.5, 2, 1.0, 3.7]) for name, _ in parts if rng.random() < 0.8}
    return [("union", FeatureUnion(parts, transformer_weights=weights))]


# Between


def transform(rng):
    score = rng.choice([feature_selection.chi2, feature_selection.chi2, feature_selection.f_classif])
    small = lambda: rng.choice([
        make(svm.LinearSVC, C=0.5, penalty="l1", dual=False), make(linear_model.LogisticRegression), make(ensemble.ExtraTreesClassifier, n_estimators=5),
        make(linear_model.SGDClassifier, alpha=0.01)])
    choices = [
        lambda: feature_selection.SelectKBest(score, k=rng.choice([5, 20, 60, "all"])),
        lambda: feature_selection.SelectPercentile(score, percentile=rng.choice([10, 30, 75])),
        lambda: rng.choice([feature_selection.SelectFdr, feature_selection.SelectFpr, feature_selection.SelectFwe])(score, alpha=rng.choice([0.2, 0.5, 0.9])),
        lambda: make(feature_selection.SelectFromModel, estimator=small(), threshold=rng.choice([None, "median", "0.5*mean", 1e-3]),
                     max_features=rng.choice([None, None, 12])),
        lambda: feature_selection.VarianceThreshold(rng.choice([0.0, 0.001, 0.01])),
        preprocessing.MaxAbsScaler,
        lambda: preprocessing.StandardScaler(with_mean=False, with_std=rng.random() < 0.9),
        lambda: preprocessing.Normalizer(norm=rng.choice(["l1", "l2", "max"])),
        lambda: preprocessing.Binarizer(threshold=rng.choice([0.0, 0.1, 1.0])),
        lambda: TruncatedSVD(n_components=rng.choice([2, 5, 9]), random_state=0, algorithm=rng.choice(["randomized", "arpack"])),
        lambda: TfidfTransformer(**tfidf_options(rng)),
    ]
    return rng.choice(choices)()


# Classifiers


class Dice(random.Random):
    """Chance, and the number of classes, on which it depends what a classifier may be."""
    classes = 2


def no_penalty():
    return None if RELEASE >= (1, 2) else "none" if RELEASE >= (0, 21) else "l2"


def binary_only(rng):
    """The solvers that take two classes alone."""
    return ["liblinear"] if RELEASE < (1, 8) or rng.classes == 2 else []


def logistic(rng):
    solver = rng.choice(["lbfgs", "lbfgs", "newton-cg", "sag", "saga"] + binary_only(rng))
    options = dict(solver=solver, C=rng.choice([1.0, 0.1, 30.0]), class_weight=rng.choice([None, None, "balanced"]), fit_intercept=rng.random() < 0.85)
    options["multi_class"] = rng.choice(["auto", "auto", "ovr"] + ["multinomial"] * (solver != "liblinear"))
    if options["multi_class"] == "auto":
        del options["multi_class"]
    options["penalty"] = rng.choice(["l2"] * 5 + {"liblinear": ["l1"], "saga": ["l1", no_penalty()]}.get(solver, [no_penalty()]))
    return make(linear_model.LogisticRegression, max_iter=rng.choice([20, 100]), **{k: v for k, v in options.items() if (k, v) != ("penalty", "l2")})


def logistic_cv(rng):
    return make(linear_model.LogisticRegressionCV, Cs=rng.choice([2, [0.1, 1.0]]), cv=2, solver=rng.choice(["lbfgs", "newton-cg"] + binary_only(rng)),
                refit=rng.random() < 0.8, **rng.choice([{}, {}, {"multi_class": "ovr"}]))


def sgd(rng):
    log = "log_loss" if RELEASE >= (1, 1) else "log"
    squared = "squared_error" if RELEASE >= (1, 0) else "squared_loss"
    loss = rng.choice(["hinge", log, log, "modified_huber", "modified_huber", "squared_hinge", "perceptron", squared, "huber", "epsilon_insensitive",
                       "squared_epsilon_insensitive"])
    return make(linear_model.SGDClassifier, loss=loss, alpha=rng.choice([1e-4, 1e-2]), penalty=rng.choice(["l2", "l1", "elasticnet"]), max_iter=30,
                average=rng.choice([False, False, True, 10]), class_weight=rng.choice([None, "balanced"]), early_stopping=rng.random() < 0.1, tol=1e-3)


def linear_svc(rng):
    options = rng.choice([{}, {"loss": "hinge"}, {"penalty": "l1", "dual": False}, {"dual": False}, {"multi_class": "crammer_singer"}, {"dual": True}])
    return make(svm.LinearSVC, C=rng.choice([1.0, 0.1]), fit_intercept=rng.random() < 0.85, class_weight=rng.choice([None, "balanced"]), **options)


def ridge(rng):
    if rng.random() < 0.3:
        return make(linear_model.RidgeClassifierCV, alphas=[0.1, 1.0, 10.0])
    return make(linear_model.RidgeClassifier, alpha=rng.choice([1.0, 0.1]), class_weight=rng.choice([None, "balanced"]))


def perceptron(rng):
    return make(linear_model.Perceptron, penalty=rng.choice([None, "l2"]), max_iter=30, tol=1e-3)


def passive(rng):
    return make(linear_model.PassiveAggressiveClassifier, C=rng.choice([1.0, 0.1]), loss=rng.choice(["hinge", "squared_hinge"]), max_iter=30, tol=1e-3)


def multinomial(rng):
    return make(naive_bayes.MultinomialNB, alpha=rng.choice([1.0, 0.1, 1e-3]), fit_prior=rng.random() < 0.7)


def complement(rng):
    return make(naive_bayes.ComplementNB, alpha=rng.choice([1.0, 0.1]), norm=rng.random() < 0.5)


def bernoulli(rng):
    return make(naive_bayes.BernoulliNB, alpha=rng.choice([1.0, 0.1]), binarize=rng.choice([0.0, 0.0, 0.05, 1.0]), fit_prior=rng.random() < 0.7)


def decision_tree(rng):
    return make(tree.DecisionTreeClassifier, max_depth=rng.choice([None, 3, 8]), criterion=rng.choice(["gini", "entropy"]), min_samples_leaf=rng.choice([1, 3]))


def forest(rng):
    return make(ensemble.RandomForestClassifier, n_estimators=rng.choice([3, 10, 25]), max_depth=rng.choice([None, 4]),
                class_weight=rng.choice([None, "balanced", "balanced_subsample"]))


def extra_trees(rng):
    return make(ensemble.ExtraTreesClassifier, n_estimators=rng.choice([3, 10]), bootstrap=rng.random() < 0.3)


def boosting(rng):
    old = "deviance" if RELEASE < (1, 1) else "log_loss"
    return make(ensemble.GradientBoostingClassifier, n_estimators=rng.choice([3, 12]), max_depth=rng.choice([2, 3]), learning_rate=rng.choice([0.1, 0.5]),
                subsample=rng.choice([1.0, 0.7]), loss=rng.choice([old, old, "exponential"]) if rng.classes == 2 else old, **rng.choice([{}, {}, {"init": "zero"}]))


def svc(rng):
    return make(svm.SVC, kernel=rng.choice(["linear", "rbf", "rbf", "rbf", "poly", "sigmoid"]), C=rng.choice([1.0, 5.0]), gamma=rng.choice(["scale", "auto", 0.3, 2.0]),
                probability=rng.random() < 0.5, class_weight=rng.choice([None, None, "balanced"]),
                **rng.choice([{}, {}, {"break_ties": True}, {"decision_function_shape": "ovo"}]))


def dummies(rng):
    return make(dummy.DummyClassifier, strategy=rng.choice(["most_frequent", "prior"]))


SIMPLE = [logistic, sgd, linear_svc, ridge, perceptron, passive, multinomial, complement, bernoulli, decision_tree, forest, svc]
WITH_PROBA = [logistic, multinomial, complement, bernoulli, decision_tree, forest, extra_trees, boosting]


def calibrated(rng):
    base = rng.choice([linear_svc, linear_svc, linear_svc, sgd, logistic, ridge, multinomial, passive, decision_tree, svc])(rng)
    return make(CalibratedClassifierCV, **{first_parameter(CalibratedClassifierCV): base, "method": rng.choice(["sigmoid", "isotonic"]),
                                           "cv": rng.choice([2, 3]), "ensemble": rng.choice([True, True, False])})


def prefit(rng):
    """A classifier that is calibrated after it was fitted; calibrate does that."""
    return rng.choice([linear_svc, sgd, logistic, multinomial, svc])(rng)


def calibrate(rng, pipeline, texts, y):
    classifier = pipeline.steps[-1][1]
    method = rng.choice(["sigmoid", "isotonic"])
    if RELEASE >= (1, 6):
        from sklearn.frozen import FrozenEstimator
        calibrated = CalibratedClassifierCV(FrozenEstimator(classifier), method=method)
    else:
        calibrated = CalibratedClassifierCV(classifier, method=method, cv="prefit")
    calibrated.fit(Pipeline(pipeline.steps[:-1]).transform(texts), y)
    pipeline.steps[-1] = ("clf", calibrated)


def first_parameter(cls):
    return list(inspect.signature(cls.__init__).parameters)[1]


def one_vs_rest(rng):
    return OneVsRestClassifier(rng.choice(SIMPLE + [logistic, linear_svc])(rng))


def one_vs_one(rng):
    return OneVsOneClassifier(rng.choice(SIMPLE)(rng))


def voting(rng):
    soft = rng.random() < 0.6
    pool = WITH_PROBA + [calibrated] if soft else SIMPLE
    members = [("m%d" % i, rng.choice(pool)(rng)) for i in range(rng.randrange(2, 4))]
    weights = rng.choice([None, [rng.choice([1, 2, 0.5, 3]) for _ in members]])
    if not soft and weights:
        weights = [int(w) + 1 for w in weights]
    if rng.random() < 0.1 and RELEASE >= (0, 22):
        members.append(("none", "drop"))
        weights = weights and weights + [2]
    return ensemble.VotingClassifier(members, voting="soft" if soft else "hard", weights=weights)


CLASSIFIERS = [logistic, multinomial, linear_svc, sgd, logistic_cv, bernoulli, calibrated, svc, forest, one_vs_rest, voting, ridge, complement, perceptron,
               decision_tree, passive, one_vs_one, boosting, extra_trees, calibrated, logistic, voting, sgd, svc, one_vs_rest, dummies, prefit]


# Files


def dump(rng, estimator, path):
    """Writes one object in one of the ways that people write objects, and returns which."""
    highest = pickle.HIGHEST_PROTOCOL
    ways = ["pickle"] * 4 + ["joblib"] * 4 + ["zlib", "gzip", "bz2", "xz", "lzma", "lz4", "dill", "cloudpickle", "externals"]
    way = rng.choice(ways)
    protocol = rng.randrange(highest + 1)
    if way == "joblib":
        joblib.dump(estimator, path, protocol=rng.choice([None, protocol]))
    elif way == "externals":
        if RELEASE >= (0, 21):
            joblib.dump(estimator, path, compress=3)
        else:
            from sklearn.externals import joblib as old
            old.dump(estimator, path)
    elif way in ("pickle", "dill", "cloudpickle"):
        with open(path, "wb") as file:
            {"pickle": pickle, "dill": dill, "cloudpickle": cloudpickle}[way].dump(estimator, file, protocol=protocol)
        way += " %d" % protocol
    else:
        joblib.dump(estimator, path, compress=(way, 3))
    return way


def searched(rng, estimator, grid, texts, labels):
    """What a search over one option leaves behind."""
    kind = rng.choice(["GridSearchCV", "GridSearchCV", "RandomizedSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV"])
    if kind.startswith("Halving") and RELEASE >= (0, 24):
        from sklearn.experimental import enable_halving_search_cv  # noqa
        search = getattr(model_selection, kind)(estimator, grid, cv=2, random_state=0)
    elif kind == "RandomizedSearchCV":
        search = model_selection.RandomizedSearchCV(estimator, grid, n_iter=1, cv=2, random_state=0)
    else:
        search = model_selection.GridSearchCV(estimator, grid, cv=2)
    return search.fit(texts, labels), type(search).__name__


MLMODEL = """artifact_path: model
flavors:
  python_function:
    env: conda.yaml
    loader_module: mlflow.sklearn
    model_path: model.pkl
    python_version: 3.8.10
  sklearn:
    code: null
    pickled_model: model.pkl
    serialization_format: cloudpickle
    sklearn_version: %s
utc_time_created: '2022-03-01 10:00:00.000000'
"""


def write(rng, folder, pipeline, texts, labels):
    """Writes a fitted pipeline in one of the ways that people do. Returns the files, how, the pipeline, and whether it goes beyond the promise."""
    os.makedirs(folder)
    steps = [step for _, step in pipeline.steps if hasattr(step, "fit")]
    ways = ["pipeline"] * 4 + ["files"] * 3 + ["tuple", "list", "dict", "search", "search", "mlflow", "skops", "skops"]
    way = rng.choice(ways)
    if way == "skops" and skops is None:
        way = "pipeline"
    path = lambda name: os.path.join(folder, name)
    optional = False
    if way in ("files", "tuple", "list", "dict"):
        if len(steps) > 3:
            steps = [Pipeline(pipeline.steps[:-1]), steps[-1]]
        if len(steps) == 3 and not isinstance(steps[1], TfidfTransformer):
            optional = True
    if way == "pipeline":
        return ["model.pkl"], dump(rng, pipeline, path("model.pkl")), pipeline, optional
    if way == "skops":
        skops.io.dump(pipeline, path("model.skops"))
        return ["model.skops"], way, pipeline, optional
    if way == "mlflow":
        os.makedirs(path("model"))
        with open(path("model/MLmodel"), "w") as file:
            file.write(MLMODEL % sklearn.__version__)
        with open(path("model/model.pkl"), "wb") as file:
            cloudpickle.dump(pipeline, file)
        return ["model"], way, pipeline, optional
    if way == "search":
        name = pipeline.steps[0][0]
        given = getattr(steps[0], "vocabulary", None) is not None  # and of these words
        option = {"vect__binary" if given else "vect__lowercase": [True, False]} if name == "vect" else {name + "__transformer_weights": [None, {"u0": 2.0}]}
        if rng.random() < 0.3 and hasattr(steps[-1], "C"):
            option["clf__C"] = [0.5, 2.0]
        found, kind = searched(rng, pipeline, option, texts, labels)
        return ["model.pkl"], kind + " " + dump(rng, found, path("model.pkl")), found, optional
    if way == "files":
        if isinstance(steps[0], HashingVectorizer) and rng.random() < 0.5:
            steps[0] = clone(steps[0])  # it need not be fitted
        files = ["%d.pkl" % i for i in range(len(steps))]
        how = "+".join(dump(rng, step, path(file)) for step, file in zip(steps, files))
        rng.shuffle(files)
        return files, "files " + how, pipeline, optional
    if way == "dict":
        names = ["vectorizer", "transformer", "model"] if len(steps) == 3 else ["vectorizer", "model"]
        whole = dict(zip(names, steps))
        whole.update(rng.choice([{}, {"accuracy": 0.93, "classes": ["a", "b"], "trained": None}]))
    else:
        whole = {"tuple": tuple, "list": list}[way](steps if rng.random() < 0.7 or len(steps) > 2 else steps[::-1])
    return ["model.pkl"], way + " " + dump(rng, whole, path("model.pkl")), pipeline, optional


# Models


def kinds_of(estimator):
    """The names of all estimators within."""
    found = [type(estimator).__name__]
    params = estimator.get_params(deep=False)
    parts = [p for name, p in params.items() if name not in ("steps", "transformer_list", "estimators")]
    for name in ("steps", "transformer_list", "estimators"):
        parts += [part for _, part in params.get(name) or []]
    for part in parts:
        if hasattr(part, "get_params") and not isinstance(part, type):
            found += kinds_of(part)
    return found


def plain(label):
    return label.item() if isinstance(label, np.generic) else label


def ask(method, texts):
    """The answers to the texts. Before 0.22 those of some classifiers depend on the other texts, so each is asked about alone."""
    if RELEASE >= (0, 22):
        return np.asarray(method(texts))
    return np.concatenate([np.asarray(method([text])) for text in texts])


def loose(model, out):
    """How far the probabilities of each text move when what isotonic calibration is given does so in its last digits: its steps can be no
    wider than that. Probabilities of naive Bayes are determined to the last digits of logarithms of 100 and more."""
    original = IsotonicRegression.predict
    shift = np.zeros(len(out["texts"]))
    try:
        for factor in (1 - 2**-46, 1 + 2**-46):
            IsotonicRegression.predict = lambda self, values: original(self, np.asarray(values) * factor)
            proba = ask(model.predict_proba, out["texts"])
            shift = np.maximum(shift, abs(proba - np.array(out["proba"])).max(axis=1))
    finally:
        IsotonicRegression.predict = original
    return shift.tolist()


def answers(model, texts, multilabel):
    """What the model says of the texts, as JSON can say it."""
    out = {"texts": texts}
    predicted = ask(model.predict, texts)
    if multilabel:
        last = getattr(model, "best_estimator_", model).steps[-1][1]
        out["labels"] = [[plain(c) for c, yes in zip(last.classes_, row) if yes] for row in np.asarray(predicted)]
    else:
        out["labels"] = [plain(label) for label in predicted]
    for key, method in (("proba", "predict_proba"), ("decision", "decision_function")):
        try:
            values = ask(getattr(model, method), texts).astype(np.float64)
        except AttributeError:  # in releases before 1.0 some have the method and raise this
            continue
        if not np.isfinite(values).all():
            raise Impossible("%s is not finite" % method)
        out[key] = values.reshape(len(texts), -1).tolist()
    return out


def build(seed, attempt):
    """The parts of one model: an unfitted pipeline, what to fit it on, and what to ask it."""
    rng = Dice(seed * 8 + attempt)
    kind = CLASSIFIERS[seed % len(CLASSIFIERS)]
    multilabel = kind is one_vs_rest and rng.random() < 0.4
    k = rng.choice([2, 2, 3, 4, 5])
    alone = (decision_tree, forest, dummies) + ((multinomial,) if RELEASE >= (1, 0) else ())
    if kind in alone and rng.random() < 0.05:
        k = 1
    rng.classes = 2 if multilabel or kind in (one_vs_rest, one_vs_one) else k
    classifier = kind(rng)
    texts, labels = corpus(rng, k, multilabel)
    steps = front(rng, texts)
    for i in range(rng.choice([0, 0, 0, 1, 1, 2])):
        step = transform(rng)
        if not (isinstance(step, TfidfTransformer) and isinstance(steps[-1][1], TruncatedSVD)):
            steps.append(("step%d" % i, step))
    if rng.random() < 0.05:
        steps.append(("none", "passthrough" if RELEASE >= (0, 21) else None))
    pipeline = Pipeline(steps + [("clf", classifier)])
    if multilabel:
        named, y = "multilabel", np.array(labels)
    else:
        named, names = names_of_classes(rng, k)
        y = np.array([names[label] for label in labels], dtype=object if named == "object" else None)
    test = [phrase(rng, list(range(len(TOPICS)))) for _ in range(20)] + rng.sample(HOSTILE, 20) + rng.sample(texts, 5)
    return rng, pipeline, texts, y, test, "%d classes %s" % (k, named), multilabel, kind


def one(folder, seed, wanted=""):
    """Makes a model of a seed: the first attempt that the release takes."""
    for attempt in range(8):
        out = {"seed": seed, "release": sklearn.__version__}
        path = os.path.join(folder, str(seed))
        try:
            rng, pipeline, texts, y, test, classes, multilabel, kind = build(seed, attempt)
            np.random.seed(seed)
            pipeline.fit(texts, y)
            if kind is prefit:
                calibrate(rng, pipeline, texts, y)
            if Pipeline(pipeline.steps[:-1]).transform(texts[:1]).shape[1] == 0:
                raise Impossible("no feature is left")
            out["model"] = " | ".join(describe(step) for _, step in pipeline.steps) + " | " + classes
            if wanted not in out["model"]:
                return None
            out["kinds"] = sorted(set(kinds_of(pipeline)) - {"Pipeline"})
            classifier = pipeline.steps[-1][1]
            if hasattr(classifier, "sparsify") and rng.random() < 0.15:
                classifier.sparsify()
            files, how, pipeline, out["optional"] = write(rng, path, pipeline, texts, y)
            out.update(answers(pipeline, test, multilabel))
            if "isotonic" in out["model"] and "proba" in out:
                out["loose"] = loose(pipeline, out)
        except Exception as error:  # whatever a release says of a combination
            shutil.rmtree(path, ignore_errors=True)
            skipped = "%s: %s" % (type(error).__name__, str(error)[:200])
            continue
        out["model"] += " | " + how
        out["files"] = [os.path.join(str(seed), file) for file in files]
        return out
    return {"seed": seed, "release": sklearn.__version__, "skipped": skipped}


# What is refused


class Lemmas:
    def __call__(self, text):
        return text.split()


class Shouting(TfidfVectorizer):
    """A vectorizer of the user's own may do anything."""

    def build_preprocessor(self):
        return str.upper


class Cautious(linear_model.LogisticRegression):
    def predict(self, x):
        return self.predict_proba(x)[:, 1] > 0.9


def strip_all(texts):
    return [text.strip("!") for text in texts]


class XGBClassifier(naive_bayes.MultinomialNB):
    """Stands in for a class of a package that is not installed."""


def elsewhere(cls, module):
    """Has a class pickled as that of a module."""
    cls.__module__ = module
    sys.modules[module] = sys.modules["__main__"]
    return cls


def refusals():
    from sklearn.discriminant_analysis import LinearDiscriminantAnalysis
    from sklearn.neighbors import KNeighborsClassifier, NearestCentroid
    from sklearn.neural_network import MLPClassifier
    from sklearn.preprocessing import FunctionTransformer
    texts, labels = corpus(random.Random(1), 2, False)
    lr = linear_model.LogisticRegression
    given = {"Bake": 0, "two words": 1, "bake": 2, "dough": 3, "Oven": 4}

    def fitted(*steps):
        return Pipeline([("s%d" % i, step) for i, step in enumerate(steps)]).fit(texts, labels)

    for classifier in (
            KNeighborsClassifier(), NearestCentroid(), MLPClassifier((3,), max_iter=5), ensemble.AdaBoostClassifier(n_estimators=2),
            ensemble.BaggingClassifier(n_estimators=2), ensemble.StackingClassifier([("a", lr()), ("b", lr())], cv=2), Cautious(),
            elsewhere(XGBClassifier, "xgboost")()):
        yield [type(classifier).__name__], fitted(TfidfVectorizer(), classifier)
    for pattern, name in ((r"(?<=\s)\w+", "look"), (r"(?<!a)\w+", "look"), (r"\w+(?!s)", "look"), (r"\w+(?=s)", "look"), (r"(?:(\w)\1)", "reference"),
                          (r"(?P<a>\w)(?P=a)", "reference"), (r"(\w)?(?(1)a|b)", "condition")):
        yield [name], fitted(TfidfVectorizer(token_pattern=pattern), lr())
    yield ["tokenizer", "Lemmas"], fitted(TfidfVectorizer(tokenizer=Lemmas(), token_pattern=None), lr())
    yield ["preprocessor", "strip"], fitted(TfidfVectorizer(preprocessor=str.strip), lr())
    yield ["analyzer", "split"], fitted(CountVectorizer(analyzer=str.split), lr())
    yield ["Shouting"], fitted(Shouting(), lr())
    yield ["FunctionTransformer"], fitted(FunctionTransformer(strip_all), CountVectorizer(), lr())
    yield ["LinearDiscriminantAnalysis"], fitted(CountVectorizer(), TruncatedSVD(3), LinearDiscriminantAnalysis())
    yield ["PolynomialFeatures"], fitted(CountVectorizer(max_features=5), preprocessing.PolynomialFeatures(), lr())
    yield ["tokenizer", "KNeighborsClassifier"], fitted(CountVectorizer(tokenizer=Lemmas(), token_pattern=None), KNeighborsClassifier())
    yield ["FunctionTransformer", "look", "MLPClassifier"], fitted(
        FunctionTransformer(strip_all), CountVectorizer(token_pattern=r"\w+(?!s)"), MLPClassifier((3,), max_iter=5))
    yield ["3", "Bake", "two words"], fitted(CountVectorizer(vocabulary=given), lr())
    yield ["stratified"], fitted(CountVectorizer(), dummy.DummyClassifier(strategy="stratified"))
    yield ["uniform"], fitted(CountVectorizer(), dummy.DummyClassifier(strategy="uniform"))
    yield ["fitted"], Pipeline([("v", CountVectorizer().fit(texts)), ("c", lr())])
    yield ["fitted"], Pipeline([("v", TfidfVectorizer()), ("c", lr().fit([[0.0], [1.0]], [0, 1]))])
    yield ["features"], Pipeline([("v", TfidfVectorizer().fit(texts)), ("c", lr().fit([[0.0], [1.0]], [0, 1]))])
    yield ["classifier"], Pipeline([("v", TfidfVectorizer().fit(texts))])
    yield ["Ridge"], fitted(TfidfVectorizer(), linear_model.Ridge())


def refused(folder):
    for i, (names, model) in enumerate(refusals()):
        os.makedirs(os.path.join(folder, "refused"), exist_ok=True)
        file = os.path.join("refused", "%d.pkl" % i)
        with open(os.path.join(folder, file), "wb") as out:
            pickle.dump(model, out)  # joblib's would write classes of this file by value, as dill does
        yield {"seed": i, "release": sklearn.__version__, "model": describe(model), "names": names, "files": [file]}


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    folder = sys.argv[1]
    if sys.argv[2] == "refused":
        for line in refused(folder):
            print(json.dumps(line), flush=True)
    else:
        first, count = int(sys.argv[2]), int(sys.argv[3])
        for seed in range(first, first + count):
            line = one(folder, seed, *sys.argv[4:])
            if line:
                print(json.dumps(line), flush=True)
