import { describe, expect, it } from '@jest/globals'
import { reportSetup } from '../../../src/cli/set-up-report.js'
import type { ResourceChange } from '../../../src/engine/engine-resource.js'
import type { SetupPlan } from '../../../src/engine/set-up.js'
import { recordingTerminal } from './recording-terminal.js'

const META = {
  field: 'splade',
  textFields: ['text'],
  fieldType: 'rank_features',
  encoder: { name: 'model-a', fingerprint: 'aaaa' },
} as const
const TARGET = { kind: 'template', pattern: 'docs-*' } as const

const template = (shards: number): ResourceChange['resource'] => ({
  kind: 'index template',
  name: 'splade-bridge-docs',
  body: { version: 1, template: { settings: { index: { number_of_shards: shards } } } },
})

const UPDATE: SetupPlan = {
  meta: META,
  changes: [
    {
      resource: template(3),
      action: 'update',
      // Order and types as an engine gives them back.
      existing: { template: { settings: { index: { number_of_shards: '1' } } }, version: 1 },
    },
  ],
}

/** What a report writes. */
function written(plan: SetupPlan, flags: Parameters<typeof reportSetup>[3]): string {
  const terminal = recordingTerminal()
  reportSetup(terminal, plan, { target: TARGET }, flags)
  return terminal.printed()
}

describe('the report of a set-up', () => {
  it('shows of a dry run the lines that would change, and no others', () => {
    expect(written(UPDATE, { dryRun: true })).toBe(`--- engine/index-template/splade-bridge-docs
+++ splade-bridge/index-template/splade-bridge-docs
@@ -1,8 +1,8 @@
 {
   "template": {
     "settings": {
-      "index.number_of_shards": "1"
+      "index.number_of_shards": "3"
     }
   },
   "version": 1
 }
`)
  })

  it('shows what would be new against nothing, scripts line by line', () => {
    const resource = { kind: 'ingest pipeline', name: 'guard', body: { source: 'a\nb' } } as const
    const out = written({ meta: META, changes: [{ resource, action: 'create' }] }, { dryRun: true })
    expect(out).toContain('--- /dev/null\n+++ splade-bridge/ingest-pipeline/guard\n')
    expect(out).toContain('+  "source": [\n+    "a",\n+    "b"\n+  ]\n')
  })

  it('says that nothing would change', () => {
    const plan: SetupPlan = { meta: META, changes: [{ resource: template(1), action: 'keep' }] }
    expect(written(plan, { dryRun: true })).toBe('nothing would change\n')
  })

  it('names every change and the model', () => {
    expect(written(UPDATE, {})).toBe(
      'updated index template splade-bridge-docs for model model-a (fingerprint aaaa), rank_features field splade\n',
    )
  })

  it('is one JSON object on request', () => {
    expect(JSON.parse(written(UPDATE, { json: true, dryRun: true }))).toEqual({
      indexTemplate: 'docs-*',
      model: 'model-a',
      fingerprint: 'aaaa',
      field: 'splade',
      fieldType: 'rank_features',
      changes: [{ kind: 'index template', name: 'splade-bridge-docs', action: 'update' }],
      dryRun: true,
    })
  })
})
