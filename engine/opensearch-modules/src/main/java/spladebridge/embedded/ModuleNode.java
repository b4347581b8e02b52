package spladebridge.embedded;

import java.util.List;
import org.opensearch.Version;
import org.opensearch.env.Environment;
import org.opensearch.node.Node;
import org.opensearch.plugins.Plugin;
import org.opensearch.plugins.PluginInfo;

/** An OpenSearch 3 node whose modules come from the class path instead of a {@code modules} folder. */
abstract class ModuleNode extends Node {

    ModuleNode(Environment environment, List<Class<? extends Plugin>> modules) {
        super(environment, modules.stream().map(ModuleNode::describe).toList(), true);
    }

    private static PluginInfo describe(Class<? extends Plugin> module) {
        return new PluginInfo(
            module.getName(),
            "module on the class path",
            Version.CURRENT.toString(),
            Version.CURRENT,
            Integer.toString(Runtime.version().feature()),
            module.getName(),
            List.of(),
            false);
    }
}
