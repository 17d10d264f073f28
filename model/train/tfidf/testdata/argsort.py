"""Writes argsort.json: which places numpy.argsort puts first among keys with many ties. It was run with numpy 1.26 and
NPY_DISABLE_CPU_FEATURES="AVX2 AVX512F AVX512_SKX", so that numpy takes its portable sort."""
import json
import random

import numpy

random.seed(1)


def killer(n):
    """Keys for which the median of three is a bad pivot at first (D. Musser, 1997)."""
    k = n // 2
    front = [i if i % 2 else k + i - 1 for i in range(1, k + 1)]
    return front + list(range(2, 2 * k + 1, 2))


cases = []
for n, distinct in [(16, 3), (17, 2), (18, 4), (40, 5), (97, 6), (200, 3), (200, 20), (300, 9), (300, 1)]:
    keys = [random.randrange(distinct) for _ in range(n)]
    for limit in (1, n // 3, n - 2):
        cases.append((keys, limit))
for n, same in [(128, 1), (512, 1), (512, 4), (1024, 16)]:
    keys = [v // same for v in killer(n)]
    for limit in (3, n // 5, n // 2 + 1):
        cases.append((keys, limit))
with open("argsort.json", "w") as out:
    rows = []
    for keys, limit in cases:
        order = numpy.argsort(-numpy.array(keys, dtype=float), kind="quicksort")
        rows.append(json.dumps({"counts": keys, "limit": limit, "first": sorted(int(i) for i in order[:limit])}, separators=(",", ":")))
    out.write("[" + ",\n".join(rows) + "]\n")
