import type { RestCase } from './rest-case.js'
import { FORM_CASES } from './rest-form-cases.js'
import { READ_CASES } from './rest-read-cases.js'
import { searchCases } from './rest-search-cases.js'
import { WRITE_CASES } from './rest-write-cases.js'

/** Requests in an order in which one may rest on those before it; `$INDEX` stands for the name of the index. */
export const REST_CASES: readonly RestCase[] = [
  ...WRITE_CASES,
  ...searchCases(),
  ...FORM_CASES,
  ...READ_CASES,
]
