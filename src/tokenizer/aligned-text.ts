/** Where each UTF-16 unit of a rewritten text came from in the original text. */
interface Alignment {
  /** First unit of the original that the unit came from. */
  startOf(unit: number): number
  /** The unit of the original after the last that the unit came from. */
  endOf(unit: number): number
}

/**
 * A text after some rewriting that still knows, for each of its UTF-16 units, which units of the original text
 * it came from: always whole characters. Slices share their parent's alignment.
 */
export class AlignedText {
  /**
   * @param text the text as it reads now
   * @param alignment of the text that this one is a slice of
   * @param from where this text starts in that one
   */
  constructor(
    readonly text: string,
    private readonly alignment: Alignment,
    private readonly from = 0,
  ) {}

  /**
   * The original text, or a part of it, before any rewriting.
   *
   * @param offset where the part starts in the original text
   */
  static original(text: string, offset = 0): AlignedText {
    return new AlignedText(text, new UnchangedAlignment(text, offset))
  }

  /** The first unit of the original that the unit here came from. */
  startOf(unit: number): number {
    return this.alignment.startOf(this.from + unit)
  }

  /** The unit of the original after the last that the unit here came from. */
  endOf(unit: number): number {
    return this.alignment.endOf(this.from + unit)
  }

  /** The part `[start, end)` of the text as it reads now. */
  slice(start: number, end: number): AlignedText {
    if (start === 0 && end === this.text.length) return this
    return new AlignedText(this.text.slice(start, end), this.alignment, this.from + start)
  }

  /**
   * Rewrites character by character (Unicode code points).
   *
   * @param rewrite gives what a character becomes: itself, nothing, or several characters; all of them come from
   *   where the character came from
   */
  rewriteCharacters(rewrite: (character: string) => string): AlignedText {
    let rewritten = ''
    for (let unit = 0; unit < this.text.length;) {
      const character = characterAt(this.text, unit)
      const replacement = rewrite(character)
      if (replacement.length !== character.length) return this.rewriteFrom(unit, rewritten, rewrite)
      rewritten += replacement
      unit += character.length
    }
    // Most texts keep their lengths: no new alignment then.
    return rewritten === this.text ? this : new AlignedText(rewritten, this.alignment, this.from)
  }

  /** Goes on with {@link rewriteCharacters} where lengths start to differ. */
  private rewriteFrom(from: number, before: string, rewrite: (character: string) => string): AlignedText {
    // A syllable becomes up to three jamo, or three bytes.
    const builder = new AlignedTextBuilder(3 * this.text.length)
    builder.appendAll(new AlignedText(before, this.alignment, this.from))
    for (let unit = from; unit < this.text.length;) {
      const character = characterAt(this.text, unit)
      builder.append(rewrite(character), this.startOf(unit), this.endOf(unit))
      unit += character.length
    }
    return builder.build()
  }
}

/** Puts an {@link AlignedText} together, piece by piece from the left. */
export class AlignedTextBuilder {
  private text = ''
  private starts: Int32Array
  private ends: Int32Array

  /** @param expectedLength units to make room for at first */
  constructor(expectedLength: number) {
    this.starts = new Int32Array(expectedLength)
    this.ends = new Int32Array(expectedLength)
  }

  /** Adds a piece, all of whose units come from `[start, end)` of the original. */
  append(piece: string, start: number, end: number): void {
    let unit = this.text.length
    this.text += piece
    this.makeRoom(this.text.length)
    for (; unit < this.text.length; unit++) {
      this.starts[unit] = start
      this.ends[unit] = end
    }
  }

  /** Adds units `[from, to)` of another text, each with its own place of origin. */
  appendFrom(source: AlignedText, from: number, to: number): void {
    const shift = this.text.length - from
    this.text += source.text.slice(from, to)
    this.makeRoom(this.text.length)
    for (let unit = from; unit < to; unit++) {
      this.starts[unit + shift] = source.startOf(unit)
      this.ends[unit + shift] = source.endOf(unit)
    }
  }

  /** Adds another text, each unit with its own place of origin. */
  appendAll(source: AlignedText): void {
    this.appendFrom(source, 0, source.text.length)
  }

  /** The finished text; the builder must not be used afterwards. */
  build(): AlignedText {
    return new AlignedText(this.text, new ListedAlignment(this.starts, this.ends))
  }

  private makeRoom(length: number): void {
    if (length <= this.starts.length) return
    this.starts = grown(this.starts, length)
    this.ends = grown(this.ends, length)
  }
}

/** The alignment of a text with itself; both units of a surrogate pair come from the pair. */
class UnchangedAlignment implements Alignment {
  constructor(
    private readonly text: string,
    private readonly offset: number,
  ) {}

  startOf(unit: number): number {
    const isSecondOfPair = unit > 0 && (this.text.codePointAt(unit - 1) ?? 0) > 0xffff
    return this.offset + (isSecondOfPair ? unit - 1 : unit)
  }

  endOf(unit: number): number {
    const isFirstOfPair = (this.text.codePointAt(unit) ?? 0) > 0xffff
    return this.offset + unit + (isFirstOfPair ? 2 : 1)
  }
}

/** An alignment written out: two numbers a unit. */
class ListedAlignment implements Alignment {
  constructor(
    private readonly starts: Int32Array,
    private readonly ends: Int32Array,
  ) {}

  startOf(unit: number): number {
    return this.starts[unit] ?? 0
  }

  endOf(unit: number): number {
    return this.ends[unit] ?? 0
  }
}

/** The character (code point) that starts at a unit; a lone surrogate counts as a character. */
export function characterAt(text: string, unit: number): string {
  const isPair = (text.codePointAt(unit) ?? 0) > 0xffff
  return isPair ? text.slice(unit, unit + 2) : text.charAt(unit)
}

/** A copy with room for at least `length` numbers; doubles, so that growing one by one stays linear. */
export function grown(numbers: Int32Array, length: number): Int32Array {
  const larger = new Int32Array(Math.max(length, 2 * numbers.length, 16))
  larger.set(numbers)
  return larger
}
