import type { EngineInfo, EngineRequester } from '../../../engine/client.js'
import { detectEngine } from '../../../engine/detect.js'
import { EngineError } from '../../../errors.js'

/** An upgrade goes node by node and takes longer than this. */
const REMEMBERED_MS = 5 * 60_000

/** Which engine the upstream is, asked by the first client that needs to know and may. */
export class UpstreamEngine {
  private known: { readonly info: EngineInfo; readonly until: number } | undefined

  /** @returns undefined where the engine does not tell this caller */
  async info(client: EngineRequester): Promise<EngineInfo | undefined> {
    if (this.known !== undefined && this.known.until > performance.now()) return this.known.info
    try {
      const info = await detectEngine({
        send: (request) => client.request(request),
        close: () => Promise.resolve(),
      })
      this.known = { info, until: performance.now() + REMEMBERED_MS }
      return info
    } catch (error) {
      if (error instanceof EngineError) return undefined
      throw error
    }
  }
}
