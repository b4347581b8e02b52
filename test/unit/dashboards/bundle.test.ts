import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from '@jest/globals'
import { Ajv } from 'ajv'
import { DASHBOARDS, dashboardObjects, PRODUCTS } from '../../../src/dashboards/bundle.js'
import type { ChartPanel, EventsPanel } from '../../../src/dashboards/definition.js'
import type { SavedObject } from '../../../src/dashboards/saved-object.js'
import { SAVED_SEARCHES } from '../../../src/dashboards/saved-searches.js'
import { toNdjson } from '../../../src/dashboards/saved-object.js'
import { arrayMember, member } from '../../../src/engine/json.js'
import {
  dashboardsOf,
  kibanaRequests,
  openSearchRequests,
  parseArray,
  requestFields,
} from '../../dashboard-requests.js'

const ROOT = join(import.meta.dirname, '../../..')

const TEXT = { type: 'string', minLength: 1 }
const REFERENCE = {
  type: 'object',
  properties: { name: TEXT, type: TEXT, id: TEXT },
  required: ['name', 'type', 'id'],
  additionalProperties: false,
}
const META = {
  type: 'object',
  properties: { searchSourceJSON: TEXT },
  required: ['searchSourceJSON'],
  additionalProperties: false,
}
/** What each type of object has to have, in the form of the releases that the bundles are for. */
const ATTRIBUTES: Readonly<Record<SavedObject['type'], readonly string[]>> = {
  'index-pattern': ['title', 'timeFieldName'],
  search: ['title', 'columns', 'sort', 'kibanaSavedObjectMeta'],
  visualization: ['title', 'visState', 'uiStateJSON', 'version', 'kibanaSavedObjectMeta'],
  dashboard: ['title', 'description', 'panelsJSON', 'optionsJSON', 'timeRestore', 'kibanaSavedObjectMeta'],
}

