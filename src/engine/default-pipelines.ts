import { type JsonObject, member, stringMember } from './json.js'

/** Names of the pipelines that documents and searches of an index go through. */
export interface DefaultPipelines {
  readonly ingest?: string | undefined
  readonly search?: string | undefined
}

/** As settings below `index`. */
export function toPipelineSettings({ ingest, search }: DefaultPipelines): JsonObject {
  return {
    ...(ingest !== undefined && { default_pipeline: ingest }),
    ...(search !== undefined && { search: { default_pipeline: search } }),
  }
}

/** @param settings what {@link toPipelineSettings} gives, in an engine's answer among others */
export function pipelinesIn(settings: unknown): DefaultPipelines {
  return {
    ingest: stringMember(settings, 'default_pipeline'),
    search: stringMember(member(settings, 'search'), 'default_pipeline'),
  }
}
