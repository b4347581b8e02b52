package spladebridge.embedded;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.elasticsearch.env.Environment;

/**
 * The {@code modules} folder that Elasticsearch 8 and later load: one folder a module, with its jar and the
 * descriptor that the published jar carries. What a module depends on lies on the class path.
 */
final class ModuleFolder {
    private static final String DESCRIPTOR = "plugin-descriptor.properties";

    private ModuleFolder() {}

    /**
     * One for each installation: a kept home may come from another one, and where a node is at work in it, its
     * modules stay as they are.
     */
    static Path create(Environment environment) throws IOException {
        Path home = Path.of(Environment.PATH_HOME_SETTING.get(environment.settings()));
        Path installation = installation();
        Path folder = home.resolve("modules").resolve(installation.getFileName());
        if (Files.exists(folder)) {
            return folder;
        }
        Path unfinished = folder.resolveSibling("unfinished-" + ProcessHandle.current().pid());
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(installation.resolve("modules"), "*.jar")) {
            for (Path jar : jars) {
                addModule(unfinished, jar);
            }
        }
        return Files.move(unfinished, folder, StandardCopyOption.ATOMIC_MOVE);
    }

    /** The folder that the launcher's jar lies in. */
    private static Path installation() throws IOException {
        try {
            return Path.of(Launcher.class.getProtectionDomain().getCodeSource().getLocation().toURI()).getParent();
        } catch (URISyntaxException failure) {
            throw new IOException(failure);
        }
    }

    private static void addModule(Path folder, Path jar) throws IOException {
        try (JarFile content = new JarFile(jar.toFile())) {
            JarEntry entry = content.stream()
                .filter(candidate -> candidate.getName().matches("META-INF/es-plugins/[^/]+/" + DESCRIPTOR))
                .findFirst()
                .orElseThrow(() -> new FileNotFoundException(jar + " holds no descriptor of a module"));
            Path module = folder.resolve(Path.of(entry.getName()).getParent().getFileName());
            String descriptor = new String(content.getInputStream(entry).readAllBytes(), StandardCharsets.UTF_8);
            Files.createDirectories(module);
            // Without the name of a Java module: everything here is on the class path.
            Files.writeString(module.resolve(DESCRIPTOR), descriptor.replaceAll("(?m)^modulename=.*$", ""));
            Files.copy(jar, module.resolve(jar.getFileName()));
        }
    }
}
