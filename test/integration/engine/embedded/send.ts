/**
 * Sends one request straight to a node, so that these tests do not depend on the bridge's own client.
 *
 * @returns the parsed answer
 * @throws Error with the node's answer for any status but 2xx
 */
export async function send(method: string, url: string, body?: object): Promise<unknown> {
  const payload = body === undefined ? {} : { body: JSON.stringify(body) }
  const response = await fetch(url, { method, headers: { 'content-type': 'application/json' }, ...payload })
  if (response.ok) return response.json()
  throw new Error(`${method} ${url}: ${response.status} ${await response.text()}`)
}
