/** Bytes of the longest character in UTF-8, less one: fewer, and not whole, are a part of one character. */
const MAX_PART_BYTES = 3

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/**
 * Bytes of UTF-8 as people read them. Those that are only a part of a character are named by the character that they come
 * from, where the text is at hand: `닭[1-2/3]` are the first two of the three bytes of 닭. Else by their values:
 * `bytes EB 8B`.
 *
 * @param standsIn the whole characters of the text that the bytes stand in
 */
export function readableBytes(bytes: Uint8Array, standsIn?: string): string {
  const stretches = stretchesOf(bytes)
  const isWhole = stretches.every((stretch) => typeof stretch === 'string')
  if (isWhole) return stretches.join('')
  const inText =
    standsIn === undefined
      ? undefined
      : (partsOf(standsIn, bytes) ?? partsOf(standsIn.normalize('NFC'), bytes))
  return (
    inText ??
    stretches.map((stretch) => (typeof stretch === 'string' ? stretch : byValue(stretch))).join(' + ')
  )
}

/** Whether bytes of UTF-8 are one character, or a part of one. */
export function isOneCharacter(bytes: Uint8Array): boolean {
  const text = decoded(bytes)
  return text === undefined ? bytes.length <= MAX_PART_BYTES : Array.from(text).length <= 1
}

/** Whole characters as text, bytes that make none by themselves; in order. */
function stretchesOf(bytes: Uint8Array): readonly (string | readonly number[])[] {
  const stretches: (string | number[])[] = []
  for (let place = 0; place < bytes.length;) {
    const last = stretches.at(-1)
    const character = characterAt(bytes, place)
    if (character === undefined) {
      const byte = bytes[place] ?? 0
      if (Array.isArray(last)) last.push(byte)
      else stretches.push([byte])
      place++
    } else {
      if (typeof last === 'string') stretches[stretches.length - 1] = last + character
      else stretches.push(character)
      place += Buffer.byteLength(character)
    }
  }
  return stretches
}

/** @returns undefined where no whole character begins there */
function characterAt(bytes: Uint8Array, place: number): string | undefined {
  const lead = bytes[place] ?? 0
  const length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4
  return place + length > bytes.length ? undefined : decoded(bytes.subarray(place, place + length))
}

/** @returns undefined for what is not whole UTF-8 */
function decoded(bytes: Uint8Array): string | undefined {
  try {
    return decoder.decode(bytes)
  } catch {
    return undefined
  }
}

function byValue(bytes: readonly number[]): string {
  return `bytes ${bytes.map((byte) => byte.toString(16).toUpperCase().padStart(2, '0')).join(' ')}`
}

/** @returns undefined where the text does not have the bytes: a normalizer has changed it before it was cut */
function partsOf(text: string, bytes: Uint8Array): string | undefined {
  const whole = Buffer.from(text)
  const start = whole.indexOf(bytes)
  if (start < 0) return undefined
  const isSure = whole.indexOf(bytes, start + 1) < 0
  const end = start + bytes.length
  let place = 0
  let shown = ''
  for (const character of text) {
    const length = Buffer.byteLength(character)
    const from = Math.max(start, place) - place
    const to = Math.min(end, place + length) - place
    if (from < to)
      shown += to - from === length ? character : `${character}[${isSure ? range(from, to) : '?'}/${length}]`
    place += length
  }
  return shown
}

/** Bytes counted from 1. */
function range(from: number, to: number): string {
  return to - from === 1 ? `${to}` : `${from + 1}-${to}`
}
