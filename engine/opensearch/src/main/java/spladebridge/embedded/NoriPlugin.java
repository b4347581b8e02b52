package spladebridge.embedded;

import java.io.IOException;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.Tokenizer;
import org.apache.lucene.analysis.ko.KoreanAnalyzer;
import org.apache.lucene.analysis.ko.KoreanNumberFilter;
import org.apache.lucene.analysis.ko.KoreanPartOfSpeechStopFilter;
import org.apache.lucene.analysis.ko.KoreanReadingFormFilter;
import org.apache.lucene.analysis.ko.KoreanTokenizer;
import org.apache.lucene.analysis.ko.KoreanTokenizer.DecompoundMode;
import org.apache.lucene.analysis.ko.POS;
import org.apache.lucene.analysis.ko.dict.UserDictionary;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.index.IndexSettings;
import org.opensearch.index.analysis.AbstractIndexAnalyzerProvider;
import org.opensearch.index.analysis.AbstractTokenFilterFactory;
import org.opensearch.index.analysis.AbstractTokenizerFactory;
import org.opensearch.index.analysis.Analysis;
import org.opensearch.index.analysis.AnalyzerProvider;
import org.opensearch.index.analysis.TokenFilterFactory;
import org.opensearch.index.analysis.TokenizerFactory;
import org.opensearch.indices.analysis.AnalysisModule.AnalysisProvider;
import org.opensearch.plugins.AnalysisPlugin;
import org.opensearch.plugins.Plugin;

/**
 * Lucene's Korean morphological analysis under the names and settings of the official analysis-nori plugin,
 * which is not published to Maven: what works here works on a server that has that plugin.
 */
public final class NoriPlugin extends Plugin implements AnalysisPlugin {

    @Override
    public Map<String, AnalysisProvider<AnalyzerProvider<? extends Analyzer>>> getAnalyzers() {
        return Map.of("nori", NoriAnalyzer::new);
    }

    @Override
    public Map<String, AnalysisProvider<TokenizerFactory>> getTokenizers() {
        return Map.of("nori_tokenizer", NoriTokenizer::new);
    }

    @Override
    public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
        return Map.of(
            "nori_part_of_speech", NoriPartOfSpeech::new,
            "nori_readingform", NoriReadingForm::new,
            "nori_number", NoriNumber::new);
    }

    private static DecompoundMode decompoundMode(Settings settings) {
        String mode = settings.get("decompound_mode", KoreanTokenizer.DEFAULT_DECOMPOUND.toString());
        return DecompoundMode.valueOf(mode.toUpperCase(Locale.ENGLISH));
    }

    private static Set<POS.Tag> stopTags(Settings settings) {
        List<String> names = settings.getAsList("stoptags", null);
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
    private static UserDictionary userDictionary(Environment environment, Settings settings) {
        List<String> rules = Analysis.parseWordList(
            environment, settings, "user_dictionary", "user_dictionary_rules", rule -> rule);
        if (rules == null || rules.isEmpty()) {
            return null;
        }
        try {
            return UserDictionary.open(new StringReader(String.join("\n", rules)));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static final class NoriAnalyzer extends AbstractIndexAnalyzerProvider<KoreanAnalyzer> {
        private final KoreanAnalyzer analyzer;

        NoriAnalyzer(IndexSettings index, Environment environment, String name, Settings settings) {
            super(index, name, settings);
            analyzer = new KoreanAnalyzer(
                userDictionary(environment, settings), decompoundMode(settings), stopTags(settings), false);
        }

        @Override
        public KoreanAnalyzer get() {
            return analyzer;
        }
    }

    private static final class NoriTokenizer extends AbstractTokenizerFactory {
        private final UserDictionary userDictionary;
        private final DecompoundMode decompoundMode;
        private final boolean discardPunctuation;

        NoriTokenizer(IndexSettings index, Environment environment, String name, Settings settings) {
            super(index, settings, name);
            userDictionary = userDictionary(environment, settings);
            decompoundMode = decompoundMode(settings);
            discardPunctuation = settings.getAsBoolean("discard_punctuation", true);
        }

        @Override
        public Tokenizer create() {
            return new KoreanTokenizer(
                KoreanTokenizer.DEFAULT_TOKEN_ATTRIBUTE_FACTORY,
                userDictionary,
                decompoundMode,
                false,
                discardPunctuation);
        }
    }

    private static final class NoriPartOfSpeech extends AbstractTokenFilterFactory {
        private final Set<POS.Tag> stopTags;

        NoriPartOfSpeech(IndexSettings index, Environment environment, String name, Settings settings) {
            super(index, name, settings);
            stopTags = stopTags(settings);
        }

        @Override
        public TokenStream create(TokenStream tokens) {
            return new KoreanPartOfSpeechStopFilter(tokens, stopTags);
        }
    }

    private static final class NoriReadingForm extends AbstractTokenFilterFactory {
        NoriReadingForm(IndexSettings index, Environment environment, String name, Settings settings) {
            super(index, name, settings);
        }

        @Override
        public TokenStream create(TokenStream tokens) {
            return new KoreanReadingFormFilter(tokens);
        }
    }

    private static final class NoriNumber extends AbstractTokenFilterFactory {
        NoriNumber(IndexSettings index, Environment environment, String name, Settings settings) {
            super(index, name, settings);
        }

        @Override
        public TokenStream create(TokenStream tokens) {
            return new KoreanNumberFilter(tokens);
        }
    }
}
