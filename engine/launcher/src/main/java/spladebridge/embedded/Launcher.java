package spladebridge.embedded;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
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

    /** A start takes some seconds, and ten times as long where every processor is busy. */
    private static final long START_LIMIT_SECONDS = 60;

    /** Held while the node starts or stops: one that starts creates files, which a stop clears away. */
    private static final ReentrantLock NODE = new ReentrantLock();

    /** Null until it is built. Guarded by {@link #NODE}. */
    private static ServerNode node;

    /** Guarded by {@link #NODE}. */
    private static boolean stopping;

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
            System.exit(1);
        }
    }

    private static void run(LaunchOptions options) throws Exception {
        NODE.lock();
        try {
            if (!stopping) {
                node = EngineNode.build(NodeSettings.of(options));
                announce(node.start(), options.readyFile());
            }
        } finally {
            NODE.unlock();
        }
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
            if (!NODE.tryLock(START_LIMIT_SECONDS, TimeUnit.SECONDS)) {
                System.err.println("stopped in the middle of a start of more than " + START_LIMIT_SECONDS + " s");
            }
            stopping = true;
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
