package spladebridge.embedded;

import java.util.LinkedHashMap;
import java.util.Map;

/** Settings that every engine understands: a single node that is reachable from this machine only, unless told otherwise. */
final class NodeSettings {
    static final String NODE_NAME = "splade-bridge";

    private NodeSettings() {}

    static Map<String, String> of(LaunchOptions options) {
        Map<String, String> settings = new LinkedHashMap<>();
        settings.put("path.home", options.home().toString());
        settings.put("cluster.name", NODE_NAME);
        settings.put("node.name", NODE_NAME);
        settings.put("discovery.type", "single-node");
        settings.put("network.host", "127.0.0.1");
        settings.put("http.port", options.httpPort());
        settings.put("transport.port", "0");
        // A developer's disk is often nearly full; the watermarks would make every index read-only.
        settings.put("cluster.routing.allocation.disk.threshold_enabled", "false");
        settings.putAll(options.settings());
        return settings;
    }
}
