import { useEffect, useState } from 'preact/hooks'

/** `push` for a step that the reader can go back from, `replace` for one on the way, such as a letter of a query. */
export type Step = 'push' | 'replace'
export type Go = (address: string, step: Step) => void

/** What the reader looks at, as the address says it: from `?` on, and '' for the page as it is opened. */
export function useAddress(): readonly [string, Go] {
  const [address, setAddress] = useState(() => location.search)
  useEffect(() => {
    const follow = (): void => {
      setAddress(location.search)
    }
    window.addEventListener('popstate', follow)
    return () => {
      window.removeEventListener('popstate', follow)
    }
  }, [])
  const go: Go = (next, step) => {
    if (next === address) return
    const url = next === '' ? location.pathname : next
    if (step === 'push') history.pushState(null, '', url)
    else history.replaceState(null, '', url)
    setAddress(next)
  }
  return [address, go]
}

/** A part of the page with an address of its own. */
export interface ViewProps {
  /** Its last one while another view is on show. */
  readonly address: string
  readonly go: Go
}
