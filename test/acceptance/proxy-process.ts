import { once } from 'node:events'
import type { CliHome, CliOptions, RunningCli } from './cli-process.js'

/** A proxy that runs as a process of its own. */
export interface ProxyProcess {
  readonly url: string
  /** What it printed once it listened. */
  readonly printed: Readonly<Record<string, unknown>>
  readonly running: RunningCli
  stop(): Promise<Awaited<RunningCli['result']>>
}

/** Starts `splade-bridge proxy` on a free port and waits until it listens. */
export async function startCliProxy(
  home: CliHome,
  args: readonly string[],
  options: CliOptions = {},
): Promise<ProxyProcess> {
  const running = home.start(['proxy', '--listen', '127.0.0.1:0', '--json', ...args], options)
  const first = await Promise.race([once(running.child.stdout, 'data'), running.result])
  if (!Array.isArray(first)) throw new Error(`the proxy ended: ${first.err}`)
  const printed = JSON.parse(String(first[0])) as { readonly url: string }
  const stop = (): RunningCli['result'] => {
    running.child.kill('SIGTERM')
    return running.result
  }
  return { url: printed.url, printed, running, stop }
}
