import { InvalidArgumentError } from 'commander'

/** Parses an option that is a whole number > 0. */
export function positiveNumber(text: string): number {
  const number = wholeNumber(text)
  if (number === 0) throw new InvalidArgumentError('It must be a whole number greater than 0.')
  return number
}

/** Parses an option that is a whole number >= 0. */
export function wholeNumber(text: string): number {
  if (!/^\d{1,9}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.')
  return Number(text)
}
