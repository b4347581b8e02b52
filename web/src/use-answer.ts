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
  const [state, setState] = useState<Asking<Answer>>({
    answer: undefined,
    isWaiting: false,
    error: undefined,
  })
  useEffect(() => {
    if (key === '') {
      setState({ answer: undefined, isWaiting: false, error: undefined })
      return
    }
    const controller = new AbortController()
    setState((before) => ({ ...before, isWaiting: true }))
    const run = async (): Promise<void> => {
      const settled = await settle(ask(controller.signal))
      if (!controller.signal.aborted) setState(settled)
    }
    const timer = setTimeout(() => void run(), WAIT_FOR_TYPING_MS)
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
    // `ask` is another function each time; `key` says whether it asks something else.
  }, [key])
  return state
}

async function settle<Answer>(question: Promise<Answer>): Promise<Asking<Answer>> {
  try {
    return { answer: await question, isWaiting: false, error: undefined }
  } catch (error) {
    return { answer: undefined, isWaiting: false, error: error instanceof ServerError ? error.message : '' }
  }
}
