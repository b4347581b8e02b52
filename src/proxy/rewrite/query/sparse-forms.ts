import { normalizePruneOptions, type PruneOptions } from '../../../encoder/pruning.js'
import { ConfigurationError, FeatureError } from '../../../errors.js'
import { encodeFeatureName } from '../../../rank-features/feature-name.js'
import { tokenOf } from '../../../rank-features/feature-token.js'
import { toSparseVector, type SparseVector } from '../../../sparse-vector.js'
import type { JsonNode } from '../json/json-source.js'
import { memberOf, onlyMember, stringOf } from '../json/read-node.js'
import type { FoundQuery } from './find-queries.js'
import { OptionReader } from './option-reader.js'
import type { EnginePruning, SparseClause, Wanted } from './sparse-clause.js'

/** Sparse queries of the engines themselves, for fields that an index may have got from elsewhere. */
export const NATIVE_FORMS = ['sparse_vector', 'text_expansion', 'semantic', 'neural_sparse'] as const
/** The proxy's own, which no engine knows. */
export const OWN_FORM = 'splade'

/** The field that a sparse query asks; undefined for any other query, and where a query names none. */
export function fieldAsked({ type, body }: FoundQuery): string | undefined {
  switch (type) {
    case OWN_FORM:
    case 'sparse_vector':
    case 'semantic':
      return stringOf(memberOf(body, 'field'))
    case 'text_expansion':
    case 'neural_sparse':
      return onlyMember(body)?.[0]
    default:
      return undefined
  }
}

/** True for every sparse query, whatever its field. */
export function isSparse({ type }: FoundQuery): boolean {
  return type === OWN_FORM || NATIVE_FORMS.some((form) => form === type)
}

/** @throws RefusedRequest naming the form, the option and its rule */
export function readSparseClause(found: FoundQuery): SparseClause {
  switch (found.type) {
    case 'sparse_vector':
      return readSparseVector(found)
    case 'text_expansion':
      return readTextExpansion(found)
    case 'semantic':
      return readSemantic(found)
    case 'neural_sparse':
      return readNeuralSparse(found)
    default:
      return readOwn(found)
  }
}

/** `{"splade": {"text" | "tokens", "field", "model", "prune", "min_weight", "boost", "_name", "two_phase"}}` */
function readOwn({ node, body }: FoundQuery): SparseClause {
  const options = new OptionReader(body, OWN_FORM)
  const wanted = oneOf(options, 'text', 'tokens')
  const field = options.string('field')
  const model = options.string('model')
  const twoPhase = options.boolean('two_phase')
  const prune = readPrune(options)
  return {
    ...readCommon(options, node),
    wanted,
    prune,
    ...(field !== undefined && { field }),
    ...(model !== undefined && { model: { option: 'model', name: model } }),
    ...(twoPhase !== undefined && { twoPhase }),
  }
}

/** Elasticsearch 8.15 and later. */
function readSparseVector({ node, body }: FoundQuery): SparseClause {
  const options = new OptionReader(body, 'sparse_vector')
  const field = options.string('field')
  const wanted = oneOf(options, 'query', 'query_vector')
  const model = options.string('inference_id')
  const pruning = { prune: options.any('prune'), config: options.any('pruning_config') }
  const common = readCommon(options, node)
  return withField(field, { ...common, wanted, ...withModel('inference_id', model), ...withPruning(pruning) })
}

/** Elasticsearch 8.8 and later, deprecated from 8.15 on. */
function readTextExpansion({ node, body }: FoundQuery): SparseClause {
  const { field, options } = byField(body, 'text_expansion')
  const text = options.string('model_text')
  if (text === undefined) throw options.refusal('model_text', 'is required')
  const model = options.string('model_id')
  const pruning = { prune: undefined, config: options.any('pruning_config') }
  const common = readCommon(options, node)
  return { ...common, field, wanted: { text }, ...withModel('model_id', model), ...withPruning(pruning) }
}

function readSemantic({ node, body }: FoundQuery): SparseClause {
  const options = new OptionReader(body, 'semantic')
  const field = options.string('field')
  const text = options.string('query')
  if (text === undefined) throw options.refusal('query', 'is required')
  return withField(field, { ...readCommon(options, node), wanted: { text }, prune: {} })
}

