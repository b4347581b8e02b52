package spladebridge.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.LogManager;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.http.HttpServerTransport;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;

/**
 * Runs one OpenSearch node, on the loopback address only, until it is told to stop.
 *
 * <p>Everything that is printed, OpenSearch's own log included, goes to standard output and standard
 * error; whoever starts this process chooses the file. The exit status is 0 after a stop and 1 if the
 * node could not start.
 */
public final class Launcher {
    private static final String NODE_NAME = "splade-bridge";
    private static final String LOOPBACK = "127.0.0.1";
    private static final long CLOSE_LIMIT_SECONDS = 20;

    /** Holds the node once it is built, or null if that failed. */
    private static final CompletableFuture<Node> BUILT = new CompletableFuture<>();

    private Launcher() {}

    public static void main(String[] arguments) {
        LaunchOptions options = LaunchOptions.parse(arguments);
        // Before anything else, so that a stop during a slow start leaves nothing behind either.
        Runtime.getRuntime().addShutdownHook(new Thread(() -> shutDown(options), "shutdown"));
        if (options.stopWithParent()) {
            stopWhenStandardInputEnds();
        }
        try {
            run(options);
        } catch (Throwable failure) {
            failure.printStackTrace();
            BUILT.complete(null);
            System.exit(1);
        }
    }

    private static void run(LaunchOptions options) throws Exception {
        Settings settings = settings(options);
        Environment environment =
            InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), null, () -> NODE_NAME);
        Node node = new EmbeddedNode(environment);
        BUILT.complete(node);
        node.start();
        announce(node, options.readyFile());
        // All threads of a node are daemons: without one that waits, the process would end here.
        new CountDownLatch(1).await();
    }

    private static Settings settings(LaunchOptions options) {
        return Settings.builder()
            .put("path.home", options.home())
            .put("cluster.name", NODE_NAME)
            .put("node.name", NODE_NAME)
            .put("discovery.type", "single-node")
            .put("network.host", LOOPBACK)
            .put("http.port", options.httpPort())
            .put("transport.port", "0")
            // A developer's disk is often nearly full; the watermarks would make every index read-only.
            .put("cluster.routing.allocation.disk.threshold_enabled", false)
            .build();
    }

    /** Tells the bound port by a file that appears complete: a reader never sees half of it. */
    private static void announce(Node node, Path readyFile) throws IOException {
        int port = node.injector().getInstance(HttpServerTransport.class).boundAddress().publishAddress().getPort();
        Path unfinished = readyFile.resolveSibling(readyFile.getFileName() + ".part");
        Files.writeString(unfinished, "{\"port\":" + port + "}\n");
        Files.move(unfinished, readyFile, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Standard input is a pipe whose other end only the parent holds; the system closes it when the parent
     * ends, even by SIGKILL. A byte in it releases the node: a detached one, once its parent has written it
     * down, so that a start that is broken off leaves nothing running.
     */
    private static void stopWhenStandardInputEnds() {
        Thread watcher = new Thread(() -> {
            if (!receivesByte()) {
                System.exit(0);
            }
        }, "parent-watcher");
        watcher.setDaemon(true);
        watcher.start();
    }

    private static boolean receivesByte() {
        try {
            return System.in.read() >= 0;
        } catch (IOException broken) {
            // A broken pipe means the same as its end.
            return false;
        }
    }

    private static void shutDown(LaunchOptions options) {
        try {
            // A node that is still being built creates files: it must be whole before it can be cleared away.
            Node node = BUILT.get(CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS);
            if (node != null) {
                node.close();
                node.awaitClose(CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS);
            }
            Files.deleteIfExists(options.readyFile());
            if (options.deleteHome()) {
                Folders.delete(options.home());
            }
        } catch (Exception failure) {
            failure.printStackTrace();
        } finally {
            LogManager.shutdown();
        }
    }
}
