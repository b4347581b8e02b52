import type { EngineInfo } from './client.js'
import { atLeast } from './version.js'

/** The first OpenSearch that has them without a feature flag; before, it refuses the parameter. */
const FIRST_WITH_SEARCH_PIPELINES = '2.9.0'

/**
 * Parameters for a search whose answer nobody but the bridge reads: the index's default search pipeline, which may cut
 * hits off or rename their fields, is not for it.
 *
 * @param info undefined where nobody could find out: no parameters
 */
export function pastSearchPipelines(info: EngineInfo | undefined): Readonly<Record<string, string>> {
  const hasPipelines =
    info?.distribution === 'opensearch' && atLeast(info.version, FIRST_WITH_SEARCH_PIPELINES)
  return hasPipelines ? { search_pipeline: '_none' } : {}
}
