/**
 * Errors of the bridge. Every error carries a stable `code` that scripts may compare; messages name the file,
 * line, option, field or token at fault and the rule that it breaks.
 */

/** Base of every error thrown on purpose by this library. */
export class SpladeBridgeError extends Error {
  /** Stable, upper-case identifier of the kind of failure. */
  readonly code: string

  constructor(code: string, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = new.target.name
    this.code = code
  }
}

/** What an error says of a value that is a secret, or too long to be repeated. */
export const NOT_SHOWN = 'another text (not shown)'

/** An option, environment variable or configuration file value breaks its rule. */
export class ConfigurationError extends SpladeBridgeError {
  constructor(
    readonly option: string,
    /** What the option must be, to be put after a name. */
    readonly rule: string,
    readonly received: unknown,
  ) {
    super('CONFIGURATION', `${option} ${rule}, received ${show(received)}`)
  }
}

/** A model folder cannot be used; the message lists what was found. */
export class ModelError extends SpladeBridgeError {
  constructor(message: string, options?: ErrorOptions) {
    super('MODEL', message, options)
  }
}

/** A model hub refused a request, or could not be reached (`status` 0). */
export class HubError extends SpladeBridgeError {
  constructor(
    message: string,
    readonly status: number,
    options?: ErrorOptions,
  ) {
    super('HUB', message, options)
  }
}

/** A text cannot be turned into a sparse vector. */
export class EncodingError extends SpladeBridgeError {
  constructor(message: string, options?: ErrorOptions) {
    super('ENCODING', message, options)
  }
}

/** A token or weight cannot be stored in, or queried from, the engine's field. */
export class FeatureError extends SpladeBridgeError {
  constructor(message: string) {
    super('FEATURE', message)
  }
}

/** An input record breaks a rule; names the file and the line (1-based). */
export class InputError extends SpladeBridgeError {
  constructor(
    readonly file: string,
    readonly line: number | undefined,
    /** What is wrong there, to be put after the place. */
    readonly rule: string,
    options?: ErrorOptions,
  ) {
    super('INPUT', line === undefined ? `${file}: ${rule}` : `${file}:${line}: ${rule}`, options)
  }
}

/** The engine answered with an error, or could not be reached (`status` 0). */
export class EngineError extends SpladeBridgeError {
  constructor(
    message: string,
    readonly status: number,
    options?: ErrorOptions,
  ) {
    super('ENGINE', message, options)
  }
}

/** The embedded engine cannot start or stop as asked. */
export class EmbeddedEngineError extends SpladeBridgeError {
  constructor(message: string, options?: ErrorOptions) {
    super('EMBEDDED_ENGINE', message, options)
  }
}

function show(received: unknown): string {
  return typeof received === 'string' ? JSON.stringify(received) : String(received)
}
