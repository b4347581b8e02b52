import { type Command, InvalidArgumentError } from 'commander'
import type { Encoder } from '../encoder/encoder.js'
import { cosine } from '../encoder/fidelity.js'
import type { EngineClient } from '../engine/client.js'
import { type EngineEncoder, mlModelName, type Side } from '../engine/encoding-resources.js'
import { callMlModel } from '../engine/ml-models.js'
import { EngineError } from '../errors.js'
import { toRankFeatures } from '../rank-features/document-field.js'
import type { Settings } from './settings.js'

/** What the engine itself is to do about vectors. */
export interface EngineEncoderFlags {
  readonly engineEncoder?: string
  readonly searchPipeline?: boolean
}

/** Adds {@link EngineEncoderFlags}. */
export function addEngineEncoderFlags(command: Command): Command {
  return command
    .option(
      '--engine-encoder <address>',
      'encoder server that OpenSearch calls by itself, for documents without vectors and for the texts of ' +
        'neural_sparse; needs ml-commons and neural-search',
      parseAddress,
    )
    .option(
      '--search-pipeline',
      'searches go through a pipeline: neural_sparse in two phases, hybrid on one scale; needs neural-search',
    )
}

function parseAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined
  const isPlain = url?.username === '' && url.password === '' && url.search === '' && url.hash === ''
  if (!isPlain || !/^https?:$/.test(url.protocol))
    throw new InvalidArgumentError("It must be the server's address, as in http://encoder.example.com:8080.")
  return text
}

/** The encoder server that the flags and settings speak of. */
export function engineEncoderOf(
  { engineEncoder }: EngineEncoderFlags,
  settings: Settings,
): EngineEncoder | undefined {
  return engineEncoder === undefined
    ? undefined
    : { address: engineEncoder, hasKey: settings.values.has('encoderKey') }
}

const SAMPLE =
  'What the encoder server makes of this text, the model of the index makes of it as well: 검색 엔진'

/** Two precisions of one model are closer than this, two models are not. */
const SAME_MODEL = 0.95

/**
 * What checks a model of the engine: it encodes a text, and its weights have to be those of the index's encoder.
 *
 * @param name of the index or template that the models belong to
 */
export function modelCheck(
  client: EngineClient,
  encoder: Encoder,
  name: string,
): (model: string, id: string) => Promise<void> {
  return async (model, id) => {
    const side: Side = model === mlModelName(name, 'query') ? 'query' : 'document'
    const received = await callMlModel(client, id, SAMPLE)
    const likeness = cosine(await expectedWeights(encoder, side), received)
    if (likeness >= SAME_MODEL) return
    throw new EngineError(
      `the encoder server weighs a ${side} in another way than ${encoder.identity.name}, the model of the index ` +
        `(cosine ${likeness.toFixed(2)}): it has to serve that model, or name its own with --model`,
      0,
    )
  }
}

async function expectedWeights(encoder: Encoder, side: Side): Promise<ReadonlyMap<string, number>> {
  const [encoding] = await (side === 'query'
    ? encoder.encodeQueries([SAMPLE])
    : encoder.encodeDocuments([SAMPLE]))
  return new Map(Object.entries(toRankFeatures(encoding?.vector ?? new Map())))
}
