'use strict'
// Runs once a jest run, in the same process as the global setup. A run that is killed before it gets here leaves
// nothing behind either: the engines end with their parent.
module.exports = async function tearDown() {
  await globalThis.stopTestEngines?.()
}
