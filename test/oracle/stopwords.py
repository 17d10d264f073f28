"""Writes scikit-learn's English stop words, one a line, in ascending order."""
from sklearn.feature_extraction.text import ENGLISH_STOP_WORDS

print("# English stop words of scikit-learn, releases 0.20 to 1.9: sklearn.feature_extraction.text.ENGLISH_STOP_WORDS (BSD 3-Clause licence).")
print("# Written by test/oracle/stopwords.py.")
for word in sorted(ENGLISH_STOP_WORDS):
    print(word)
