const { TestEnvironment } = require('jest-environment-node')

// Native addons create typed arrays of the outer realm; without this, `instanceof Float32Array` is false
// inside a test although the value is one.
const SHARED = [
  'ArrayBuffer',
  'Uint8Array',
  'Int8Array',
  'Uint16Array',
  'Int32Array',
  'Float32Array',
  'Float64Array',
  'BigInt64Array',
  'BigUint64Array',
]

module.exports = class TypedArrayEnvironment extends TestEnvironment {
  async setup() {
    await super.setup()
    for (const name of SHARED) this.global[name] = globalThis[name]
  }
}
