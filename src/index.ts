/** Public API: re-exports only. */
export * from './errors.js'
export { dotProduct, toSparseVector, type Span, type SparseVector, type TokenSpans } from './sparse-vector.js'
export { loadModelBundle, type LoadModelOptions, type ModelBundle } from './model/bundle.js'
export type { GatedLexicalModel } from './model/gated-lexical/gated-lexical-model.js'
export { loadModel, type Model } from './model/load-model.js'
export { loadTokenizer } from './tokenizer/load-tokenizer.js'
export type { TextTokenizer, TokenizedText, TokenizeOptions } from './tokenizer/text-tokenizer.js'
export { createSession, type SessionOptions, type SpladeSession } from './inference/splade-session.js'
export type { DeviceName, DeviceReport } from './inference/device.js'
export { planWorkers, type WorkerPlan, type Workload } from './inference/worker-plan.js'
export type { EncodedChunk, Encoder, EncoderIdentity, Encoding } from './encoder/encoder.js'
export { loadEncoder, loadNeuralEncoder, type LoadEncoderOptions } from './encoder/load.js'
export { createNeuralEncoder, type NeuralEncoderOptions } from './encoder/neural.js'
export { createLexicalEncoder, type LexicalEncoderOptions } from './encoder/lexical/lexical-encoder.js'
export type { CorpusCounts, CorpusStatistics } from './encoder/lexical/corpus-statistics.js'
export {
  LONG_TEXTS,
  type LongTextOptions,
  type LongTexts,
  type LongTextSettings,
} from './encoder/long-texts.js'
export { withCorpusRarity } from './encoder/corpus-rarity.js'
export { withQueryCache, type QueryCacheOptions } from './encoder/query-cache.js'
export { prune, type PruneOptions } from './encoder/pruning.js'
export { SPARSE_FIELD_TYPES, type SparseFieldType } from './rank-features/field-type.js'
export { decodeFeatureName, encodeFeatureName } from './rank-features/feature-name.js'
export { fromRankFeatures, toRankFeatures, type RankFeatures } from './rank-features/document-field.js'
export {
  MAX_CLAUSES,
  predictedScore,
  toRankFeatureQuery,
  toSparseQuery,
  toSparseVectorQuery,
  type SparseQueryOptions,
} from './rank-features/query.js'
export {
  type ChunkQueryOptions,
  chunkWeightsField,
  toChunkQuery,
  toStoredChunks,
} from './rank-features/chunks.js'
export { storedWeight } from './rank-features/stored-weight.js'
export { explainHit, type TokenContribution } from './explain/contributions.js'
export { contributionsByWord, type WordContribution } from './explain/by-word.js'
export { type Highlight, type HitExplanation, toHitExplanation } from './explain/hit-explanation.js'
export type { LocatedText } from './encoder/located-text.js'
export type { MissedToken, MissedWord } from './explain/missed.js'
export { makeSnippet, type Snippet } from './explain/snippet.js'
export type { EngineClient, EngineInfo, EngineRequest, EngineResponse } from './engine/client.js'
export { connect, type ConnectOptions } from './engine/connect.js'
export { createIndexStatistics } from './engine/corpus-statistics.js'
export { readIndexMeta, type IndexMeta } from './engine/index-meta.js'
export { createIndex, type CreateIndexOptions } from './engine/index-setup.js'
export type { EngineResource, ResourceChange } from './engine/engine-resource.js'
export {
  applySetup,
  planSetup,
  type SetupOptions,
  type SetupPlan,
  type SetupTarget,
} from './engine/set-up.js'
export { startEmbeddedEngine, type EmbeddedEngine } from './engine/embedded/start.js'
export type { EmbeddedEngineOptions } from './engine/embedded/options.js'
export { indexDocuments, type IndexDocumentsOptions } from './indexer/index-documents.js'
export type { NewIndex } from './indexer/load-target.js'
export type { IndexEvent, IndexResult } from './indexer/events.js'
export { type Relaxation, type RelaxedSettings, restoreSettings } from './indexer/load-settings.js'
export type { Partition } from './indexer/partition.js'
export {
  deleteDocuments,
  type DeleteDocumentsOptions,
  type DeleteResult,
  type DeleteSelection,
} from './indexer/delete-documents.js'
export { createEngineSink, type EngineSinkOptions } from './telemetry/engine-sink.js'
export type { TelemetryCounts, TelemetryEvent, TelemetrySink } from './telemetry/events.js'
export { fileInput, streamInput, type Input } from './indexer/readers/input.js'
export { readRecords, type ReadOptions } from './indexer/readers/read-records.js'
export type { RawRecord } from './indexer/readers/raw-record.js'
export { openSearcher, type Searcher, type SearchOptions, type SearchResult } from './search/search.js'
export { hitTitle } from './search/hit-title.js'
export type { HitChunk, SearchHit } from './search/search-hit.js'
export {
  profileIndex,
  type Distribution,
  type IndexProfile,
  type IndexProfileOptions,
} from './search/index-profile.js'
export type { IndexedToken, QueryCoverage } from './search/query-coverage.js'
export type { NearDeadLimits, TokenGroup, TokenProfile } from './search/sample-tokens.js'
export { createRewriter } from './proxy/rewrite/create-rewriter.js'
export type { RewriterOptions } from './proxy/rewrite/rewriter-options.js'
export type { RewriteRule } from './proxy/rewrite/rules/rewrite-rule.js'
export {
  type Headers,
  type OwnAnswer,
  type ProxyRequest,
  RefusedRequest,
  type RewriteContext,
  type RewritePlan,
  type Rewriter,
  type RewrittenRequest,
  type WholeAnswer,
  type WholeRequest,
} from './proxy/rewriter.js'
export { evaluateRun, type EvaluationReport } from './evaluate/report.js'
