import type { IncomingMessage } from 'node:http'

/** Reads an HTTP message's body. */
export async function wholeBody(message: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of message) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
