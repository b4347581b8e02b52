import { LRUCache } from 'lru-cache'
import type { NativeForm } from './hybrid-search.js'

/** A plugin may be installed, or a licence bought, without a restart of the proxy. */
const REMEMBERED_MS = 5 * 60_000

const REMEMBERED_PIPELINES = 1000

/**
 * Which forms of hybrid search the engine carries out itself. It is tried and not asked: who has a plugin's or a
 * licence's name may still be refused, and reading those needs rights that a search does not.
 */
export class EngineAbilities {
  private readonly known = new Map<NativeForm, { readonly isAble: boolean; readonly until: number }>()
  private readonly pipelines: LRUCache<string, boolean>

  /** @param pipelineMs how long it is remembered whether a search pipeline fuses, in milliseconds; 0 is not at all */
  constructor(private readonly pipelineMs: number) {
    this.pipelines = new LRUCache({ max: REMEMBERED_PIPELINES, ...(pipelineMs > 0 && { ttl: pipelineMs }) })
  }

  /** @returns undefined where that has not been tried lately */
  knows(form: NativeForm): boolean | undefined {
    const entry = this.known.get(form)
    return entry !== undefined && entry.until > performance.now() ? entry.isAble : undefined
  }

  learn(form: NativeForm, isAble: boolean): void {
    this.known.set(form, { isAble, until: performance.now() + REMEMBERED_MS })
  }

  /**
   * Whether the hits of a `hybrid` query come fused, which OpenSearch leaves to a search pipeline.
   *
   * @param pipeline what the pipeline depends on: the indices, which may have one by default, and the one that is named
   * @returns undefined where that has not been tried lately
   */
  knowsPipeline(pipeline: string): boolean | undefined {
    return this.pipelines.get(pipeline)
  }

  learnPipeline(pipeline: string, fuses: boolean): void {
    if (this.pipelineMs > 0) this.pipelines.set(pipeline, fuses)
  }
}

/** How engines without a form name it; a form that they know may hold a query that they do not. */
const UNKNOWN: Readonly<Record<NativeForm, RegExp>> = {
  hybrid: /(?:unknown query|no \[query\] registered for) \[hybrid\]/i,
  rrf: unknownRetriever('rrf'),
  linear: unknownRetriever('linear'),
}

function unknownRetriever(form: string): RegExp {
  return new RegExp(String.raw`unknown (?:key for a \w+ in|field) \[retriever\]|unknown \w+ \[${form}\]`, 'i')
}

/**
 * True for an answer by which an engine says that it cannot fuse at all: OpenSearch without its plugin neural-search,
 * an engine that is older than retrievers, or a licence without them.
 */
export function saysUnable(form: NativeForm, status: number, body: string): boolean {
  if (status === 403) return body.includes('license is non-compliant')
  return status === 400 && UNKNOWN[form].test(body)
}
