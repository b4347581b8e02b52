/** Most buckets of equal width. */
const BUCKETS = 10
/** From this ratio of the largest to the smallest on, equal widths would put nearly all into one bucket. */
const LONG_TAIL = 10

/**
 * Where the buckets of a distribution begin: at equal distances, or, where the largest is many times the smallest, in steps
 * of 1, 2 and 5 times the powers of ten.
 *
 * @param min smallest whole number that is there, from 0
 * @param max largest
 * @returns ascending; the first is not above `min`, the last not above `max`
 */
export function histogramEdges(min: number, max: number): readonly number[] {
  const isLong = max >= LONG_TAIL * Math.max(1, min) && max - min >= BUCKETS
  return isLong ? roundEdges(min, max) : equalEdges(min, max)
}

function equalEdges(min: number, max: number): readonly number[] {
  const width = Math.max(1, Math.ceil((max - min + 1) / BUCKETS))
  return Array.from({ length: Math.floor((max - min) / width) + 1 }, (_, place) => min + place * width)
}

function roundEdges(min: number, max: number): readonly number[] {
  const powers = Array.from({ length: Math.floor(Math.log10(max)) + 1 }, (_, exponent) => 10 ** exponent)
  const steps = [0, ...powers.flatMap((power) => [power, 2 * power, 5 * power])].filter((step) => step <= max)
  const first = steps.findLastIndex((step) => step <= min)
  return steps.slice(first)
}
