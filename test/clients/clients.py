"""Sends texts with the clients of KServe, Triton and CloudEvents, and prints what each of them understands of the answer.

Usage: clients.py HOST:PORT MODEL kserve|triton|cloudevents. The clients of KServe and Triton cannot be loaded into one process: both define
the messages of the protocol. Standard input: a JSON list of texts. Standard output: one JSON object, client to probabilities.
"""
import asyncio
import json
import sys
import urllib.request

import numpy as np

address, model = sys.argv[1], sys.argv[2]
texts = json.load(sys.stdin)
url = "http://" + address
answers = {}


def kserve_request():
    from kserve import InferInput, InferRequest
    return InferRequest(model_name=model, request_id="k1", infer_inputs=[
        InferInput(name="text", shape=[len(texts)], datatype="BYTES", data=texts)])


async def kserve_rest():
    from kserve import InferenceRESTClient
    from kserve.inference_client import RESTConfig
    v1 = InferenceRESTClient(RESTConfig(protocol="v1", retries=0))
    answers["kserve rest v1 ready"] = await v1.is_model_ready(url, model)
    answers["kserve rest v1"] = (await v1.infer(url, {"instances": texts}, model_name=model))["predictions"]
    v2 = InferenceRESTClient(RESTConfig(protocol="v2", retries=0))
    answers["kserve rest v2 ready"] = [await v2.is_server_live(url), await v2.is_server_ready(url), await v2.is_model_ready(url, model)]
    answer = await v2.infer(url, kserve_request(), model_name=model)
    answers["kserve rest v2"] = answer.outputs[0].as_numpy().reshape(len(texts), -1).tolist()
    answers["kserve rest v2 id"] = answer.id


async def kserve_grpc():
    from kserve import InferenceGRPCClient
    client = InferenceGRPCClient(address, retries=0)
    answers["kserve grpc ready"] = [await client.is_server_live(), await client.is_server_ready(), await client.is_model_ready(model)]
    answer = await client.infer(kserve_request())
    answers["kserve grpc"] = answer.outputs[0].as_numpy().reshape(len(texts), -1).tolist()
    await client.close()


def triton(module, name, **options):
    client = module.InferenceServerClient(address, **options)
    answers[name + " ready"] = [client.is_server_live(), client.is_server_ready(), client.is_model_ready(model)]
    metadata = client.get_model_metadata(model)
    if not isinstance(metadata, dict):
        metadata = {"name": metadata.name, "inputs": [{"name": i.name, "datatype": i.datatype} for i in metadata.inputs]}
    answers[name + " metadata"] = [metadata["name"], metadata["inputs"][0]["datatype"]]
    tensor = module.InferInput(metadata["inputs"][0]["name"], [len(texts)], "BYTES")
    tensor.set_data_from_numpy(np.array([t.encode() for t in texts], dtype=np.object_))
    answer = client.infer(model, [tensor], request_id="t1")
    response = answer.get_response()
    output = response["outputs"][0]["name"] if isinstance(response, dict) else response.outputs[0].name
    answers[name] = answer.as_numpy(output).reshape(len(texts), -1).tolist()
    client.close()


def triton_json(module):
    """Without the binary extension."""
    client = module.InferenceServerClient(address)
    tensor = module.InferInput("text", [len(texts)], "BYTES")
    tensor.set_data_from_numpy(np.array(texts, dtype=np.object_), binary_data=False)
    answer = client.infer(model, [tensor], outputs=[module.InferRequestedOutput("proba", binary_data=False)])
    answers["triton http json"] = answer.as_numpy("proba").reshape(len(texts), -1).tolist()
    client.close()


def cloudevents():
    from cloudevents.conversion import to_binary, to_structured
    from cloudevents.http import CloudEvent, from_http
    for name, encode in (("binary", to_binary), ("structured", to_structured)):
        event = CloudEvent({"type": "org.example.comment", "source": "/clients/python", "id": name,
                            "datacontenttype": "application/json"}, {"data": {"ndarray": texts}})
        headers, body = encode(event)
        with urllib.request.urlopen(urllib.request.Request(url + "/", data=body, headers=headers)) as r:
            answer = from_http(dict(r.headers.items()), r.read())
        answers["cloudevents " + name] = answer.data["data"]["ndarray"]
        answers["cloudevents " + name + " causationid"] = answer["causationid"]


if sys.argv[3] == "kserve":
    asyncio.run(kserve_rest())
    asyncio.run(kserve_grpc())
elif sys.argv[3] == "triton":
    import tritonclient.grpc
    import tritonclient.http
    triton(tritonclient.http, "triton http")
    triton(tritonclient.grpc, "triton grpc")
    triton_json(tritonclient.http)
else:
    cloudevents()
json.dump(answers, sys.stdout)
