/**
 * Field types that hold a sparse vector, in order of preference. Both keep 9 significant bits of a weight in Lucene's
 * `FeatureField` and score by the sum of products, so the same vectors give the same scores; `rank_features` is known
 * to every engine with mapper-extras, `sparse_vector` to Elasticsearch 8.15 and later.
 */
export const SPARSE_FIELD_TYPES = ['rank_features', 'sparse_vector'] as const

/** One of {@link SPARSE_FIELD_TYPES}. */
export type SparseFieldType = (typeof SPARSE_FIELD_TYPES)[number]
