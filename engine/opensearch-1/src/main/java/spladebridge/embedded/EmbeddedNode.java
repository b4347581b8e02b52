package spladebridge.embedded;

import java.util.List;
import org.opensearch.env.Environment;
import org.opensearch.index.mapper.MapperExtrasPlugin;
import org.opensearch.index.rankeval.RankEvalPlugin;
import org.opensearch.index.reindex.ReindexPlugin;
import org.opensearch.node.Node;
import org.opensearch.script.mustache.MustachePlugin;
import org.opensearch.transport.Netty4Plugin;

/** An OpenSearch 1 node whose modules come from the class path instead of a {@code modules} folder. */
final class EmbeddedNode extends Node {

    EmbeddedNode(Environment environment) {
        super(
            environment,
            List.of(
                Netty4Plugin.class,
                NoriPlugin.class,
                MapperExtrasPlugin.class,
                ReindexPlugin.class,
                RankEvalPlugin.class,
                MustachePlugin.class),
            true);
    }
}
