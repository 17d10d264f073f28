"""Other classifiers, trained on the same comments and timed.

First line of standard input: {"texts": [...], "labels": [0, 1, ...]}; answered by {"rivals": [name, ...]} when all are trained.
Each further line: the name of a rival; answered by {"seconds": s}, the time for predicting every text once, on one thread.

What they cannot read (line ends, and for Vowpal Wabbit the characters | and :) is replaced beforehand and not timed.
"""
import json
import os
import sys
import tempfile
import time

import fasttext
import vowpalwabbit

fasttext.FastText.eprint = lambda *args: None


def one_by_one(predict, inputs):
    def run():
        start = time.perf_counter()
        for text in inputs:
            predict(text)
        return time.perf_counter() - start

    return run


def all_at_once(predict, inputs):
    def run():
        start = time.perf_counter()
        predict(inputs)
        return time.perf_counter() - start

    return run


def fasttext_model(folder, lines, labels, ngrams):
    path = os.path.join(folder, "fasttext.txt")
    with open(path, "w", encoding="utf-8") as file:
        for line, label in zip(lines, labels):
            print("__label__%d" % label, line, file=file)
    return fasttext.train_supervised(path, wordNgrams=ngrams, epoch=5, thread=1, verbose=0)


def vw_file(folder, inputs):
    """Times the library's own loop over a file: no call from Python per text."""
    path = os.path.join(folder, "test.vw")
    with open(path, "w", encoding="utf-8") as file:
        file.writelines(line + "\n" for line in inputs)
    model = os.path.join(folder, "model.vw")

    def run():
        start = time.perf_counter()
        vowpalwabbit.Workspace("-d %s -t -i %s -p %s --quiet" % (path, model, os.devnull)).finish()
        return time.perf_counter() - start

    return run


def rivals(folder, texts, labels):
    lines = [" ".join(text.split()) for text in texts]
    for ngrams in 1, 3:
        model = fasttext_model(folder, lines, labels, ngrams)
        name = "fastText, %s" % ("words" if ngrams == 1 else "1- to 3-grams")
        yield name + ", one by one", one_by_one(model.predict, lines)
        yield name + ", as one list", all_at_once(model.predict, lines)
    inputs = ["| " + line.replace("|", " ").replace(":", " ") for line in lines]
    trainer = vowpalwabbit.Workspace("--loss_function logistic --link logistic --ngram 3 -b 20 --quiet")
    for line, label in zip(inputs, labels):
        trainer.learn("%d %s" % (2 * label - 1, line))
    trainer.save(os.path.join(folder, "model.vw"))
    yield "Vowpal Wabbit, 1- to 3-grams, one by one", one_by_one(trainer.predict, inputs)
    yield "Vowpal Wabbit, 1- to 3-grams, its own loop over a file, two threads", vw_file(folder, inputs)


if __name__ == "__main__":
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # the libraries write to standard output now and then
    with tempfile.TemporaryDirectory() as folder:
        data = json.loads(sys.stdin.readline())
        timed = dict(rivals(folder, data["texts"], data["labels"]))
        print(json.dumps({"rivals": list(timed)}), file=answers, flush=True)
        for line in sys.stdin:
            print(json.dumps({"seconds": timed[json.loads(line)]()}), file=answers, flush=True)
