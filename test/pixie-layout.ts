import { type ModelFixture, randomTensor, randomTensors, writeModelFolder } from './model-folder.js'

const HIDDEN = 64
const INTERMEDIATE = 96
const LAYERS = 3
const SPECIAL = ['[UNK]', '[CLS]', '[SEP]', '[PAD]', '[MASK]']
/** Layers add this little to the embeddings, so that a token mostly means itself. */
const QUIET = 0.02
/** Between the logit of a token for itself and those for unrelated ones. */
const THRESHOLD = -4.8

/**
 * A small random model in the layout of telepix/PIXIE-Splade-Preview: ModernBERT with sliding windows, byte-level BPE,
 * SpladePooling. Each syllable of the texts is a token. It finds what has the words of a query, and nothing else.
 */
export function writePixieLayout(folder: string, texts: readonly string[]): Promise<string> {
  const { vocabulary, merges } = learnSyllables(texts)
  return writeModelFolder(folder, modernBert(vocabulary.length, vocabulary.indexOf(SPACE)), {
    'tokenizer.json': tokenizer(vocabulary, merges),
    'tokenizer_config.json': { model_max_length: 8192 },
    'modules.json': [
      { idx: 0, name: '0', path: '', type: 'sentence_transformers.sparse_encoder.models.MLMTransformer' },
      {
        idx: 1,
        name: '1',
        path: '1_SpladePooling',
        type: 'sentence_transformers.sparse_encoder.models.SpladePooling',
      },
    ],
    'sentence_bert_config.json': { max_seq_length: 8192, do_lower_case: false },
    '1_SpladePooling/config.json': {
      pooling_strategy: 'max',
      activation_function: 'relu',
      word_embedding_dimension: vocabulary.length,
    },
  })
}

function modernBert(vocabularySize: number, space: number): ModelFixture {
  const config = {
    model_type: 'modernbert',
    vocab_size: vocabularySize,
    hidden_size: HIDDEN,
    intermediate_size: INTERMEDIATE,
    num_hidden_layers: LAYERS,
    num_attention_heads: 4,
    max_position_embeddings: 8192,
    global_attn_every_n_layers: 3,
    local_attention: 16,
    global_rope_theta: 160_000,
    local_rope_theta: 10_000,
    tie_word_embeddings: true,
  }
  const bias = new Float32Array(vocabularySize).fill(THRESHOLD)
  // A space stands in every text and means nothing.
  bias[space] = -100
  const layers = Array.from({ length: LAYERS }, (_, layer) => layerShapes(layer))
  return {
    config,
    tensors: {
      ...randomTensors({
        'model.embeddings.norm.weight': [HIDDEN],
        ...Object.fromEntries(layers.flatMap((shapes) => Object.entries(shapes))),
        'model.final_norm.weight': [HIDDEN],
        'head.norm.weight': [HIDDEN],
      }),
      ...quiet(layers),
      'model.embeddings.tok_embeddings.weight': scaled([vocabularySize, HIDDEN], 7, 3.5 / Math.sqrt(HIDDEN)),
      'head.dense.weight': identity(HIDDEN),
      'decoder.bias': { shape: [vocabularySize], values: bias },
    },
  }
}

function layerShapes(layer: number): Record<string, readonly number[]> {
  const prefix = `model.layers.${layer}`
  return {
    ...(layer > 0 && { [`${prefix}.attn_norm.weight`]: [HIDDEN] }),
    [`${prefix}.attn.Wqkv.weight`]: [3 * HIDDEN, HIDDEN],
    [`${prefix}.attn.Wo.weight`]: [HIDDEN, HIDDEN],
    [`${prefix}.mlp_norm.weight`]: [HIDDEN],
    [`${prefix}.mlp.Wi.weight`]: [2 * INTERMEDIATE, HIDDEN],
    [`${prefix}.mlp.Wo.weight`]: [HIDDEN, INTERMEDIATE],
  }
}

function quiet(layers: readonly Record<string, readonly number[]>[]): ModelFixture['tensors'] {
  const outputs = layers.flatMap((shapes) => Object.entries(shapes).filter(([name]) => name.includes('.Wo.')))
  return Object.fromEntries(outputs.map(([name, shape], index) => [name, scaled(shape, index, QUIET)]))
}

function scaled(shape: readonly number[], seed: number, factor: number) {
  return { shape, values: randomTensor(shape, seed + 100).values.map((value) => value * factor) }
}

function identity(size: number) {
  const values = new Float32Array(size * size)
  for (let row = 0; row < size; row++) values[row * size + row] = 1
  return { shape: [size, size], values }
}

function tokenizer(vocabulary: readonly string[], merges: readonly (readonly string[])[]): object {
  return {
    version: '1.0',
    truncation: null,
    padding: null,
    added_tokens: SPECIAL.map((content, id) => ({
      id,
      content,
      single_word: false,
      lstrip: content === '[MASK]',
      rstrip: false,
      normalized: false,
      special: true,
    })),
    normalizer: { type: 'NFC' },
    pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
    post_processor: {
      type: 'TemplateProcessing',
      single: ['[CLS]', 'A', '[SEP]'].map((id) =>
        id === 'A' ? { Sequence: { id, type_id: 0 } } : { SpecialToken: { id, type_id: 0 } },
      ),
      pair: [],
      special_tokens: Object.fromEntries(
        ['[CLS]', '[SEP]'].map((token) => [
          token,
          { id: token, ids: [SPECIAL.indexOf(token)], tokens: [token] },
        ]),
      ),
    },
    decoder: { type: 'ByteLevel', add_prefix_space: true, trim_offsets: true, use_regex: true },
    model: {
      type: 'BPE',
      dropout: null,
      unk_token: null,
      continuing_subword_prefix: null,
      end_of_word_suffix: null,
      fuse_unk: false,
      byte_fallback: false,
      ignore_merges: false,
      vocab: Object.fromEntries(vocabulary.map((token, id) => [token, id])),
      merges,
    },
  }
}

/** GPT-2's visible stand-ins for bytes. */
const BYTES: readonly string[] = standIns()
const SPACE = BYTES[0x20]!

function standIns(): readonly string[] {
  const isVisible = (byte: number): boolean =>
    (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte <= 0xac) || byte >= 0xae
  let next = 0x100
  return Array.from({ length: 256 }, (_, byte) => String.fromCharCode(isVisible(byte) ? byte : next++))
}

/** Merges the bytes of each syllable, one after the other. */
function learnSyllables(texts: readonly string[]) {
  const merges = new Map<string, readonly string[]>()
  const vocabulary = new Set([...SPECIAL, ...BYTES])
  for (const syllable of new Set(texts.join('').match(/\p{L}/gu))) {
    const [first = '', ...rest] = [...Buffer.from(syllable)].map((byte) => BYTES[byte]!)
    rest.reduce((merged, byte) => {
      merges.set(`${merged} ${byte}`, [merged, byte])
      vocabulary.add(merged + byte)
      return merged + byte
    }, first)
  }
  return { vocabulary: [...vocabulary], merges: [...merges.values()] }
}
