import { useEffect, useState } from 'preact/hooks'
import { ServerError } from './server.js'

/** How a question to the server stands. The last answer stays until there is another one. */
export interface Asking<Answer> {
  readonly answer: Answer | undefined
  readonly isWaiting: boolean
  /** Undefined if all is well; '' if the server cannot be reached. */
  readonly error: string | undefined
}

const WAIT_FOR_TYPING_MS = 120

/**
 * Asks whenever `key` changes, a moment after the last change, and forgets what is no longer wanted.
 *
 * @param key what is asked, in words; '' asks nothing
 */
export function useAnswer<Answer>(
  key: string,
  ask: (signal: AbortSignal) => Promise<Answer>,
): Asking<Answer> {
  const [settled, setSettled] = useState<Settled<Answer>>(NOTHING)
  useEffect(() => {
    if (key === '') {
      setSettled(NOTHING)
      return
    }
    const controller = new AbortController()
    const run = async (): Promise<void> => {
      const outcome = await settle(key, ask(controller.signal))
      if (!controller.signal.aborted) setSettled(outcome)
    }
    const timer = setTimeout(() => void run(), WAIT_FOR_TYPING_MS)
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
    // `ask` is another function each time; `key` says whether it asks something else.
  }, [key])
  // Derived, not stored: an answer is never shown as the one to a newer question, not even for a moment.
  return { answer: settled.answer, error: settled.error, isWaiting: key !== '' && settled.key !== key }
}

/** How the question `key` ended. */
interface Settled<Answer> extends Pick<Asking<Answer>, 'answer' | 'error'> {
  readonly key: string
}

const NOTHING: Settled<never> = { key: '', answer: undefined, error: undefined }

async function settle<Answer>(key: string, question: Promise<Answer>): Promise<Settled<Answer>> {
  try {
    return { key, answer: await question, error: undefined }
  } catch (error) {
    return { key, answer: undefined, error: error instanceof ServerError ? error.message : '' }
  }
}
