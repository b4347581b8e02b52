import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { createSecureContext } from 'node:tls'
import { ConfigurationError, NOT_SHOWN } from '../../errors.js'

/** A certificate with its key, in PEM. */
export interface TlsIdentity {
  /** The certificate first, then those that lead to its authority. */
  readonly certificate: string
  readonly key: string
  readonly passphrase?: string
}

const CERTIFICATE =
  /-----BEGIN (?:X509 |TRUSTED )?CERTIFICATE-----[^-]+-----END (?:X509 |TRUSTED )?CERTIFICATE-----/g

/**
 * @param option where the identity stands, such as `tls`: errors name `tls.certificate` and `tls.key`
 * @throws ConfigurationError for a text that is no certificate or no key, and for a key of another certificate
 */
export function requireIdentity(option: string, identity: TlsIdentity): void {
  const { certificate: cert, key, passphrase } = identity
  const [certificate] = requireCertificates(`${option}.certificate`, cert)
  const privateKey = readKey(`${option}.key`, identity)
  if (certificate?.checkPrivateKey(privateKey) !== true)
    throw new ConfigurationError(`${option}.key`, 'must be the key of the certificate', NOT_SHOWN)
  try {
    createSecureContext({ cert, key, ...(passphrase !== undefined && { passphrase }) })
  } catch (error) {
    const rule = `cannot be used for TLS (${(error as Error).message})`
    throw new ConfigurationError(`${option}.certificate`, rule, NOT_SHOWN)
  }
}

/**
 * The certificates of a PEM text.
 *
 * @throws ConfigurationError naming the option where there is none, or one that cannot be read
 */
export function requireCertificates(option: string, pem: string): readonly X509Certificate[] {
  const rule = 'must be one or more certificates in PEM'
  const blocks = pem.match(CERTIFICATE) ?? []
  if (blocks.length === 0) throw new ConfigurationError(option, rule, NOT_SHOWN)
  try {
    return blocks.map((block) => new X509Certificate(block))
  } catch {
    throw new ConfigurationError(option, rule, NOT_SHOWN)
  }
}

function readKey(option: string, { key, passphrase }: TlsIdentity): KeyObject {
  try {
    return createPrivateKey({ key, ...(passphrase !== undefined && { passphrase }) })
  } catch {
    throw new ConfigurationError(option, keyRule(key, passphrase), NOT_SHOWN)
  }
}

function keyRule(key: string, passphrase: string | undefined): string {
  if (!key.includes('ENCRYPTED')) return 'must be a private key in PEM'
  return passphrase === undefined ? 'needs its passphrase' : 'must open with the passphrase'
}
