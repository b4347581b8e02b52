package spladebridge.embedded;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** The command line of {@link Launcher}; unknown and missing options are refused by name. */
final class LaunchOptions {
    private static final String HOME = "--home";
    private static final String HTTP_PORT = "--http-port";
    private static final String READY_FILE = "--ready-file";
    private static final String DELETE_HOME = "--delete-home";
    private static final String STOP_WITH_PARENT = "--stop-with-parent";
    private static final String SETTING = "--setting";
    private static final Set<String> VALUED = Set.of(HOME, HTTP_PORT, READY_FILE);
    private static final Set<String> FLAGS = Set.of(DELETE_HOME, STOP_WITH_PARENT);

    private final Map<String, String> values = new HashMap<>();
    private final Set<String> flags = new HashSet<>();
    private final Map<String, String> settings = new LinkedHashMap<>();

    private LaunchOptions() {}

    static LaunchOptions parse(String[] arguments) {
        LaunchOptions options = new LaunchOptions();
        for (int i = 0; i < arguments.length; i++) {
            String name = arguments[i];
            if (FLAGS.contains(name)) {
                options.flags.add(name);
            } else if (SETTING.equals(name) && i + 1 < arguments.length) {
                i++;
                options.addSetting(arguments[i]);
            } else if (VALUED.contains(name) && i + 1 < arguments.length) {
                i++;
                options.values.put(name, arguments[i]);
            } else {
                throw new IllegalArgumentException("unknown option, or option without its value: " + name);
            }
        }
        for (String name : VALUED) {
            if (!options.values.containsKey(name)) {
                throw new IllegalArgumentException("missing option " + name);
            }
        }
        return options;
    }

    private void addSetting(String assignment) {
        int equals = assignment.indexOf('=');
        if (equals < 1) {
            throw new IllegalArgumentException("a setting is name=value: " + assignment);
        }
        settings.put(assignment.substring(0, equals), assignment.substring(equals + 1));
    }

    /** Settings of the node over those that it has anyway. */
    Map<String, String> settings() {
        return settings;
    }

    /** Folder of the node: {@code data/}, and {@code config/} if there is one. */
    Path home() {
        return Path.of(values.get(HOME));
    }

    /** Port to listen on; 0 lets the system choose a free one. */
    String httpPort() {
        return values.get(HTTP_PORT);
    }

    /** File that appears, with the bound port as JSON, once requests are accepted. */
    Path readyFile() {
        return Path.of(values.get(READY_FILE));
    }

    /** Whether the folder is deleted when the node has stopped. */
    boolean deleteHome() {
        return flags.contains(DELETE_HOME);
    }

    /** Whether the node stops when standard input ends before a byte came. */
    boolean stopWithParent() {
        return flags.contains(STOP_WITH_PARENT);
    }
}
