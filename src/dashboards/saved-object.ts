/** A link from one saved object to another. */
export interface SavedObjectReference {
  readonly name: string
  readonly type: string
  readonly id: string
}

/** An object of Kibana or OpenSearch Dashboards, as their export and import have it. */
export interface SavedObject {
  readonly type: 'dashboard' | 'index-pattern' | 'search' | 'visualization'
  readonly id: string
  readonly attributes: Readonly<Record<string, unknown>>
  readonly references: readonly SavedObjectReference[]
  /** Kibana from 8.8 on: releases whose form the object has. */
  readonly coreMigrationVersion?: string
  readonly typeMigrationVersion?: string
  /** OpenSearch Dashboards: the same, by type. */
  readonly migrationVersion?: Readonly<Record<string, string>>
}

/** Id of the data view, or index pattern, of all telemetry. */
export const DATA_VIEW_ID = 'splade-bridge-telemetry'

/** Where saved objects name what their search source reads. */
export const SOURCE_REFERENCE = 'kibanaSavedObjectMeta.searchSourceJSON.index'

/** @returns a link to the data view */
export function toDataView(name: string): SavedObjectReference {
  return { name, type: 'index-pattern', id: DATA_VIEW_ID }
}

/** One object a line and a summary at the end, as the products export them. */
export function toNdjson(objects: readonly SavedObject[]): string {
  const summary = {
    excludedObjects: [],
    excludedObjectsCount: 0,
    exportedCount: objects.length,
    missingRefCount: 0,
    missingReferences: [],
  }
  return [...objects, summary].map((line) => `${JSON.stringify(line)}\n`).join('')
}
