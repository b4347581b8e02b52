import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll } from '@jest/globals'
import { ELEMENT_BYTES } from '../src/model/safetensors.js'

/** A tensor of a test's own checkpoint. */
export interface TensorFixture {
  readonly shape: readonly number[]
  readonly values: Float32Array
  /** Default `F32`. */
  readonly type?: FixtureType
}

/** Element types that tests write. */
export type FixtureType = 'F32' | 'BF16' | 'I8'

/** A model folder's contents, by name. */
export interface ModelFixture {
  readonly config: Readonly<Record<string, unknown>>
  readonly tensors: Readonly<Record<string, TensorFixture>>
}

/** A folder for the tests of one file, made before the first and removed after the last. */
export function useTemporaryFolder(): { readonly path: string } {
  const folder = { path: '' }
  beforeAll(async () => {
    folder.path = await mkdtemp(join(tmpdir(), 'splade-bridge-test-'))
  })
  afterAll(() => rm(folder.path, { recursive: true, force: true }))
  return folder
}

/** Values that look random and are the same in every run, from -0.5 to 0.5. */
export function randomTensor(shape: readonly number[], seed: number): TensorFixture {
  let state = seed * 2654435761 + 12345
  const values = Float32Array.from({ length: elements(shape) }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return state / 2 ** 32 - 0.5
  })
  return { shape, values }
}

export function tensor(shape: readonly number[], values: readonly number[]): TensorFixture {
  return { shape, values: Float32Array.from(values) }
}

/** @returns the bytes of a safetensors file */
export function encodeSafetensors(tensors: Readonly<Record<string, TensorFixture>>): Buffer {
  const header: Record<string, unknown> = { __metadata__: { format: 'pt' } }
  const parts: Buffer[] = []
  let offset = 0
  for (const [name, { shape, values, type = 'F32' }] of Object.entries(tensors)) {
    const part = encodeValues(values, type)
    header[name] = { dtype: type, shape, data_offsets: [offset, offset + part.length] }
    parts.push(part)
    offset += part.length
  }
  return withHeader(JSON.stringify(header), Buffer.concat(parts))
}

/** A safetensors file with any text as its header. */
export function withHeader(header: string, body = Buffer.alloc(0)): Buffer {
  const length = Buffer.alloc(8)
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(header)))
  return Buffer.concat([length, Buffer.from(header), body])
}

/** Writes files below `folder`; objects as JSON. */
export async function writeFiles(
  folder: string,
  files: Readonly<Record<string, string | Buffer | object>>,
): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, name)
    await mkdir(dirname(path), { recursive: true })
    const isText = typeof content === 'string' || Buffer.isBuffer(content)
    await writeFile(path, isText ? content : JSON.stringify(content))
  }
  return folder
}

/** Writes a model in Hugging Face layout, with a tokenizer of as many words as the vocabulary has rows. */
export function writeModelFolder(
  folder: string,
  { config, tensors }: ModelFixture,
  extra: Readonly<Record<string, string | Buffer | object>> = {},
): Promise<string> {
  return writeFiles(folder, {
    'config.json': config,
    'tokenizer.json': wordTokenizer(config.vocab_size as number),
    'model.safetensors': encodeSafetensors(tensors),
    ...extra,
  })
}

/** `BertForMaskedLM` of two layers, 12 words, hidden size 8. */
export function tinyBert(): ModelFixture {
  const config = {
    model_type: 'bert',
    vocab_size: 12,
    hidden_size: 8,
    num_hidden_layers: 2,
    num_attention_heads: 2,
    intermediate_size: 16,
    max_position_embeddings: 32,
    type_vocab_size: 2,
    hidden_act: 'gelu',
  }
  const shapes: Record<string, readonly number[]> = {
    'bert.embeddings.word_embeddings.weight': [12, 8],
    'bert.embeddings.position_embeddings.weight': [32, 8],
    'bert.embeddings.token_type_embeddings.weight': [2, 8],
    ...norm('bert.embeddings.LayerNorm'),
    ...bertLayer('bert.encoder.layer.0'),
    ...bertLayer('bert.encoder.layer.1'),
    ...dense('cls.predictions.transform.dense', 8, 8),
    ...norm('cls.predictions.transform.LayerNorm'),
    'cls.predictions.bias': [12],
  }
  return { config, tensors: randomTensors(shapes) }
}

/** Random tensors by name; scales of layer normalisations lie around 1. */
export function randomTensors(shapes: Readonly<Record<string, readonly number[]>>): ModelFixture['tensors'] {
  return Object.fromEntries(
    Object.entries(shapes).map(([name, shape], index) => {
      const random = randomTensor(shape, index + 1)
      const isScale = /norm\.weight$/i.test(name)
      return [name, isScale ? { shape, values: random.values.map((value) => 1 + value) } : random]
    }),
  )
}

function bertLayer(prefix: string): Record<string, readonly number[]> {
  return {
    ...dense(`${prefix}.attention.self.query`, 8, 8),
    ...dense(`${prefix}.attention.self.key`, 8, 8),
    ...dense(`${prefix}.attention.self.value`, 8, 8),
    ...dense(`${prefix}.attention.output.dense`, 8, 8),
    ...norm(`${prefix}.attention.output.LayerNorm`),
    ...dense(`${prefix}.intermediate.dense`, 16, 8),
    ...dense(`${prefix}.output.dense`, 8, 16),
    ...norm(`${prefix}.output.LayerNorm`),
  }
}

function dense(name: string, outSize: number, inSize: number): Record<string, readonly number[]> {
  return { [`${name}.weight`]: [outSize, inSize], [`${name}.bias`]: [outSize] }
}

function norm(name: string): Record<string, readonly number[]> {
  return { [`${name}.weight`]: [8], [`${name}.bias`]: [8] }
}

function wordTokenizer(vocabularySize: number): object {
  const words = Array.from({ length: vocabularySize }, (_, id): [string, number] => [
    id === 0 ? '[UNK]' : `word${id}`,
    id,
  ])
  return {
    version: '1.0',
    added_tokens: [],
    normalizer: null,
    pre_tokenizer: { type: 'BertPreTokenizer' },
    post_processor: null,
    decoder: null,
    model: {
      type: 'WordPiece',
      unk_token: '[UNK]',
      continuing_subword_prefix: '##',
      max_input_chars_per_word: 100,
      vocab: Object.fromEntries(words),
    },
  }
}

function encodeValues(values: Float32Array, type: FixtureType): Buffer {
  const buffer = Buffer.alloc(values.length * ELEMENT_BYTES[type])
  values.forEach((value, index) => {
    switch (type) {
      case 'F32':
        return buffer.writeFloatLE(value, 4 * index)
      case 'BF16':
        return buffer.writeUInt16LE(bfloat16(value), 2 * index)
      case 'I8':
        return buffer.writeInt8(value, index)
    }
  })
  return buffer
}

/** The upper half of a 32-bit float, cut off and not rounded. */
function bfloat16(value: number): number {
  const bits = new DataView(new ArrayBuffer(4))
  bits.setFloat32(0, value)
  return bits.getUint16(0)
}

function elements(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1)
}
