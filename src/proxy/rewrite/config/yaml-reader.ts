import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml'
import { InputError } from '../../../errors.js'

/** A YAML (or JSON, which is YAML) file, of which every value knows its line. */
export class YamlFile {
  private readonly lines = new LineCounter()
  readonly root: YamlValue

  /**
   * @param name of the file, for errors
   * @throws InputError for what is no YAML, naming the line
   */
  constructor(
    private readonly name: string,
    text: string,
  ) {
    const document = parseDocument(text, { lineCounter: this.lines })
    const [error] = document.errors
    if (error !== undefined)
      throw new InputError(name, this.lineAt(error.pos[0]), `is not valid YAML: ${firstLine(error.message)}`)
    this.root = new YamlValue(this, document.contents ?? undefined, '')
  }

  /** @throws InputError always */
  fail(node: Node | undefined, rule: string): never {
    const offset = node?.range?.[0]
    throw new InputError(this.name, offset === undefined ? undefined : this.lineAt(offset), rule)
  }

  private lineAt(offset: number): number {
    return this.lines.linePos(offset).line
  }
}

/** A value, with the path that messages name it by. Every method throws InputError for a value of another kind. */
export class YamlValue {
  constructor(
    private readonly file: YamlFile,
    private readonly node: Node | undefined,
    readonly path: string,
  ) {}

  /** The members of a mapping, by name; none where there is nothing. */
  members(known: readonly string[]): ReadonlyMap<string, YamlValue> {
    if (this.node === undefined) return new Map()
    if (!isMap(this.node)) return this.refuse('must be a mapping')
    const members = new Map<string, YamlValue>()
    for (const { key, value } of this.node.items) {
      const name = isScalar(key) ? String(key.value) : ''
      const path = this.path === '' ? name : `${this.path}.${name}`
      const member = new YamlValue(this.file, (value ?? key) as Node, path)
      if (!known.includes(name)) member.fail(`is not known here; known are ${known.join(', ')}`)
      members.set(name, member)
    }
    return members
  }

  items(): readonly YamlValue[] {
    if (!isSeq(this.node)) return this.refuse('must be a list')
    return this.node.items.map(
      (item, place) => new YamlValue(this.file, item as Node, `${this.path}[${place}]`),
    )
  }

  string(): string {
    const value = this.scalar()
    return typeof value === 'string' ? value : this.refuse('must be a text')
  }

  number(): number {
    const value = this.scalar()
    return typeof value === 'number' ? value : this.refuse('must be a number')
  }

  boolean(): boolean {
    const value = this.scalar()
    return typeof value === 'boolean' ? value : this.refuse('must be true or false')
  }

  oneOf<Choice extends string>(choices: readonly Choice[]): Choice {
    const value = this.scalar()
    return choices.find((choice) => choice === value) ?? this.refuse(`must be ${choices.join(' or ')}`)
  }

  strings(): readonly string[] {
    return this.items().map((item) => item.string())
  }

  /** @throws InputError with the file, the line and the path of this value */
  fail(rule: string): never {
    return this.file.fail(this.node, `${this.path === '' ? 'the file' : this.path} ${rule}`)
  }

  /** As {@link fail}, with what was found instead. */
  private refuse(rule: string): never {
    return this.fail(`${rule}, received ${this.shown()}`)
  }

  private shown(): string {
    if (isMap(this.node)) return 'a mapping'
    return isSeq(this.node) ? 'a list' : JSON.stringify(this.scalar() ?? null)
  }

  private scalar(): unknown {
    return isScalar(this.node) ? this.node.value : undefined
  }
}

function firstLine(message: string): string {
  return message.split('\n', 1)[0] ?? message
}
