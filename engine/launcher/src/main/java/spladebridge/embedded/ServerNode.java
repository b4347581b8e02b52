package spladebridge.embedded;

import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** A node of any engine, as far as {@link Launcher} knows it; each engine has its own {@code EngineNode}. */
interface ServerNode {

    /** Starts the node; returns the port that its HTTP server listens on. */
    int start() throws Exception;

    /** Stops the node; returns when it has stopped or the time is over. */
    void stop(long limit, TimeUnit unit) throws IOException, InterruptedException;
}
