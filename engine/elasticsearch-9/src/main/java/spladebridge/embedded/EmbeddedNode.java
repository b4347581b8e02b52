package spladebridge.embedded;

import java.io.IOException;
import java.util.Map;
import java.util.Set;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/** An Elasticsearch 9 node with the modules that are published. */
final class EmbeddedNode extends Node {
    static {
        // Connects Elasticsearch's own loggers to log4j; nothing of it can be loaded before.
        LogConfigurator.configureESLogging();
    }

    EmbeddedNode(Environment environment) throws IOException {
        super(
            environment,
            PluginsLoader.createPluginsLoader(
                PluginsLoader.loadModulesBundles(ModuleFolder.create(environment), false),
                Set.of(),
                Map.of(),
                false));
    }
}
