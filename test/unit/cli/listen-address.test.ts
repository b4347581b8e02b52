import { once } from 'node:events'
import { type AddressInfo, createServer, type Server } from 'node:net'
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals'
import { UsageError } from '../../../src/cli/exit.js'
import { listenOn, parseListenAddress } from '../../../src/cli/listen-address.js'

describe('parseListenAddress', () => {
  it('reads host and port, of IPv6 in brackets', () => {
    expect(parseListenAddress('localhost:80')).toEqual({ host: 'localhost', port: 80 })
    expect(parseListenAddress('[::1]:9300')).toEqual({ host: '::1', port: 9300 })
  })

  it.each(['9400', ':9400', 'localhost', 'localhost:65536'])('refuses %s', (text) => {
    expect(() => parseListenAddress(text)).toThrow('It must be host:port, as in 127.0.0.1:8080.')
  })
})

describe('listenOn', () => {
  let server: Server

  beforeEach(() => {
    server = createServer()
  })
  afterEach(() => {
    server.close()
  })

  /** As the servers of commands listen. */
  const listening = {
    async listen(host: string, port: number): Promise<string> {
      server.listen(port, host)
      await once(server, 'listening')
      return `http://${host}:${(server.address() as AddressInfo).port}`
    },
  }

  it('names the option where the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    await once(other, 'listening')
    const { port } = other.address() as AddressInfo
    const refused = listenOn(listening, { host: '127.0.0.1', port })
    await expect(refused).rejects.toThrow(
      new UsageError(`port ${port} of 127.0.0.1 is taken; choose another with --listen`),
    )
    other.close()
  })

  it('names the option where the address is none of this machine', async () => {
    // TEST-NET-1 of RFC 5737.
    const refused = listenOn(listening, { host: '192.0.2.1', port: 0 })
    await expect(refused).rejects.toThrow(UsageError)
    await expect(refused).rejects.toThrow(/^--listen cannot be 192\.0\.2\.1:0: .*EADDRNOTAVAIL/)
  })
})
