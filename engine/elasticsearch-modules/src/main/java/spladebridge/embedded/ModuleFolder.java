package spladebridge.embedded;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
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

    /** Writes it afresh: a kept home may come from another release. */
    static Path create(Environment environment) throws IOException {
        Path folder = Path.of(Environment.PATH_HOME_SETTING.get(environment.settings())).resolve("modules");
        if (Files.exists(folder)) {
            Folders.delete(folder);
        }
        try (DirectoryStream<Path> jars = Files.newDirectoryStream(installedModules(), "*.jar")) {
            for (Path jar : jars) {
                addModule(folder, jar);
            }
        }
        return folder;
    }

    /** {@code modules/} beside the launcher's jar. */
    private static Path installedModules() throws IOException {
        try {
            return Path.of(Launcher.class.getProtectionDomain().getCodeSource().getLocation().toURI())
                .resolveSibling("modules");
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
