import type { ServerResponse } from 'node:http'
import type { Duplex } from 'node:stream'

const NONE: ReadonlySet<ServerResponse> = new Set()

/**
 * The answers that connections still wait for, in the order of their requests. Where a client pipelines requests and
 * cuts the connection, Node closes the answer under way and forgets those behind it: they would be in flight for ever.
 */
export class OpenAnswers {
  readonly #ofConnection = new WeakMap<Duplex, Set<ServerResponse>>()

  add(connection: Duplex, response: ServerResponse): void {
    const answers = this.#ofConnection.get(connection) ?? this.#open(connection)
    answers.add(response)
    response.once('close', () => answers.delete(response))
  }

  /** The answer that has to be sent next on a connection. */
  current(connection: Duplex): ServerResponse | undefined {
    return this.#ofConnection.get(connection)?.values().next().value
  }

  /** True once an answer has been given that is the connection's last: what comes behind it is nobody's request. */
  isClosing(connection: Duplex): boolean {
    if (connection.writableEnded) return true
    for (const { shouldKeepAlive } of this.#ofConnection.get(connection) ?? NONE)
      if (!shouldKeepAlive) return true
    return false
  }

  #open(connection: Duplex): Set<ServerResponse> {
    const answers = new Set<ServerResponse>()
    this.#ofConnection.set(connection, answers)
    connection.once('close', () => {
      for (const response of answers) closeWaiting(response)
    })
    return answers
  }
}

/** Only the answer whose turn it is has a socket, and is closed with it. */
function closeWaiting(response: ServerResponse): void {
  if (response.socket !== null) return
  response.destroy()
  response.emit('close')
}