describe.each(PRODUCTS)('the bundle for %s', (product) => {
  it('is the committed one: dashboards export --for … writes it anew', async () => {
    const committed = readFileSync(join(ROOT, `dashboards/${product}/splade-bridge.ndjson`), 'utf8')
    expect(toNdjson(await dashboardObjects(product)) === committed).toBe(true)
  })

  it('has objects of the right form, with inner JSON that parses', async () => {
    const validate = new Ajv().compile(schema(product))
    for (const object of await dashboardObjects(product)) {
      expect([object.id, validate(object), validate.errors]).toEqual([object.id, true, null])
      expect(Object.keys(object.attributes)).toEqual(expect.arrayContaining([...ATTRIBUTES[object.type]]))
      for (const text of innerJson(object)) expect(() => JSON.parse(text) as unknown).not.toThrow()
    }
  })

  it('has each object once, and all that is referred to', async () => {
    const objects = await dashboardObjects(product)
    const names = objects.map(({ type, id }) => `${type}/${id}`)
    expect(new Set(names).size).toBe(names.length)
    const wanted = objects.flatMap(({ references }) => references.map(({ type, id }) => `${type}/${id}`))
    expect(wanted.filter((name) => !names.includes(name))).toEqual([])
  })

  it('names every reference that an inner text speaks of, and no other', async () => {
    for (const { id, references, attributes } of await dashboardObjects(product)) {
      const named = references.map(({ name }) => name)
      expect([id, new Set(named).size]).toEqual([id, named.length])
      const text = JSON.stringify(attributes)
      const spoken = Array.from(
        text.matchAll(/(?:indexRefName|panelRefName|indexPatternRefName)[\\"]+:[\\" ]*([^\\"]+)/g),
        ([, name]) => name!,
      )
      const isNamed = (name: string): boolean =>
        named.some((known) => known === name || known.endsWith(`:${name}`))
      expect([id, spoken.filter((name) => !isNamed(name))]).toEqual([id, []])
    }
  })

  it('keeps every dashboard to its own datasets, and panels apart', async () => {
    for (const { attributes } of dashboardsOf(await dashboardObjects(product))) {
      const source: unknown = JSON.parse(
        String(member(attributes, 'kibanaSavedObjectMeta', 'searchSourceJSON')),
      )
      expect(arrayMember(source, 'filter')).toHaveLength(1)
      expect(overlaps(parseArray(attributes.panelsJSON))).toEqual([])
    }
  })

  it('uses no field that the index template lacks', async () => {
    const objects = await dashboardObjects(product)
    const requests = product === 'kibana' ? kibanaRequests(objects) : openSearchRequests(objects)
    const known = templateFields()
    const columns = objects.flatMap(({ attributes }) => arrayMember(attributes, 'columns').map(String))
    const controls = DASHBOARDS.flatMap((dashboard) => dashboard.controls.map(({ field }) => field))
    const used = [...requests.flatMap(requestFields), ...columns, ...controls]
    expect(used.length).toBeGreaterThan(100)
    expect(used.filter((field) => !known.has(field))).toEqual([])
  })

  it('formats only fields that the index template has', async () => {
    const views = (await dashboardObjects(product)).filter(({ type }) => type === 'index-pattern')
    expect(views).toHaveLength(1)
    const formats = Object.keys(JSON.parse(String(views[0]?.attributes.fieldFormatMap)) as object)
    expect(formats.length).toBeGreaterThan(10)
    expect(formats.filter((field) => !templateFields().has(field))).toEqual([])
  })

  it('has a request for every panel of the definition', async () => {
    const objects = await dashboardObjects(product)
    const requests = product === 'kibana' ? kibanaRequests(objects) : openSearchRequests(objects)
    const panels = DASHBOARDS.flatMap((dashboard) => dashboard.panels)
    expect(requests).toHaveLength(panels.length + SAVED_SEARCHES.length)
  })
})

describe('figures of evaluations', () => {
  const relevance = DASHBOARDS.find(({ id }) => id === 'splade-bridge-relevance')!
  it.each(relevance.panels.map((panel) => [panel.id, panel] as const))(
    'in %s are of one model and one method each',
    (_, panel) => {
      const fields =
        panel.type === 'events' ? [] : panel.buckets.map((bucket) => bucket.by === 'value' && bucket.field)
      expect(fields).toEqual(expect.arrayContaining(['splade.model', 'splade.quality.method']))
    },
  )
})

describe('drill-downs of the bundle for Kibana', () => {
  it('lead to dashboards of the bundle that have a control for what is clicked, with filters and time', async () => {
    const dashboards = dashboardsOf(await dashboardObjects('kibana'))
    const found = dashboards.flatMap(({ id, attributes, references }) =>
      parseArray(attributes.panelsJSON).flatMap((panel) =>
        arrayMember(panel, 'embeddableConfig', 'enhancements', 'dynamicActions', 'events').map((event) => {
          const name = `${String(member(panel, 'panelIndex'))}:drilldown:DASHBOARD_TO_DASHBOARD_DRILLDOWN:${String(member(event, 'eventId'))}:dashboardId`
          const goal = references.find((reference) => reference.name === name)
          return { from: id, goal: goal?.id, config: member(event, 'action', 'config') }
        }),
      ),
    )
    expect(found.length).toBeGreaterThanOrEqual(4)
    for (const { goal, config } of found) {
      expect(dashboards.map(({ id }) => id)).toContain(goal)
      expect(config).toMatchObject({ useCurrentFilters: true, useCurrentDateRange: true })
    }
  })

  it.each(drillDowns())(
    'of %s lead from a field on show to one that %s has a control for',
    (_, goal, panel) => {
      const { field } = panel.drillDown!
      const shown =
        panel.type === 'events'
          ? panel.columns
          : panel.buckets.flatMap((bucket) => (bucket.by === 'value' ? [bucket.field] : []))
      expect(shown).toContain(field)
      const controls = DASHBOARDS.find(({ id }) => id === goal)?.controls ?? []
      expect(controls.map((control) => control.field)).toContain(field)
    },
  )

  it('are what a click on a model is for, and not one on the method beside it', async () => {
    const objects = await dashboardObjects('kibana')
    const relevance = objects.find(({ id }) => id === 'splade-bridge-relevance')!
    const columnsOf = (wanted: string): readonly unknown[] =>
      parseArray(relevance.attributes.panelsJSON)
        .filter((panel) => member(panel, 'panelIndex') === wanted)
        .flatMap((panel) =>
          arrayMember(panel, 'embeddableConfig', 'attributes', 'state', 'visualization', 'columns'),
        )
        .map((column) => member(column, 'oneClickFilter'))
        .filter((isClickable) => isClickable !== undefined)
    expect(columnsOf('models')).toEqual([true, false])
    expect(columnsOf('methods')).toEqual([true, true, true])
  })
})

/** Panel, goal and definition of each drill-down. */
function drillDowns(): readonly (readonly [string, string, ChartPanel | EventsPanel])[] {
  return DASHBOARDS.flatMap(({ panels }) =>
    panels.flatMap((panel) => {
      if (panel.type === 'vega' || panel.drillDown === undefined) return []
      return [[panel.id, panel.drillDown.dashboard, panel] as const]
    }),
  )
}

function schema(product: (typeof PRODUCTS)[number]): object {
  const versions =
    product === 'kibana'
      ? { coreMigrationVersion: { const: '8.8.0' }, typeMigrationVersion: TEXT }
      : { migrationVersion: { type: 'object', minProperties: 1, additionalProperties: TEXT } }
  const properties = {
    type: { enum: Object.keys(ATTRIBUTES) },
    id: { type: 'string', pattern: '^splade-bridge-[a-z0-9-]+$' },
    attributes: { type: 'object', properties: { title: TEXT, kibanaSavedObjectMeta: META } },
    references: { type: 'array', items: REFERENCE },
    ...versions,
  }
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false }
}

/** Every attribute that is JSON within JSON, at any depth. */
function innerJson(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) =>
    typeof inner === 'string' && /JSON$|^visState$|^spec$|^fieldFormatMap$/.test(name)
      ? [inner]
      : innerJson(inner),
  )
}

function overlaps(panels: readonly unknown[]): readonly string[] {
  const places = panels.map((panel) => member(panel, 'gridData') as Record<'x' | 'y' | 'w' | 'h', number>)
  const cells = places.flatMap(({ x, y, w, h }) =>
    Array.from({ length: w * h }, (_, cell) => `${x + (cell % w)},${y + Math.floor(cell / w)}`),
  )
  const seen = new Set<string>()
  return cells.filter((cell) => seen.has(cell) || !seen.add(cell) || Number.parseInt(cell) >= 48)
}

function templateFields(): ReadonlySet<string> {
  const template: unknown = JSON.parse(readFileSync(join(ROOT, 'mappings/telemetry.json'), 'utf8'))
  const fields = new Set<string>()
  const visit = (mappings: unknown, path: string): void => {
    for (const [name, field] of Object.entries(member(mappings, 'properties') ?? {})) {
      if (typeof member(field, 'type') === 'string') fields.add(path + name)
      visit(field, `${path}${name}.`)
    }
  }
  visit(member(template, 'template', 'mappings'), '')
  return fields
}
