/** Numbers a slot: parent node, UTF-16 unit, child node. */
const STRIDE = 3

/** Slots an edge; below two, searches grow long. */
const SLOTS_PER_EDGE = 2

/**
 * The tokens of a vocabulary as a tree over UTF-16 units, for finding all tokens that start at a place by walking
 * once. Edges stand in one hash table of typed arrays: 30 bytes a node, where a tree of Maps takes ten times that.
 */
export class TokenTrie {
  /** The node of the empty string. */
  static readonly ROOT = 0
  /** What {@link step} gives where no token goes on. */
  static readonly NONE = -1

  private readonly edges: Int32Array
  private readonly mask: number
  private readonly ids: Int32Array
  private nodeCount = 1

  /** @param idsByToken the vocabulary */
  constructor(idsByToken: ReadonlyMap<string, number>) {
    let units = 1
    for (const token of idsByToken.keys()) units += token.length
    let size = 16
    while (size < SLOTS_PER_EDGE * units) size *= 2
    this.mask = size - 1
    this.edges = new Int32Array(STRIDE * size).fill(-1)
    this.ids = new Int32Array(units).fill(TokenTrie.NONE)
    for (const [token, id] of idsByToken) this.ids[this.addPath(token)] = id
  }

  /** The node one unit further; {@link NONE} if no token goes on like this. */
  step(node: number, unit: number): number {
    return this.edges[STRIDE * this.slotOf(node, unit) + 2] ?? TokenTrie.NONE
  }

  /** The node of a string; {@link NONE} if no token starts like this. */
  walk(text: string): number {
    let node = TokenTrie.ROOT
    for (let unit = 0; unit < text.length && node !== TokenTrie.NONE; unit++) {
      node = this.step(node, text.charCodeAt(unit))
    }
    return node
  }

  /** The id of the token that ends at a node; {@link NONE} if none does. */
  idAt(node: number): number {
    return this.ids[node] ?? TokenTrie.NONE
  }

  private addPath(token: string): number {
    let node = TokenTrie.ROOT
    for (let index = 0; index < token.length; index++) {
      const unit = token.charCodeAt(index)
      const slot = STRIDE * this.slotOf(node, unit)
      if (this.edges[slot] === -1) this.edges.set([node, unit, this.nodeCount++], slot)
      node = this.edges[slot + 2] ?? TokenTrie.NONE
    }
    return node
  }

  private slotOf(node: number, unit: number): number {
    let slot = (Math.imul(node, 0x9e3779b1) ^ Math.imul(unit, 0x85ebca6b)) >>> 7
    for (slot &= this.mask; ; slot = (slot + 1) & this.mask) {
      const parent = this.edges[STRIDE * slot]
      if (parent === -1 || (parent === node && this.edges[STRIDE * slot + 1] === unit)) return slot
    }
  }
}
