import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.cloudevents.CloudEvent;
import io.cloudevents.CloudEventData;
import io.cloudevents.SpecVersion;
import io.cloudevents.core.CloudEventUtils;
import io.cloudevents.core.builder.CloudEventBuilder;
import io.cloudevents.core.message.MessageReader;
import io.cloudevents.http.vertx.VertxMessageFactory;
import io.cloudevents.kafka.CloudEventDeserializer;
import io.cloudevents.kafka.CloudEventSerializer;
import io.cloudevents.kafka.PartitionKeyExtensionInterceptor;
import io.cloudevents.rw.CloudEventWriter;
import io.cloudevents.rw.CloudEventWriterFactory;
import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServerOptions;
import io.vertx.ext.web.client.WebClient;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;
import org.apache.kafka.common.header.internals.RecordHeader;
import org.apache.kafka.common.header.internals.RecordHeaders;
import org.apache.kafka.common.serialization.StringSerializer;

/**
 * Oracle answers what the libraries do that KafkaSource's dispatcher and KafkaSink's receiver are made of: the CloudEvents SDK for Java
 * and Vert.x. Records come as lines of JSON, {"headers": [[key, value], …], "value": …}, in base64, and null where there is nothing.
 *
 * <p>read: writes for each record the event that it is, or {"invalid": why}. send URL: posts each as a binary event, and writes the
 * status or {"failed": why}. serve: writes the port on which it listens, and answers each event posted with 202 and the record that it
 * becomes, or with 400.
 */
public class Oracle {
    static final ObjectMapper json = new ObjectMapper();
    static final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    public static void main(String[] args) throws Exception {
        Vertx vertx = Vertx.vertx();
        if (args[0].equals("serve")) {
            serve(vertx);
            return;
        }
        WebClient client = WebClient.create(vertx);
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            ObjectNode answer = json.createObjectNode();
            try {
                CloudEvent event = read(json.readTree(line));
                if (args[0].equals("read")) {
                    answer = describe(event);
                } else {
                    var request = client.postAbs(args[1]).putHeader("Prefer", "reply").putHeader("Kn-Namespace", "ns");
                    var response = VertxMessageFactory.createWriter(request).writeBinary(event)
                        .toCompletionStage().toCompletableFuture().get(10, TimeUnit.SECONDS);
                    answer.put("status", response.statusCode());
                }
            } catch (Throwable t) {
                answer.put(args[0].equals("read") ? "invalid" : "failed", String.valueOf(t));
            }
            out.println(answer);
        }
        System.exit(0);
    }

    static CloudEvent read(JsonNode record) {
        Headers headers = new RecordHeaders();
        for (JsonNode h : record.get("headers")) {
            headers.add(new RecordHeader(new String(bytes(h.get(0)), StandardCharsets.UTF_8), bytes(h.get(1))));
        }
        CloudEvent event = new CloudEventDeserializer().deserialize("topic", headers, bytes(record.get("value")));
        return CloudEventBuilder.from(event) // as the dispatcher does, which adds these
            .withExtension("knativekafkapartition", (Number) 0).withExtension("knativekafkaoffset", (Number) 7L).build();
    }

    static byte[] bytes(JsonNode n) {
        return n.isNull() ? null : Base64.getDecoder().decode(n.asText());
    }

    static String base64(byte[] b) {
        return b == null ? null : Base64.getEncoder().encodeToString(b);
    }

    static ObjectNode describe(CloudEvent event) {
        ObjectNode attributes = json.createObjectNode();
        byte[] data = CloudEventUtils.toReader(event).read(new Attributes(attributes));
        ObjectNode answer = json.createObjectNode();
        answer.set("attributes", attributes);
        answer.put("data", base64(data));
        return answer;
    }

    record Attributes(ObjectNode all) implements CloudEventWriterFactory<Attributes, byte[]>, CloudEventWriter<byte[]> {
        public Attributes create(SpecVersion version) {
            all.put("specversion", version.toString());
            return this;
        }

        public Attributes withContextAttribute(String name, String value) {
            all.put(name, value);
            return this;
        }

        public byte[] end(CloudEventData data) {
            return data.toBytes();
        }

        public byte[] end() {
            return null;
        }
    }

    static void serve(Vertx vertx) throws Exception {
        var server = vertx.createHttpServer(new HttpServerOptions().setPort(0).setHost("127.0.0.1").setIdleTimeout(0));
        server.requestHandler(request ->
            VertxMessageFactory.createReader(request).map(MessageReader::toEvent).onComplete(event -> {
                if (event.result() == null) {
                    request.response().setStatusCode(400).end();
                    return;
                }
                try {
                    request.response().setStatusCode(202).end(written(event.result()).toString());
                } catch (Throwable t) {
                    request.response().setStatusCode(503).end();
                }
            }));
        out.println(server.listen().toCompletionStage().toCompletableFuture().get().actualPort());
    }

    /** Returns the record that a producer with the receiver's settings writes. */
    static ObjectNode written(CloudEvent event) {
        ProducerRecord<Object, CloudEvent> record =
            new PartitionKeyExtensionInterceptor().onSend(new ProducerRecord<>("topic", null, null, null, event, new RecordHeaders()));
        ObjectNode answer = json.createObjectNode();
        answer.put("key", base64(new StringSerializer().serialize("topic", (String) record.key())));
        answer.put("value", base64(new CloudEventSerializer().serialize("topic", record.headers(), record.value())));
        ArrayNode headers = answer.putArray("headers");
        for (Header h : record.headers()) {
            headers.addArray().add(base64(h.key().getBytes(StandardCharsets.UTF_8))).add(base64(h.value()));
        }
        return answer;
    }
}
