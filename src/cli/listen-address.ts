import { InvalidArgumentError, Option } from 'commander'
import { UsageError } from './exit.js'

/** Where a server of this tool listens. */
export interface ListenAddress {
  readonly host: string
  readonly port: number
}

/** `--listen`, on the loopback address unless told otherwise. */
export function listenOption(port: number): Option {
  const address: ListenAddress = { host: '127.0.0.1', port }
  return new Option('--listen <host:port>', 'address to listen on')
    .argParser(parseListenAddress)
    .default(address, `${address.host}:${port}`)
}

/** Parses `host:port`, also `[::1]:9300`. */
export function parseListenAddress(text: string): ListenAddress {
  const [, host = '', port = ''] = /^(.+):(\d{1,5})$/.exec(text) ?? []
  if (host === '' || Number(port) > 65_535)
    throw new InvalidArgumentError('It must be host:port, as in 127.0.0.1:8080.')
  return { host: host.replace(/^\[|\]$/g, ''), port: Number(port) }
}

/** @throws UsageError if the port is taken, or the address is none of this machine's */
export async function listenOn(
  server: { listen(host: string, port: number): Promise<string> },
  { host, port }: ListenAddress,
): Promise<string> {
  return server.listen(host, port).catch((cause: unknown) => {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'EADDRINUSE')
      throw new UsageError(`port ${port} of ${host} is taken; choose another with --listen`)
    if (code !== undefined)
      throw new UsageError(`--listen cannot be ${host}:${port}: ${(cause as Error).message}`)
    throw cause
  })
}
