/**
 * A published sparse model. What its authors do not state, and what was not read in its repository, is undefined:
 * nothing here is estimated.
 */
export interface CatalogueEntry {
  /** Id on the Hugging Face Hub. */
  readonly id: string
  /** SPDX identifier. */
  readonly licence: string
  readonly languages: string
  /** `model_type` of its config.json. */
  readonly architecture: string
  /** As its card or the hub states it, for example `67M`. */
  readonly parameters: string | undefined
  /** Of the weights, for example `670 MB`. */
  readonly size: string | undefined
  /** Size of its vocabulary, which is the length of its vectors. */
  readonly vocabularySize: number | undefined
  /**
   * The form in which weights are published. `pytorch` must be saved as safetensors first: reading such a file
   * runs code.
   */
  readonly weights: 'safetensors' | 'onnx' | 'pytorch'
  readonly notes: string
}

const OPENSEARCH = 'opensearch-project/opensearch-neural-sparse-encoding'
const WITHOUT_INFERENCE = 'queries need no inference'

/** Read from the models' cards, configurations and file lists on the hub. */
export const CATALOGUE: readonly Readonly<CatalogueEntry>[] = Object.freeze(
  (
    [
      {
        id: 'telepix/PIXIE-Splade-Preview',
        licence: 'apache-2.0',
        languages: 'Korean',
        architecture: 'modernbert',
        parameters: '149M',
        size: undefined,
        vocabularySize: 50_000,
        weights: 'safetensors',
        notes: 'texts up to 8,192 tokens; SPLADE pooling, max',
      },
      {
        id: 'naver/splade-v3',
        licence: 'cc-by-nc-sa-4.0',
        languages: 'English',
        architecture: 'bert',
        parameters: undefined,
        size: undefined,
        vocabularySize: undefined,
        weights: 'pytorch',
        notes: 'gated: accept the licence first; no commercial use; SPLADE pooling',
      },
      {
        id: 'naver/splade-cocondenser-ensembledistil',
        licence: 'cc-by-nc-sa-4.0',
        languages: 'English',
        architecture: 'bert',
        parameters: undefined,
        size: undefined,
        vocabularySize: undefined,
        weights: 'pytorch',
        notes: 'no commercial use',
      },
      {
        id: `${OPENSEARCH}-doc-v2-distill`,
        licence: 'apache-2.0',
        languages: 'English',
        architecture: 'distilbert',
        parameters: '67M',
        size: undefined,
        vocabularySize: 30_522,
        weights: 'safetensors',
        notes: WITHOUT_INFERENCE,
      },
      {
        id: `${OPENSEARCH}-doc-v3-distill`,
        licence: 'apache-2.0',
        languages: 'English',
        architecture: 'distilbert',
        parameters: '67M',
        size: undefined,
        vocabularySize: undefined,
        weights: 'safetensors',
        notes: WITHOUT_INFERENCE,
      },
      {
        id: `${OPENSEARCH}-multilingual-v1`,
        licence: 'apache-2.0',
        languages: '15, listed on its card',
        architecture: 'bert',
        parameters: '0.2B',
        size: '670 MB',
        vocabularySize: 105_879,
        weights: 'safetensors',
        notes: WITHOUT_INFERENCE,
      },
      {
        id: 'prithivida/Splade_PP_en_v2',
        licence: 'apache-2.0',
        languages: 'English',
        architecture: 'bert',
        parameters: undefined,
        size: undefined,
        vocabularySize: undefined,
        weights: 'onnx',
        notes: 'an independent SPLADE++; its export in onnx/ is used',
      },
      {
        id: 'ibm-granite/granite-embedding-30m-sparse',
        licence: 'apache-2.0',
        languages: 'English',
        architecture: 'roberta',
        parameters: '30M',
        size: undefined,
        vocabularySize: 50_265,
        weights: 'safetensors',
        notes: 'weights in bfloat16; texts up to 512 tokens',
      },
    ] satisfies CatalogueEntry[]
  ).map((entry) => Object.freeze(entry)),
)
