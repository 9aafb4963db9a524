import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A process of the server on free ports, in the world of world.sql; closing it asserts a clean stop. */
final class Local implements AutoCloseable {
    static final Path ROOT = Path.of(System.getProperty("root"));
    private static final long LIMIT_S = 30; // only keeps a hang from lasting

    final List<String> urls = new ArrayList<>();
    final Path directory;
    private final Process process;

    /** {@code more} is SQL behind world.sql; {@code flags} may hold {@code TLS}, a directory of this server. */
    Local(String more, String... flags) throws IOException {
        directory = Files.createTempDirectory("amazonmq-local-sdk-");
        Path seed = Files.writeString(directory.resolve("more.sql"), more);
        String binary = System.getenv().getOrDefault("AMAZONMQ_LOCAL_BIN", ROOT.resolve("build/amazonmq-local").toString());
        List<String> command = new ArrayList<>(List.of(binary, "--port", "0", "--seed",
                ROOT.resolve("tests/sdk/world.sql").toString(), "--seed", seed.toString()));
        Arrays.stream(flags).map(flag -> flag.equals("TLS") ? ca().getParent().toString() : flag).forEach(command::add);
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(directory.resolve("log").toFile());
        builder.environment().keySet().removeIf(name -> name.startsWith("AMAZONMQ_LOCAL_"));
        process = builder.start();
        BufferedReader out = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        for (int left = command.contains("--tls-port") ? 2 : 1; left > 0; left--) {
            String line = out.readLine();
            if (line == null) throw new IOException("the server ended instead of starting: " + log());
            urls.add(line);
        }
    }

    Path ca() {
        return directory.resolve("tls").resolve("ca.pem");
    }

    String log() throws IOException {
        return Files.readString(directory.resolve("log"));
    }

    /** Calls the server's own API; the answer's text. */
    String control(String method, String path, String body) throws Exception {
        HttpResponse<String> answer = HttpClient.newHttpClient().send(
                HttpRequest.newBuilder(URI.create(urls.get(0) + "/_local/" + path))
                        .method(method, HttpRequest.BodyPublishers.ofString(body)).build(),
                HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() >= 300) throw new AssertionError(method + " " + path + ": " + answer.body());
        return answer.body();
    }

    @Override
    public void close() throws Exception {
        process.destroy();
        if (!process.waitFor(LIMIT_S, TimeUnit.SECONDS)) process.destroyForcibly();
        int code = process.waitFor();
        String log = log();
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> file.toFile().delete());
        }
        if (code != 0) throw new AssertionError("the server ended with " + code + ": " + log);
    }

    /** Passes one connection after the other on to the server and keeps what the client sends. */
    static final class Wire implements AutoCloseable {
        final StringBuffer sent = new StringBuffer();
        final String url;
        private final ServerSocket listening = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

        Wire(Local server) throws IOException {
            url = "http://localhost:" + listening.getLocalPort();
            URI target = URI.create(server.urls.get(0));
            daemon(() -> {
                while (true) {
                    Socket client = listening.accept();
                    Socket onward = new Socket(InetAddress.getLoopbackAddress(), target.getPort());
                    daemon(() -> copy(client, onward, sent));
                    daemon(() -> copy(onward, client, null));
                }
            });
        }

        private interface Work {
            void run() throws IOException;
        }

        private static void daemon(Work work) {
            Thread thread = new Thread(() -> {
                try {
                    work.run();
                } catch (IOException over) {
                    // A socket was closed: the end of the work.
                }
            });
            thread.setDaemon(true);
            thread.start();
        }

        private static void copy(Socket from, Socket to, StringBuffer kept) throws IOException {
            byte[] part = new byte[65536];
            try (from; to) {
                InputStream in = from.getInputStream();
                OutputStream out = to.getOutputStream();
                for (int length; (length = in.read(part)) > 0; ) {
                    if (kept != null) kept.append(new String(part, 0, length, StandardCharsets.ISO_8859_1));
                    out.write(part, 0, length);
                }
            }
        }

        @Override
        public void close() throws IOException {
            listening.close();
        }
    }
}
