package spladebridge.embedded;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.ko.KoreanAnalyzer;
import org.apache.lucene.analysis.ko.KoreanPartOfSpeechStopFilter;
import org.apache.lucene.analysis.ko.KoreanTokenizer;
import org.apache.lucene.analysis.ko.KoreanTokenizer.DecompoundMode;
import org.apache.lucene.analysis.ko.POS;
import org.apache.lucene.analysis.ko.dict.UserDictionary;

/**
 * Lucene's Korean analysis from the settings of the official analysis-nori plugins. It knows Lucene only: each
 * engine's {@code NoriPlugin} brings it under the engine's own interfaces.
 */
final class Korean {

    /** The settings of one analyzer, tokenizer or filter. */
    interface Options {
        /** The value of a setting, or null. */
        String text(String name);

        /** The values of a list setting, or null. */
        List<String> list(String name);

        /** The folder that file settings are relative to. */
        Path configFolder();
    }

    private Korean() {}

    static KoreanAnalyzer analyzer(Options options) {
        return new KoreanAnalyzer(userDictionary(options), decompoundMode(options), stopTags(options), false);
    }

    static Supplier<Tokenizer> tokenizer(Options options) {
        UserDictionary userDictionary = userDictionary(options);
        DecompoundMode decompoundMode = decompoundMode(options);
        String discard = options.text("discard_punctuation");
        boolean discardPunctuation = discard == null || Boolean.parseBoolean(discard);
        return () -> new KoreanTokenizer(
            KoreanTokenizer.DEFAULT_TOKEN_ATTRIBUTE_FACTORY,
            userDictionary,
            decompoundMode,
            false,
            discardPunctuation);
    }

    static UnaryOperator<TokenStream> partOfSpeechFilter(Options options) {
        Set<POS.Tag> stopTags = stopTags(options);
        return tokens -> new KoreanPartOfSpeechStopFilter(tokens, stopTags);
    }

    private static Set<POS.Tag> stopTags(Options options) {
        List<String> names = options.list("stoptags");
        if (names == null) {
            return KoreanPartOfSpeechStopFilter.DEFAULT_STOP_TAGS;
        }
        Set<POS.Tag> tags = EnumSet.noneOf(POS.Tag.class);
        for (String name : names) {
            tags.add(POS.resolveTag(name));
        }
        return tags;
    }

    /** @return null if the settings name no words: Lucene's own sign for "no user dictionary" */
    private static UserDictionary userDictionary(Options options) {
        try {
            List<String> rules = userDictionaryRules(options);
            return rules == null || rules.isEmpty()
                ? null
                : UserDictionary.open(new StringReader(String.join("\n", rules)));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static List<String> userDictionaryRules(Options options) throws IOException {
        List<String> rules = options.list("user_dictionary_rules");
        String file = options.text("user_dictionary");
        if (file == null) {
            return rules;
        }
        if (rules != null) {
            throw new IllegalArgumentException("[user_dictionary] and [user_dictionary_rules] exclude each other");
        }
        return Files.readAllLines(options.configFolder().resolve(file)).stream()
            .filter(line -> !line.startsWith("#"))
            .collect(Collectors.toList());
    }

    private static DecompoundMode decompoundMode(Options options) {
        String mode = options.text("decompound_mode");
        return mode == null
            ? KoreanTokenizer.DEFAULT_DECOMPOUND
            : DecompoundMode.valueOf(mode.toUpperCase(Locale.ENGLISH));
    }
}
