import { createConnector, type UpstreamTls } from './upstream-tls.js'
import { UpstreamNode } from './upstream-node.js'
import { ConfigurationError } from '../../errors.js'

export interface UpstreamsOptions {
  /** Addresses of the nodes of one cluster; at least one. */
  readonly addresses: readonly string[]
  readonly tls?: UpstreamTls
  readonly connectTimeoutMs: number
  readonly answerTimeoutMs: number
  readonly connections?: number
  /** Time between two looks at each node; 0 looks never. */
  readonly healthIntervalMs: number
  /** Sent with health checks: `Authorization` of configured credentials. */
  readonly authorization?: string
  /** Told whenever a node comes or goes, with the reason for going. */
  readonly onChange?: (node: UpstreamNode, reason?: string) => void
}

/** A look takes longer than this: the node is not well. */
const LOOK_TIMEOUT_MS = 5_000

/** The nodes of the upstream: which of them is asked next, and which can be reached. */
export class Upstreams {
  readonly nodes: readonly UpstreamNode[]
  readonly #options: UpstreamsOptions
  readonly #timer: NodeJS.Timeout | undefined
  #turn = 0

  /** @throws ConfigurationError for an address, a fingerprint, a certificate or a key that cannot be used */
  constructor(options: UpstreamsOptions) {
    const { addresses, tls, connectTimeoutMs, answerTimeoutMs, connections } = options
    if (addresses.length === 0) throw new ConfigurationError('upstream', 'must be given', undefined)
    const connect = createConnector(tls, connectTimeoutMs)
    this.#options = options
    this.nodes = addresses.map(
      (address) =>
        new UpstreamNode(address, {
          connect,
          answerTimeoutMs,
          ...(connections !== undefined && { connections }),
        }),
    )
    requireTlsNodes(this.nodes, tls)
    if (options.healthIntervalMs > 0 && this.nodes.length > 1)
      this.#timer = this.#lookEvery(options.healthIntervalMs)
  }

  /**
   * The node with the fewest requests in flight, in turns where several have as few; nodes that cannot be reached
   * only where there is no other.
   *
   * @param tried nodes that this request has been to already
   * @returns undefined where all were tried
   */
  pick(tried?: ReadonlySet<UpstreamNode>): UpstreamNode | undefined {
    this.#turn = (this.#turn + 1) % this.nodes.length
    let best: UpstreamNode | undefined
    for (let step = 0; step < this.nodes.length; step++) {
      const node = this.nodes[(this.#turn + step) % this.nodes.length]
      if (node === undefined || tried?.has(node) === true) continue
      if (best === undefined || isBetter(node, best)) best = node
    }
    return best
  }

  /** Notes whether an attempt reached a node. */
  mark(node: UpstreamNode, isUp: boolean, reason?: string): void {
    if (node.isUp === isUp) return
    node.isUp = isUp
    this.#options.onChange?.(node, reason)
  }

  /** Asks every node for a sign of life. Any answer below 500 is one: `401` only says that we are nobody. */
  async look(): Promise<void> {
    await Promise.all(this.nodes.map((node) => this.#lookAt(node)))
  }

  /** True if some node can be reached, as far as is known. */
  get isUp(): boolean {
    return this.nodes.some(({ isUp }) => isUp)
  }

  /** Cuts all connections. */
  async close(): Promise<void> {
    clearInterval(this.#timer)
    await Promise.all(this.nodes.map(({ pool }) => pool.destroy()))
  }

  #lookEvery(intervalMs: number): NodeJS.Timeout {
    return setInterval(() => {
      void this.look()
    }, intervalMs).unref()
  }

  async #lookAt(node: UpstreamNode): Promise<void> {
    const { authorization } = this.#options
    try {
      const answer = await node.pool.request({
        method: 'GET',
        path: node.pathOf('/'),
        headers: authorization === undefined ? {} : { authorization },
        signal: AbortSignal.timeout(LOOK_TIMEOUT_MS),
        headersTimeout: LOOK_TIMEOUT_MS,
      })
      await answer.body.dump()
      this.mark(node, answer.statusCode < 500, `answered ${answer.statusCode}`)
    } catch (error) {
      this.mark(node, false, (error as Error).message)
    }
  }
}

/** Whoever pins a certificate, or shows one, counts on it: without TLS it would do nothing. */
function requireTlsNodes(nodes: readonly UpstreamNode[], tls: UpstreamTls = {}): void {
  const plain = nodes.find(({ origin }) => origin.startsWith('http:'))
  const option = (['fingerprint', 'certificate'] as const).find((name) => tls[name] !== undefined)
  if (plain !== undefined && option !== undefined)
    throw new ConfigurationError(`upstreamTls.${option}`, 'needs upstreams of https:// only', plain.origin)
}

function isBetter(node: UpstreamNode, other: UpstreamNode): boolean {
  if (node.isUp !== other.isUp) return node.isUp
  return node.inFlight < other.inFlight
}
