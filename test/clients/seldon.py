"""Sends texts with Seldon Core's own client, by REST and by gRPC, and prints the probabilities it understands.

Usage: seldon.py HOST:PORT. Standard input: a JSON list of texts. Standard output: one JSON object.
"""
import json
import sys

import numpy as np
from seldon_core.seldon_client import SeldonClient

address = sys.argv[1]
texts = json.load(sys.stdin)
answers = {}
for transport in ("rest", "grpc"):
    client = SeldonClient(gateway="seldon", gateway_endpoint=address, deployment_name="any", namespace="any", transport=transport,
                          client_return_type="dict")
    answer = client.predict(data=np.array(texts), payload_type="ndarray", names=["text"], gateway_prefix="")
    if not answer.success:
        raise SystemExit("%s: %s" % (transport, answer.msg))
    answers["seldon " + transport] = answer.response["data"]["ndarray"]
    answers["seldon " + transport + " names"] = answer.response["data"]["names"]
json.dump(answers, sys.stdout)
