import java.net.URI;
import java.nio.file.Files;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import javax.net.ssl.TrustManagerFactory;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.awscore.retry.AwsRetryStrategy;
import software.amazon.awssdk.http.SdkHttpClient;
import software.amazon.awssdk.http.apache.ApacheHttpClient;
import software.amazon.awssdk.http.nio.netty.NettyNioAsyncHttpClient;
import software.amazon.awssdk.http.urlconnection.UrlConnectionHttpClient;
import software.amazon.awssdk.protocols.jsoncore.JsonNode;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.mq.MqAsyncClient;
import software.amazon.awssdk.services.mq.MqClient;
import software.amazon.awssdk.services.mq.MqClientBuilder;
import software.amazon.awssdk.services.mq.model.BrokerState;
import software.amazon.awssdk.services.mq.model.ChangeType;
import software.amazon.awssdk.services.mq.model.ConflictException;
import software.amazon.awssdk.services.mq.model.CreateBrokerResponse;
import software.amazon.awssdk.services.mq.model.CreateConfigurationResponse;
import software.amazon.awssdk.services.mq.model.DescribeBrokerResponse;
import software.amazon.awssdk.services.mq.model.DeploymentMode;
import software.amazon.awssdk.services.mq.model.EngineType;
import software.amazon.awssdk.services.mq.model.NotFoundException;

/** What a program written with the AWS SDK for Java 2 meets. Prints TAP. */
public final class SdkTests {
    private static final String PASSWORD = "a-long-password-1", BROKER = "b-orders";
    private static final Supplier<SdkHttpClient> URL_CONNECTION = UrlConnectionHttpClient::create;
    private static final Supplier<SdkHttpClient> APACHE = ApacheHttpClient::create;

    private interface Test {
        void run() throws Exception;
    }

    private static final Map<String, Test> TESTS = new TreeMap<>();

    public static void main(String[] arguments) throws Exception {
        addErrors();
        for (Map.Entry<String, Supplier<SdkHttpClient>> http : Map.of("url-connection", URL_CONNECTION, "apache", APACHE).entrySet()) {
            TESTS.put("the life of a user over " + http.getKey(), () -> lifeOfAUser(http.getValue()));
            TESTS.put("what " + http.getKey() + " sends is answered", () -> expectations(http.getKey(), http.getValue()));
        }
        TESTS.put("the life of a broker", SdkTests::lifeOfABroker);
        TESTS.put("configurations and tags", SdkTests::configurationsAndTags);
        TESTS.put("pages of users", SdkTests::pages);
        TESTS.put("the asynchronous client", SdkTests::asynchronous);
        TESTS.put("signatures are checked", SdkTests::signatures);
        TESTS.put("HTTPS", SdkTests::https);
        for (String fault : List.of("\"error\":\"InternalServerErrorException\"", "\"error\":\"TooManyRequestsException\"", "\"drop\":true"))
            TESTS.put("retries outlive " + fault.replace("\"", ""), () -> retries(fault));
        System.out.println("1.." + TESTS.size());
        int number = 0;
        for (Map.Entry<String, Test> test : TESTS.entrySet()) {
            String verdict = "ok";
            try {
                test.getValue().run();
            } catch (Exception | AssertionError problem) {
                verdict = "not ok";
                problem.printStackTrace();
            }
            System.out.println(verdict + " " + ++number + " - " + test.getKey().replace("#", ""));
        }
        System.exit(0);
    }

    private static MqClientBuilder builder(String url, Supplier<SdkHttpClient> http) {
        return MqClient.builder().endpointOverride(URI.create(url)).region(Region.US_EAST_1).httpClient(http.get())
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDEXAMPLE", "secret")))
                .overrideConfiguration(each -> each.retryStrategy(AwsRetryStrategy.doNotRetry()));
    }

    private static MqClient client(Local server) {
        return builder(server.urls.get(0), URL_CONNECTION).build();
    }

    private static void same(Object got, Object wanted) {
        if (!Objects.equals(got, wanted)) throw new AssertionError("got " + got + ", wanted " + wanted);
    }

    private static <T extends Exception> T refusal(Class<T> type, Test call) throws Exception {
        try {
            call.run();
        } catch (Exception error) {
            if (!type.isInstance(error)) throw error;
            return type.cast(error);
        }
        throw new AssertionError("not refused");
    }

    private static Map<String, String> users(MqClient client) {
        return new TreeMap<>(client.listUsers(each -> each.brokerId(BROKER)).users().stream().collect(Collectors.toMap(
                user -> user.username(), user -> Objects.toString(user.pendingChangeAsString(), ""))));
    }

    private static String sql(JsonNode value) {
        return value.isString() ? "'" + value.asString().replace("'", "''") + "'" : value.text();
    }

    private static String attribute(Object error) throws ReflectiveOperationException {
        return (String) error.getClass().getMethod("errorAttribute").invoke(error);
    }

