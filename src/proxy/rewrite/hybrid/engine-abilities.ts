import type { NativeForm } from './hybrid-search.js'

/** A plugin may be installed, or a licence bought, without a restart of the proxy. */
const REMEMBERED_MS = 5 * 60_000

/**
 * Which forms of hybrid search the engine carries out itself. It is tried and not asked: who has a plugin's or a
 * licence's name may still be refused, and reading those needs rights that a search does not.
 */
export class EngineAbilities {
  private readonly known = new Map<NativeForm, { readonly isAble: boolean; readonly until: number }>()

  /** @returns undefined where that has not been tried lately */
  knows(form: NativeForm): boolean | undefined {
    const entry = this.known.get(form)
    return entry !== undefined && entry.until > performance.now() ? entry.isAble : undefined
  }

  learn(form: NativeForm, isAble: boolean): void {
    this.known.set(form, { isAble, until: performance.now() + REMEMBERED_MS })
  }
}

/**
 * True for an answer by which an engine says that it cannot fuse at all: OpenSearch without its plugin neural-search,
 * an engine that is older than retrievers, or a licence without them.
 */
export function saysUnable(status: number, body: string): boolean {
  if (status === 403) return body.includes('license is non-compliant')
  return (
    status === 400 &&
    /unknown (query|retriever|key)|no \[query\] registered|Unknown key for|unknown field \[retriever\]/i.test(
      body,
    )
  )
}
