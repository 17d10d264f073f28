"""Writes values.json: values of Python, NumPy and SciPy as pickles of several protocols, and how values_test.go has them.

usage: python values.py > values.json        (needs NumPy, SciPy, joblib, dill and cloudpickle; identities are of the Python that runs it)
"""
import base64
import collections
import datetime
import io
import json
import pickle

import cloudpickle
import dill
import joblib
import numpy as np
import scipy.sparse

cases = []
del __file__  # cloudpickle would write it


def case(value, want, *writers):
    for dump in writers or (lambda v, f: pickle.dump(v, f, 0), lambda v, f: pickle.dump(v, f, 2), lambda v, f: pickle.dump(v, f, 4),
                            lambda v, f: pickle.dump(v, f, 5), joblib.dump):
        file = io.BytesIO()
        dump(value, file)
        cases.append({"pickle": base64.b64encode(file.getvalue()).decode(), "want": want})


class Plain:
    pass


class Slots:
    __slots__ = ("a", "b")


class Words(dict):
    pass


case(None, "None")
case([True, False, 0, 1, -1, 255, 256, 65536, -2**31, 2**31, -2**63, 2**63 - 1], "[True, False, 0, 1, -1, 255, 256, 65536, -2147483648, 2147483648, "
     "-9223372036854775808, 9223372036854775807]")
case([2**63, -2**63 - 1, 2**200], "[int 9223372036854775808, int -9223372036854775809, int %d]" % 2**200)
case([0.0, 1.5, -2e300, float("inf")], "[0, 1.5, -2e+300, +Inf]")
case(["", "a", "é", "宇宙", "😀", "a\nb\\u0041'\""], '["", "a", "é", "宇宙", "😀", "a\\nb\\\\u0041\'\\""]')
case([b"", b"ab\xff"], '[b"", b"ab\\xff"]')
case({"b": 1, "a": (2, 3), 7: []}, '{"b": 1, "a": (2, 3), 7: []}')
case({"x"}, '{"x",}')
case(frozenset(["y"]), '{"y",}')
case(collections.OrderedDict([("k", 1)]), '{"k": 1}')
plain = Plain()
plain.a, plain.b = 1, [None]
case(plain, "<__main__.Plain a=1 b=[None]>")
slots = Slots()
slots.a = "s"
case(slots, '<__main__.Slots a="s">', lambda v, f: pickle.dump(v, f, 2), lambda v, f: pickle.dump(v, f, 4))
words = Words(a=1)
words.more = True
case(words, '<__main__.Words more=True {"a": 1}>')
case(datetime.date(2026, 11, 30), '<datetime.date (b"\\a\\xea\\v\\x1e")>')
case([np.float64, len, Plain], "[numpy.float64, builtins.len, __main__.Plain]", lambda v, f: pickle.dump(v, f, 4))
case(np.array([[1.5, 2], [3, 4]]), "float64[2 2](1.5, 2, 3, 4)")
case(np.asfortranarray([[1, 2, 3], [4, 5, 6]]), "int64[2 3](1, 2, 3, 4, 5, 6)")
case(np.array([[[1], [2]], [[3], [4]]], dtype="i2", order="F"), "int16[2 2 1](1, 2, 3, 4)")
case(np.array([1.5, -0.25], dtype=">f4"), "float32[2](1.5, -0.25)")
case(np.array([1.5, np.inf], dtype=np.float16), "float16[2](1.5, +Inf)")
case(np.array([True, False]), "bool[2](True, False)")
case(np.array([0, 2**64 - 1], dtype=np.uint64), "uint64[2](0, int 18446744073709551615)")
case(np.array(["a", "宇宙", ""]), 'U8[3]("a", "宇宙", "")')
case(np.array([b"a", b"xyz"]), 'S3[2](b"a\\x00\\x00", b"xyz")')
case(np.array([None, "x", 5], dtype=object), 'object[3](None, "x", 5)')
case(np.array(3.5), "float64[](3.5)")
case(np.zeros((0, 4)), "float64[0 4]()")
case(np.matrix([[1.0, 2.0]]), "float64[1 2](1, 2)")
case([np.float64(2.5), np.int32(-7), np.bool_(True), np.str_("word")], '[2.5, -7, True, "word"]')
case(np.array([(1, 2.5), (3, 4.5)], dtype=[("left", "<i8"), ("value", "<f4")]), "V12[2] left=(1, 3) value=(2.5, 4.5)")
case([np.dtype("float32"), np.dtype(">i8")], "[dtype float32, dtype int64]")
dense = np.array([[0, 2.5, 0], [1, 0, 3]])
for kind in ("csr_matrix", "csc_matrix", "dia_matrix"):
    case(getattr(scipy.sparse, kind)(dense), "sparse 2x3(0, 2.5, 0, 1, 0, 3)")
for function, want in ((lambda x: x), "the identity"), ((lambda x: x[1:]), "the function <lambda>"):
    function.__code__ = function.__code__.replace(co_filename="values.py")  # dill and cloudpickle write where the source was
    case(function, want, dill.dump, cloudpickle.dump)
case("a\ud800b", '"a\\xed\\xa0\\x80b"', lambda v, f: pickle.dump(v, f, 2), lambda v, f: pickle.dump(v, f, 4))
print("[" + ",\n".join(json.dumps(c) for c in cases) + "]")