    private static void addErrors() throws Exception {
        JsonNode cases = JsonNode.parser().parse(Files.readString(Local.ROOT.resolve("tests/sdk/errors.json")));
        for (JsonNode one : cases.asArray()) {
            Map<String, JsonNode> row = one.asObject();
            String operation = row.get("operation").asString(), message = row.get("message").asString();
            String name = row.get("error").asString();
            if (!Calls.knows(operation)) { // the pinned SDK is older
                same(operation, "DescribeSharedResources");
                continue;
            }
            String fault = !row.containsKey("fault") ? "" : row.get("fault").asObject().entrySet().stream()
                    .map(Map.Entry::getValue).map(SdkTests::sql).collect(Collectors.joining(", ",
                            "INSERT INTO fault (" + String.join(", ", row.get("fault").asObject().keySet()) + ") VALUES (", ");"));
            TESTS.put(operation + ": " + name + ": " + message, () -> {
                // Over HttpURLConnection a 401 to a request with a body loses its text.
                try (Local server = new Local(fault); MqClient client = builder(server.urls.get(0), APACHE).build()) {
                    AwsServiceException error = refusal(AwsServiceException.class,
                            () -> Calls.send(client, operation, row.get("parameters")));
                    same(error.awsErrorDetails().errorCode(), name);
                    same(error.awsErrorDetails().errorMessage(), message);
                    same(error.statusCode(), Integer.valueOf(row.get("status").asNumber()));
                    same(error.getClass().getSimpleName(), name.equals("TeapotException") ? "MqException" : name);
                    same(attribute(error), row.containsKey("attribute") ? row.get("attribute").asString() : null);
                }
            });
        }
    }

    private static void lifeOfAUser(Supplier<SdkHttpClient> http) throws Exception {
        try (Local server = new Local("", "--reboot-time", "1h"); MqClient client = builder(server.urls.get(0), http).build()) {
            client.createUser(each -> each.brokerId(BROKER).username("alice").password(PASSWORD).groups("admins").consoleAccess(true));
            same(users(client), Map.of("alice", "CREATE", "reader", ""));
            ConflictException conflict = refusal(ConflictException.class,
                    () -> client.createUser(each -> each.brokerId(BROKER).username("alice").password(PASSWORD)));
            same(conflict.errorAttribute(), "username");
            client.updateUser(each -> each.brokerId(BROKER).username("alice").groups("readers"));
            var pending = client.describeUser(each -> each.brokerId(BROKER).username("alice")).pending();
            same(List.of(pending.pendingChange(), pending.consoleAccess(), pending.groups()),
                    List.of(ChangeType.CREATE, true, List.of("readers")));
            client.rebootBroker(each -> each.brokerId(BROKER));
            same(client.describeBroker(each -> each.brokerId(BROKER)).brokerState(), BrokerState.REBOOT_IN_PROGRESS);
            server.control("POST", "clock", "{\"advanceMs\":3600000}");
            same(users(client), Map.of("alice", "", "reader", ""));
            client.deleteUser(each -> each.brokerId(BROKER).username("alice"));
            same(users(client), Map.of("alice", "DELETE", "reader", ""));
        }
    }

    /** Which clients ask before they send a body: the server says 100, and then what it thinks of it. */
    private static void expectations(String name, Supplier<SdkHttpClient> http) throws Exception {
        try (Local server = new Local(""); Local.Wire wire = new Local.Wire(server); MqClient client = builder(wire.url, http).build()) {
            client.createUser(each -> each.brokerId(BROKER).username("alice").password(PASSWORD));
            refusal(ConflictException.class,
                    () -> client.createUser(each -> each.brokerId(BROKER).username("alice").password(PASSWORD)));
            client.updateUser(each -> each.brokerId(BROKER).username("alice").groups("readers"));
            same(users(client), Map.of("alice", "CREATE", "reader", ""));
            int asked = wire.sent.toString().split("Expect: 100-continue", -1).length - 1;
            System.out.println("# " + name + " asked before " + asked + " of 3 bodies");
            if (name.equals("apache") && asked == 0) throw new AssertionError("nothing was asked: " + wire.sent);
        }
    }

    private static void lifeOfABroker() throws Exception {
        try (Local server = new Local("", "--create-time", "real", "--delete-time", "1h", "--reboot-time", "0");
                MqClient client = client(server)) {
            CreateBrokerResponse made = client.createBroker(each -> each.brokerName("shop").engineType(EngineType.ACTIVEMQ)
                    .deploymentMode(DeploymentMode.SINGLE_INSTANCE).hostInstanceType("mq.m5.large").publiclyAccessible(true)
                    .tags(Map.of("team", "checkout")).users(user -> user.username("admin").password(PASSWORD)));
            Supplier<DescribeBrokerResponse> seen = () -> client.describeBroker(each -> each.brokerId(made.brokerId()));
            same(seen.get().brokerState(), BrokerState.CREATION_IN_PROGRESS);
            server.control("POST", "clock", "{\"advanceMs\":900000}");
            same(seen.get().brokerState(), BrokerState.RUNNING);
            same(seen.get().tags(), Map.of("team", "checkout"));
            same(seen.get().brokerInstances().size(), 1);
            client.updateBroker(each -> each.brokerId(made.brokerId()).hostInstanceType("mq.m5.xlarge"));
            same(seen.get().pendingHostInstanceType(), "mq.m5.xlarge");
            client.rebootBroker(each -> each.brokerId(made.brokerId()));
            same(seen.get().hostInstanceType(), "mq.m5.xlarge");
            client.deleteBroker(each -> each.brokerId(made.brokerId()));
            server.control("POST", "clock", "{\"advanceMs\":3600000}");
            same(refusal(NotFoundException.class, seen::get).errorAttribute(), "broker-id");
        }
    }

