import { ConfigurationError } from '../errors.js'
import type { SparseFieldType } from '../rank-features/field-type.js'
import type { EngineClient, EngineInfo } from './client.js'
import { EngineResponseError } from './failure.js'
import { indexPath } from './index-path.js'
import { atLeast } from './version.js'

/** The first Elasticsearch with the `sparse_vector` query. */
const FIRST_WITH_SPARSE_VECTOR = '8.15.0'

/** Whether an engine of this release knows `sparse_vector` fields and queries. */
export function hasSparseVector({ distribution, version }: EngineInfo): boolean {
  return distribution === 'elasticsearch' && atLeast(version, FIRST_WITH_SPARSE_VECTOR)
}

/**
 * The type of field for a new index: the one asked for, else `rank_features` wherever the engine has its module
 * mapper-extras, else `sparse_vector`.
 *
 * @param index name of the index to be; nothing is created
 * @throws ConfigurationError for `sparse_vector` where the engine does not know it
 */
export async function chooseFieldType(
  client: EngineClient,
  index: string,
  asked: SparseFieldType | undefined,
): Promise<SparseFieldType> {
  if (asked === 'sparse_vector') requireSparseVector(client.info)
  if (asked !== undefined) return asked
  if (!hasSparseVector(client.info)) return 'rank_features'
  return (await knowsRankFeature(client, index)) ? 'rank_features' : 'sparse_vector'
}

function requireSparseVector(info: EngineInfo): void {
  if (hasSparseVector(info)) return
  throw new ConfigurationError(
    'fieldType',
    `sparse_vector needs Elasticsearch ${FIRST_WITH_SPARSE_VECTOR} or later, and this is ${info.distribution} ` +
      `${info.version}: use rank_features`,
    'sparse_vector',
  )
}

/**
 * Asks by a search: unlike a list of the node's modules it needs no rights beyond those on the index. A query is
 * parsed, and one that is unknown refused, before the engine looks for the index.
 */
async function knowsRankFeature(client: EngineClient, index: string): Promise<boolean> {
  try {
    await client.request({
      method: 'POST',
      path: indexPath(index, '_search'),
      query: { ignore_unavailable: true },
      body: { size: 0, query: { rank_feature: { field: 'any.feature', linear: {} } } },
    })
    return true
  } catch (error) {
    if (error instanceof EngineResponseError && error.reasonType === 'parsing_exception') return false
    throw error
  }
}
