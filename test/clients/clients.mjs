// Sends texts with the CloudEvents SDK for JavaScript, in binary and structured mode and as a batch, and prints what it understands.
//
// Usage: node clients.mjs HOST:PORT < texts.json
import { readFileSync } from "node:fs";
import { CloudEvent, HTTP } from "cloudevents";

const url = `http://${process.argv[2]}/`;
const texts = JSON.parse(readFileSync(0, "utf8"));
const answers = {};

async function send(message) {
  const response = await fetch(url, { method: "POST", headers: message.headers, body: message.body });
  const body = await response.text();
  if (!response.ok) throw new Error(`${response.status}: ${body}`);
  return HTTP.toEvent({ headers: Object.fromEntries(response.headers), body });
}

function event(id, some) {
  return new CloudEvent({ type: "org.example.comment", source: "/clients/javascript", id, data: { data: { ndarray: some } } });
}

for (const [mode, encode] of [["binary", HTTP.binary], ["structured", HTTP.structured]]) {
  const answer = await send(encode(event(mode, texts)));
  answers[`cloudevents.js ${mode}`] = answer.data.data.ndarray;
  answers[`cloudevents.js ${mode} causationid`] = answer.causationid;
}
const batch = await send({
  headers: { "content-type": "application/cloudevents-batch+json" },
  body: JSON.stringify(texts.map((text, i) => event(`batch-${i}`, [text]))),
});
answers["cloudevents.js batch"] = batch.map((answer) => answer.data.data.ndarray[0]);
console.log(JSON.stringify(answers));
