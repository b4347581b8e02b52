package spladebridge.embedded;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.opensearch.env.Environment;

/** The {@code plugins} folder of a home, which is that of the installation: 130 MB need no copy for each node. */
final class PluginFolder {
    private PluginFolder() {}

    /** A kept home may hold the link of another installation, which gives way. */
    static Environment link(Environment environment) throws IOException {
        Path link = environment.pluginsDir();
        if (Files.isSymbolicLink(link)) {
            Files.delete(link);
        }
        Files.createSymbolicLink(link, installation().resolve("plugins"));
        return environment;
    }

    /** The folder that the launcher's jar lies in. */
    private static Path installation() throws IOException {
        try {
            return Path.of(Launcher.class.getProtectionDomain().getCodeSource().getLocation().toURI()).getParent();
        } catch (URISyntaxException failure) {
            throw new IOException(failure);
        }
    }
}