    private static void configurationsAndTags() throws Exception {
        try (Local server = new Local(""); MqClient client = client(server)) {
            CreateConfigurationResponse made = client.createConfiguration(
                    each -> each.name("tuned").engineType(EngineType.ACTIVEMQ).engineVersion("5.18"));
            same(client.updateConfiguration(each -> each.configurationId(made.id())
                    .data("PGJyb2tlciB4bWxucz0iaHR0cDovL2FjdGl2ZW1xLmFwYWNoZS5vcmcvc2NoZW1hL2NvcmUiLz4="))
                    .latestRevision().revision(), 2);
            client.createTags(each -> each.resourceArn(made.arn()).tags(Map.of("a", "1", "b/c", "ü")));
            client.deleteTags(each -> each.resourceArn(made.arn()).tagKeys("a", "unknown"));
            same(client.listTags(each -> each.resourceArn(made.arn())).tags(), Map.of("b/c", "ü"));
            client.deleteConfiguration(each -> each.configurationId(made.id()));
        }
    }

    private static void pages() throws Exception {
        try (Local server = new Local("WITH RECURSIVE n (x) AS (SELECT 10 UNION ALL SELECT x + 1 FROM n LIMIT 23)"
                + " INSERT INTO broker (id, name) SELECT 'b-' || x, 'more-' || x FROM n;"); MqClient client = client(server)) {
            List<Integer> sizes = new ArrayList<>();
            client.listBrokersPaginator(each -> each.maxResults(10)).forEach(page -> sizes.add(page.brokerSummaries().size()));
            same(sizes, List.of(10, 10, 6));
        }
    }

    private static void asynchronous() throws Exception {
        try (Local server = new Local(""); MqAsyncClient client = MqAsyncClient.builder()
                .endpointOverride(URI.create(server.urls.get(0))).region(Region.US_EAST_1)
                .httpClient(NettyNioAsyncHttpClient.create())
                .credentialsProvider(StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDEXAMPLE", "secret"))).build()) {
            var made = new ArrayList<java.util.concurrent.CompletableFuture<?>>();
            for (int i = 0; i < 40; i++) {
                String name = "user-" + i;
                made.add(client.createUser(each -> each.brokerId(BROKER).username(name).password(PASSWORD)));
            }
            for (var each : made) each.join();
            same(client.listUsers(each -> each.brokerId(BROKER).maxResults(100)).join().users().size(), 41);
        }
    }

    private static void signatures() throws Exception {
        try (Local server = new Local("", "--auth", "verify")) {
            for (String secret : List.of("the+right/secret", "another")) {
                try (MqClient client = builder(server.urls.get(0), URL_CONNECTION).credentialsProvider(
                        StaticCredentialsProvider.create(AwsBasicCredentials.create("AKIDVERIFIED", secret))).build()) {
                    if (secret.equals("another"))
                        same(refusal(AwsServiceException.class, () -> users(client)).awsErrorDetails().errorCode(),
                                "InvalidSignatureException");
                    else
                        same(users(client), Map.of("reader", ""));
                }
            }
        }
    }

    private static void https() throws Exception {
        try (Local server = new Local("", "--tls-port", "0", "--tls-dir", "TLS")) {
            KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
            trusted.load(null);
            try (var in = Files.newInputStream(server.ca())) {
                trusted.setCertificateEntry("local", CertificateFactory.getInstance("X.509").generateCertificate(in));
            }
            TrustManagerFactory factory = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            factory.init(trusted);
            try (MqClient client = builder(server.urls.get(1), () -> ApacheHttpClient.builder()
                    .tlsTrustManagersProvider(factory::getTrustManagers).build()).build()) {
                same(users(client), Map.of("reader", ""));
            }
        }
    }

    private static void retries(String fault) throws Exception {
        try (Local server = new Local(""); MqClient client = builder(server.urls.get(0), URL_CONNECTION)
                .overrideConfiguration(each -> each.retryStrategy(AwsRetryStrategy.standardRetryStrategy())).build()) {
            server.control("POST", "faults", "{\"operation\":\"DescribeUser\",\"times\":2," + fault + "}");
            client.describeUser(each -> each.brokerId(BROKER).username("reader"));
            same(server.control("GET", "requests?operation=DescribeUser&count=true", ""), "{\"count\":3}");
        }
    }
}
