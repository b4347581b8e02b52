package spladebridge.embedded;

import java.io.IOException;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.http.HttpServerTransport;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;

/** An OpenSearch node behind what the launcher asks of one. */
final class EngineNode implements ServerNode {
    private final Node node;

    private EngineNode(Node node) {
        this.node = node;
    }

    static ServerNode build(Map<String, String> nodeSettings) throws Exception {
        Settings.Builder settings = Settings.builder();
        nodeSettings.forEach(settings::put);
        Environment environment = InternalSettingsPreparer.prepareEnvironment(
            settings.build(), Map.of(), null, () -> NodeSettings.NODE_NAME);
        return new EngineNode(new EmbeddedNode(environment));
    }

    @Override
    public int start() throws Exception {
        node.start();
        return node.injector().getInstance(HttpServerTransport.class).boundAddress().publishAddress().getPort();
    }

    @Override
    public void stop(long limit, TimeUnit unit) throws IOException, InterruptedException {
        node.close();
        node.awaitClose(limit, unit);
    }
}
