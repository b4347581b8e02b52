import { createPrivateKey } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { requireCertificates, requireIdentity } from '../../../../src/proxy/http/tls-material.js'

const pem = (name: string): string => readFileSync(new URL(`tls/${name}.pem`, import.meta.url), 'utf8')
const locked = createPrivateKey(pem('server.key'))
  .export({ type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'right' })
  .toString()

describe('a certificate with its key', () => {
  it.each([
    ['as they are', pem('server.key'), undefined],
    ['with its passphrase', locked, 'right'],
  ])('is taken %s', (_, key, passphrase) => {
    const identity = { certificate: pem('server'), key, ...(passphrase !== undefined && { passphrase }) }
    expect(() => {
      requireIdentity('tls', identity)
    }).not.toThrow()
  })

  it.each([
    [
      'the key of another',
      pem('server'),
      pem('client.key'),
      undefined,
      'tls.key must be the key of the cert',
    ],
    [
      'a key in place of the certificate',
      pem('server.key'),
      pem('server.key'),
      undefined,
      'tls.certificate must',
    ],
    [
      'a certificate in place of the key',
      pem('server'),
      pem('server'),
      undefined,
      'tls.key must be a private',
    ],
    ['a locked key', pem('server'), locked, undefined, 'tls.key needs its passphrase'],
    ['another passphrase', pem('server'), locked, 'wrong', 'tls.key must open with the passphrase'],
  ])('is refused: %s', (_, certificate, key, passphrase, message) => {
    const identity = { certificate, key, ...(passphrase !== undefined && { passphrase }) }
    expect(() => {
      requireIdentity('tls', identity)
    }).toThrow(message)
  })
})

describe('certificates', () => {
  it('may be several in one text', () => {
    const subjects = requireCertificates('tls.clientCa', `${pem('authority')}\n${pem('client')}`)
    expect(subjects).toHaveLength(2)
  })

  it.each(['', 'a', pem('client.key'), pem('client').replace(/[A-Z]{5}/, 'AAAAA')])('are refused', (text) => {
    expect(() => requireCertificates('tls.clientCa', text)).toThrow(
      'tls.clientCa must be one or more certificates in PEM, received "another text (not shown)"',
    )
  })
})
