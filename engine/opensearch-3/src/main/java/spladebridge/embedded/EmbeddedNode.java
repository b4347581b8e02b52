package spladebridge.embedded;

import java.util.List;
import org.opensearch.analysis.common.CommonAnalysisModulePlugin;
import org.opensearch.env.Environment;
import org.opensearch.index.mapper.MapperExtrasModulePlugin;
import org.opensearch.index.rankeval.RankEvalModulePlugin;
import org.opensearch.index.reindex.ReindexModulePlugin;
import org.opensearch.ingest.common.IngestCommonModulePlugin;
import org.opensearch.painless.PainlessModulePlugin;
import org.opensearch.script.mustache.MustacheModulePlugin;
import org.opensearch.search.pipeline.common.SearchPipelineCommonModulePlugin;
import org.opensearch.transport.Netty4ModulePlugin;

/** An OpenSearch 3 node with the modules that are published. */
final class EmbeddedNode extends ModuleNode {

    EmbeddedNode(Environment environment) {
        super(
            environment,
            List.of(
                Netty4ModulePlugin.class,
                CommonAnalysisModulePlugin.class,
                NoriPlugin.class,
                MapperExtrasModulePlugin.class,
                ReindexModulePlugin.class,
                RankEvalModulePlugin.class,
                PainlessModulePlugin.class,
                MustacheModulePlugin.class,
                IngestCommonModulePlugin.class,
                SearchPipelineCommonModulePlugin.class));
    }
}
