"""Models of scikit-learn, asked by scikit-learn and by onnxruntime, and timed.

First line of standard input: {"texts": [...], "labels": [0, 1, ...], "folder": F}; answered, when all are trained, by
{"models": [{"name", "file", "rivals": [name, ...]}, ...]}: file is the pickle of the pipeline, in F.
Each further line: {"model": name, "rival": name, "texts": [...]}; answered by {"seconds": s, "answers": [[p, ...], ...]}: the time for
predicting the texts one by one on one thread, and the probabilities.

Labels of more classes than two are quantiles of the texts' lengths. onnxruntime needs the locale en_US.UTF-8.
"""
import json
import os
import sys
import time
import warnings

import joblib
import numpy as np
import onnxruntime
from skl2onnx import to_onnx
from skl2onnx.common.data_types import StringTensorType
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

MODELS = {
    "words, 2 classes": ({}, 2),
    "words, 5 classes": ({}, 5),
    "1 to 3 words, 2 classes": ({"ngram_range": (1, 3), "min_df": 2}, 2),
    "1 to 3 words, 5 classes": ({"ngram_range": (1, 3), "min_df": 2}, 5),
    "char_wb 2 to 4, 2 classes": ({"analyzer": "char_wb", "ngram_range": (2, 4), "min_df": 2}, 2),
}


def onnx_session(pipeline):
    model = to_onnx(pipeline, initial_types=[("text", StringTensorType([None, 1]))], options={"zipmap": False})
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    return onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])


def rivals(pipeline):
    yield "scikit-learn", lambda text: pipeline.predict_proba([text])[0]
    if pipeline[0].analyzer == "word":  # skl2onnx has no char_wb
        session = onnx_session(pipeline)
        yield "onnxruntime", lambda text: session.run(["probabilities"], {"text": np.array([[text]], dtype=object)})[0][0]


def timed(predict, texts):
    start = time.perf_counter()
    answers = [predict(text) for text in texts]
    return {"seconds": time.perf_counter() - start, "answers": [answer.tolist() for answer in answers]}


def train(texts, labels, folder):
    order = np.argsort(np.argsort([len(text) for text in texts], kind="stable"))
    models, predictors = [], {}
    for name, (options, classes) in MODELS.items():
        y = labels if classes == 2 else order * classes // len(texts)
        pipeline = make_pipeline(TfidfVectorizer(**options), LogisticRegression(max_iter=20)).fit(texts, y)
        file = os.path.join(folder, "%d.joblib" % len(models))
        joblib.dump(pipeline, file)
        for rival, predict in rivals(pipeline):
            predictors[name, rival] = predict
        models.append({"name": name, "file": file, "rivals": [rival for model, rival in predictors if model == name]})
    return models, predictors


if __name__ == "__main__":
    warnings.simplefilter("ignore")
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # the libraries may write to standard output
    models, predictors = train(**json.loads(sys.stdin.readline()))
    print(json.dumps({"models": models}), file=answers, flush=True)
    for line in sys.stdin:
        request = json.loads(line)
        result = timed(predictors[request["model"], request["rival"]], request["texts"])
        print(json.dumps(result), file=answers, flush=True)
