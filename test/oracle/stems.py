"""Stems words with NLTK.

Standard input: JSON strings, one a line. Standard output: a list of four stems a line: PorterStemmer in NLTK's, the original and
Martin Porter's mode, and SnowballStemmer("english"). With the argument "words" the words of Python's own manual, one a line.
"""
import json
import re
import sys

if sys.argv[1:] == ["words"]:
    import pydoc_data.topics

    for word in sorted(set(re.findall(r"[\w'-]+", " ".join(pydoc_data.topics.topics.values())))):
        print(word)
    sys.exit()

from nltk.stem import PorterStemmer, SnowballStemmer

stemmers = (
    PorterStemmer(),
    PorterStemmer(PorterStemmer.ORIGINAL_ALGORITHM),
    PorterStemmer(PorterStemmer.MARTIN_EXTENSIONS),
    SnowballStemmer("english"),
)
for line in sys.stdin:
    word = json.loads(line)
    print(json.dumps([s.stem(word) for s in stemmers]))
