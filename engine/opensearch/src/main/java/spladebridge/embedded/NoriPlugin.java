package spladebridge.embedded;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.apache.lucene.analysis.Analyzer;
import org.apache.lucene.analysis.TokenStream;
import org.apache.lucene.analysis.ko.KoreanAnalyzer;
import org.apache.lucene.analysis.ko.KoreanNumberFilter;
import org.apache.lucene.analysis.ko.KoreanReadingFormFilter;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.index.analysis.AnalyzerProvider;
import org.opensearch.index.analysis.AnalyzerScope;
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
        return Map.of("nori", (index, environment, name, settings) ->
            new NoriAnalyzer(name, Korean.analyzer(new NoriOptions(environment, settings))));
    }

    @Override
    public Map<String, AnalysisProvider<TokenizerFactory>> getTokenizers() {
        return Map.of("nori_tokenizer", (index, environment, name, settings) ->
            TokenizerFactory.newFactory(name, Korean.tokenizer(new NoriOptions(environment, settings))));
    }

    @Override
    public Map<String, AnalysisProvider<TokenFilterFactory>> getTokenFilters() {
        return Map.of(
            "nori_part_of_speech",
            (index, environment, name, settings) ->
                new NoriFilter(name, Korean.partOfSpeechFilter(new NoriOptions(environment, settings))),
            "nori_readingform",
            (index, environment, name, settings) -> new NoriFilter(name, KoreanReadingFormFilter::new),
            "nori_number",
            (index, environment, name, settings) -> new NoriFilter(name, KoreanNumberFilter::new));
    }

    private static final class NoriOptions implements Korean.Options {
        private final Environment environment;
        private final Settings settings;

        NoriOptions(Environment environment, Settings settings) {
            this.environment = environment;
            this.settings = settings;
        }

        @Override
        public String text(String name) {
            return settings.get(name);
        }

        @Override
        public List<String> list(String name) {
            return settings.getAsList(name, null);
        }

        @Override
        public Path configFolder() {
            return Path.of(Environment.PATH_HOME_SETTING.get(environment.settings())).resolve("config");
        }
    }

    private static final class NoriAnalyzer implements AnalyzerProvider<KoreanAnalyzer> {
        private final String name;
        private final KoreanAnalyzer analyzer;

        NoriAnalyzer(String name, KoreanAnalyzer analyzer) {
            this.name = name;
            this.analyzer = analyzer;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public AnalyzerScope scope() {
            return AnalyzerScope.INDEX;
        }

        @Override
        public KoreanAnalyzer get() {
            return analyzer;
        }
    }

    private static final class NoriFilter implements TokenFilterFactory {
        private final String name;
        private final UnaryOperator<TokenStream> filter;

        NoriFilter(String name, UnaryOperator<TokenStream> filter) {
            this.name = name;
            this.filter = filter;
        }

        @Override
        public String name() {
            return name;
        }

        @Override
        public TokenStream create(TokenStream tokens) {
            return filter.apply(tokens);
        }
    }
}
