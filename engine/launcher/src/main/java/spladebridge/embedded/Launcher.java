package spladebridge.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.logging.log4j.LogManager;

/**
 * Runs one node, on the loopback address only, until it is told to stop.
 *
 * <p>Everything that is printed, the engine's own log included, goes to standard output and standard
 * error; whoever starts this process chooses the file. The exit status is 0 after a stop and 1 if the
 * node could not start.
 */
public final class Launcher {
    private static final long CLOSE_LIMIT_SECONDS = 20;

    /** Building a node takes two seconds, and ten times as long where every processor is busy. */
    private static final long BUILD_LIMIT_SECONDS = 60;

    /** Holds the node once it is built, or null if that failed. */
    private static final CompletableFuture<ServerNode> BUILT = new CompletableFuture<>();

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
        ServerNode node = EngineNode.build(NodeSettings.of(options));
        BUILT.complete(node);
        announce(node.start(), options.readyFile());
        // All threads of a node are daemons: without one that waits, the process would end here.
        new CountDownLatch(1).await();
    }

    /** Tells the bound port by a file that appears complete: a reader never sees half of it. */
    private static void announce(int port, Path readyFile) throws IOException {
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
            ServerNode node = BUILT.get(BUILD_LIMIT_SECONDS, TimeUnit.SECONDS);
            if (node != null) {
                node.stop(CLOSE_LIMIT_SECONDS, TimeUnit.SECONDS);
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
