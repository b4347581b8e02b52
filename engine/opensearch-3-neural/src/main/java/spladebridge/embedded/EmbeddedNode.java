package spladebridge.embedded;

import java.io.IOException;
import java.util.List;
import org.opensearch.analysis.common.CommonAnalysisModulePlugin;
import org.opensearch.env.Environment;
import org.opensearch.index.mapper.MapperExtrasModulePlugin;
import org.opensearch.index.reindex.ReindexModulePlugin;
import org.opensearch.ingest.common.IngestCommonModulePlugin;
import org.opensearch.painless.PainlessModulePlugin;
import org.opensearch.script.mustache.MustacheModulePlugin;
import org.opensearch.search.pipeline.common.SearchPipelineCommonModulePlugin;
import org.opensearch.transport.Netty4ModulePlugin;

/** An OpenSearch 3 node with the modules that are published of its release, and the plugins of this installation. */
final class EmbeddedNode extends ModuleNode {

    EmbeddedNode(Environment environment) throws IOException {
        super(
            PluginFolder.link(environment),
            List.of(
                Netty4ModulePlugin.class,
                CommonAnalysisModulePlugin.class,
                NoriPlugin.class,
                MapperExtrasModulePlugin.class,
                ReindexModulePlugin.class,
                PainlessModulePlugin.class,
                MustacheModulePlugin.class,
                IngestCommonModulePlugin.class,
                SearchPipelineCommonModulePlugin.class));
    }
}
