package spladebridge.embedded;

import java.util.List;
import org.opensearch.Version;
import org.opensearch.analysis.common.CommonAnalysisModulePlugin;
import org.opensearch.env.Environment;
import org.opensearch.index.mapper.MapperExtrasModulePlugin;
import org.opensearch.index.rankeval.RankEvalModulePlugin;
import org.opensearch.index.reindex.ReindexModulePlugin;
import org.opensearch.ingest.common.IngestCommonModulePlugin;
import org.opensearch.node.Node;
import org.opensearch.painless.PainlessModulePlugin;
import org.opensearch.plugins.Plugin;
import org.opensearch.plugins.PluginInfo;
import org.opensearch.script.mustache.MustacheModulePlugin;
import org.opensearch.search.pipeline.common.SearchPipelineCommonModulePlugin;
import org.opensearch.transport.Netty4ModulePlugin;

/** An OpenSearch 3 node whose modules come from the class path instead of a {@code modules} folder. */
final class EmbeddedNode extends Node {
    private static final List<Class<? extends Plugin>> MODULES = List.of(
        Netty4ModulePlugin.class,
        CommonAnalysisModulePlugin.class,
        NoriPlugin.class,
        MapperExtrasModulePlugin.class,
        ReindexModulePlugin.class,
        RankEvalModulePlugin.class,
        PainlessModulePlugin.class,
        MustacheModulePlugin.class,
        IngestCommonModulePlugin.class,
        SearchPipelineCommonModulePlugin.class);

    EmbeddedNode(Environment environment) {
        super(environment, MODULES.stream().map(EmbeddedNode::describe).toList(), true);
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
