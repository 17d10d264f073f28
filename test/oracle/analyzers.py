"""Cuts texts with scikit-learn's analyzers, and hashes what comes out.

Standard input: JSON objects, one a line: "settings" (arguments of CountVectorizer), "hashing" (arguments of HashingVectorizer beside
these), and "texts". Standard output: for each an object with "ngrams", for each text a list of n-grams, and "hashed", for each text a
list of [feature, value, n-grams of that feature].
"""

import json
import sys
import warnings

from sklearn.feature_extraction.text import CountVectorizer, HashingVectorizer
from sklearn.feature_extraction import FeatureHasher

warnings.simplefilter("ignore")


def answer(request):
    settings, hashing = request["settings"], request["hashing"]
    settings["ngram_range"] = tuple(settings["ngram_range"])
    analyze = CountVectorizer(**settings).build_analyzer()
    ngrams = [list(analyze(text)) for text in request["texts"]]
    vectorizer = HashingVectorizer(**settings, **hashing)
    hasher = FeatureHasher(n_features=hashing["n_features"], input_type="string", alternate_sign=False)
    hashed = []
    for text, found in zip(request["texts"], ngrams):
        row = vectorizer.transform([text])
        texts = {}
        for ngram in found:
            feature = int(hasher.transform([[ngram]]).indices[0])
            if ngram not in texts.setdefault(feature, []):
                texts[feature].append(ngram)
        hashed.append([[int(f), float(v), sorted(texts[int(f)])] for f, v in zip(row.indices, row.data)])
    return {"ngrams": ngrams, "hashed": hashed}


for line in sys.stdin:
    print(json.dumps(answer(json.loads(line))))
