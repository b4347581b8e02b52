import { EncodingError } from '../errors.js'

/** Token <-> id, both ways, added tokens included. */
export class Vocabulary {
  private readonly tokens: (string | undefined)[] = []
  private readonly ids: Map<string, number>

  /**
   * @param idsByToken the model's own vocabulary
   * @param added tokens on top of it; where both name an id, the added one counts
   */
  constructor(
    idsByToken: ReadonlyMap<string, number>,
    added: readonly { readonly id: number; readonly content: string }[],
  ) {
    this.ids = new Map(idsByToken)
    for (const { id, content } of added) this.ids.set(content, id)
    for (const [token, id] of idsByToken) this.tokens[id] = token
    for (const { id, content } of added) this.tokens[id] = content
  }

  /** Highest id + 1. */
  get size(): number {
    return this.tokens.length
  }

  /** The id of a token; undefined if there is none. */
  idOf(token: string): number | undefined {
    return this.ids.get(token)
  }

  /** False for an id that no token has: some vocabularies leave ids out. */
  has(id: number): boolean {
    return this.tokens[id] !== undefined
  }

  /** @throws {EncodingError} naming the id, if no token has it */
  tokenOf(id: number): string {
    const token = this.tokens[id]
    if (token === undefined) throw new EncodingError(`token id ${id} must be below ${this.size} and in use`)
    return token
  }
}
