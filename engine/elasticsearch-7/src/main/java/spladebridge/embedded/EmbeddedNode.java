package spladebridge.embedded;

import java.util.List;
import org.elasticsearch.env.Environment;
import org.elasticsearch.index.mapper.MapperExtrasPlugin;
import org.elasticsearch.index.rankeval.RankEvalPlugin;
import org.elasticsearch.node.Node;
import org.elasticsearch.reindex.ReindexPlugin;
import org.elasticsearch.script.mustache.MustachePlugin;
import org.elasticsearch.transport.Netty4Plugin;

/** An Elasticsearch 7 node whose modules come from the class path instead of a {@code modules} folder. */
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
