import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { alertFiles, alertText } from '../../../../src/dashboards/alerts/alert-files.js'
import { ALERT_RULES } from '../../../../src/dashboards/alerts/alert-rules.js'
import { PRODUCTS } from '../../../../src/dashboards/bundle.js'
import { member } from '../../../../src/engine/json.js'

const FOLDER = join(import.meta.dirname, '../../../../dashboards/alerts')

describe('alert rules', () => {
  it.each(PRODUCTS)(
    'for %s are the committed ones: dashboards export --alerts writes them anew',
    (product) => {
      const files = alertFiles(product)
      expect(readdirSync(join(FOLDER, product)).sort()).toEqual(files.map(({ name }) => name).sort())
      for (const file of files)
        expect(readFileSync(join(FOLDER, product, file.name), 'utf8')).toBe(alertText(file))
    },
  )

  it('have an id of their own, and a window that no look misses', () => {
    expect(new Set(ALERT_RULES.map(({ id }) => id)).size).toBe(ALERT_RULES.length)
    for (const { id, windowMinutes, everyMinutes } of ALERT_RULES)
      expect([id, windowMinutes >= everyMinutes]).toEqual([id, true])
  })

  it('for Kibana have what its API asks for, and a query that parses', () => {
    for (const { body } of alertFiles('kibana')) {
      expect(body).toMatchObject({ consumer: 'alerts', rule_type_id: '.es-query', actions: [] })
      const query: unknown = JSON.parse(String(member(body, 'params', 'esQuery')))
      expect(Object.keys(query as object)).toEqual(['query'])
      const aggType = member(body, 'params', 'aggType')
      expect(['count', 'avg', 'sum', 'min']).toContain(aggType)
      expect(member(body, 'params', 'aggField') === undefined).toBe(aggType === 'count')
    }
  })

  it('for Kibana count the events above the threshold in the place of a percentile', () => {
    const slow = alertFiles('kibana').find(({ name }) => name === 'slow-searches.json')!
    expect(member(slow.body, 'params')).toMatchObject({
      aggType: 'count',
      threshold: [20],
      esQuery: expect.stringContaining('{"range":{"splade.query.total_ms":{"gt":1000}}}') as unknown,
    })
  })
})