/** OpenSearch 2.11 and later. */
function readNeuralSparse({ node, body }: FoundQuery): SparseClause {
  const { field, options } = byField(body, 'neural_sparse')
  const wanted = oneOf(options, 'query_text', 'query_tokens')
  const model = options.string('model_id')
  // Deprecated, and without effect on hits or scores: a bound by which the engine may skip documents.
  options.positive('max_token_score')
  return { ...readCommon(options, node), field, wanted, ...withModel('model_id', model), prune: {} }
}

function byField(body: JsonNode, form: string) {
  const only = onlyMember(body)
  if (only === undefined) throw new OptionReader(body, form).refusal('field', 'must be one field')
  return { field: only[0], options: new OptionReader(only[1], form) }
}

function withField(field: string | undefined, clause: SparseClause): SparseClause {
  return field === undefined ? clause : { ...clause, field }
}

/** What every form has; nothing else may be left. */
function readCommon(options: OptionReader, node: SparseClause['node']) {
  const boost = options.positive('boost') ?? 1
  const name = options.string('_name')
  options.end()
  return { node, form: options.form, boost, ...(name !== undefined && { name }) }
}

function oneOf(options: OptionReader, textOption: string, tokensOption: string): Wanted {
  const text = options.string(textOption)
  const tokens = options.weights(tokensOption)
  if (text !== undefined && tokens !== undefined)
    throw options.refusal(textOption, `cannot be combined with [${tokensOption}]`)
  if (text !== undefined) return { text }
  if (tokens === undefined) throw options.refusal(textOption, `or [${tokensOption}] is required`)
  const vector = options.form === OWN_FORM ? toSparseVector(tokens) : fromFeatures(tokens)
  requireNames(vector, options, tokensOption)
  return { tokens: vector }
}

/** @throws RefusedRequest for a token that no field can hold */
function requireNames(tokens: SparseVector, options: OptionReader, option: string): void {
  try {
    for (const token of tokens.keys()) encodeFeatureName(token)
  } catch (error) {
    if (!(error instanceof FeatureError)) throw error
    throw options.refusal(option, `cannot be searched: ${error.message}`)
  }
}

/** What other clients call tokens may be feature names already. */
function fromFeatures(tokens: SparseVector): SparseVector {
  return toSparseVector(Array.from(tokens, ([name, weight]) => [tokenOf(name), weight] as const))
}

function withModel(option: string, name: string | undefined): Pick<SparseClause, 'model'> {
  return name === undefined ? {} : { model: { option, name } }
}

function withPruning(pruning: EnginePruning): Pick<SparseClause, 'prune' | 'enginePruning'> {
  return { prune: {}, ...(asksForPruning(pruning) && { enginePruning: pruning }) }
}

/** `"prune": false` asks for none, which is what the bridge does of itself. */
function asksForPruning({ prune, config }: EnginePruning): boolean {
  return config !== undefined || (prune !== undefined && !(prune.kind === 'scalar' && prune.value === false))
}

/** Options of pruning, and what clients call them. */
const PRUNE_NAMES: readonly (readonly [option: keyof PruneOptions, name: string])[] = [
  ['maxRatio', 'max_ratio'],
  ['topK', 'top_k'],
  ['minWeight', 'min_weight'],
  ['alphaMass', 'alpha_mass'],
]

/** `{"max_ratio", "top_k", "min_weight", "alpha_mass"}`, or `min_weight` beside it. */
function readPrune(options: OptionReader): PruneOptions {
  const group = options.group('prune')
  const beside = options.number('min_weight')
  const read = PRUNE_NAMES.flatMap(([option, name]) => {
    const value = group?.number(name)
    return value === undefined ? [] : [[option, value] as const]
  })
  group?.end()
  const values: Record<string, number> = Object.fromEntries(read)
  if (beside === undefined) return checkedPruning(values, group ?? options)
  if (values.minWeight !== undefined)
    throw options.refusal('min_weight', 'cannot be combined with [prune.min_weight]')
  return { ...checkedPruning(values, group ?? options), ...checkedPruning({ minWeight: beside }, options) }
}

/** @throws RefusedRequest with the client's own name of the option */
function checkedPruning(values: Readonly<Record<string, number>>, reader: OptionReader): PruneOptions {
  try {
    return normalizePruneOptions(values)
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error
    const name = PRUNE_NAMES.find(([option]) => option === error.option)?.[1] ?? error.option
    throw reader.refusal(name, error.rule, values[error.option])
  }
}
