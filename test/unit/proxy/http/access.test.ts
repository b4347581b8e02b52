import { describe, expect, it } from '@jest/globals'
import { type AccessRules, createAccessCheck } from '../../../../src/proxy/http/access.js'

const statusFor = (rules: AccessRules, target: string): number | undefined =>
  createAccessCheck(rules)?.(target)?.status

describe('lists of indices', () => {
  const allow = { allowIndices: ['articles-*', 'books'] }
  it.each([
    ['/books/_search'],
    ['/books'],
    ['/articles-2026/_doc/1'],
    ['/articles-2*/_search'],
    ['/books,articles-1/_count?q=a'],
    ['/articles-*,-articles-old/_search'],
    ['/%62ooks/_search'],
    ['/'],
    ['/_search/scroll'],
    ['/_cluster/health'],
    ['/books/_clone/articles-2'],
    ['/articles-1/_rollover'],
  ])('open %s', (target) => {
    expect(statusFor(allow, target)).toBeUndefined()
  })

  it.each([
    ['/secret/_search'],
    ['/books,secret/_search'],
    ['/*/_search'],
    ['/_all/_search'],
    ['/article*/_search'],
    ['/-books/_search'],
    ['/_search'],
    ['/_cat/indices'],
    ['/<books-{now/d}>/_search'],
    ['/remote:books/_search'],
    ['/_bulk'],
    ['/books/_bulk'],
    ['/books/_msearch'],
    ['/_plugins/_sql'],
    ['/_snapshot/a/b/_restore'],
    ['/books/_clone/secret'],
    ['/books/_split/secret'],
    ['/books/_shrink/secret'],
    ['/books/_rollover/secret'],
    ['/%2D%62ooks/_search'],
    ['/%3Cbooks-%7Bnow%2Fd%7D%3E/_search'],
    ['/books%2Csecret/_search'],
    ['/%5Fall/_search'],
    ['/%2a/_search'],
  ])('close %s', (target) => {
    expect(statusFor(allow, target)).toBe(403)
  })

  it.each([
    ['/books//_search'],
    ['/books/../secret/_search'],
    ['/books/%2e%2e/secret/_search'],
    ['//secret/_search'],
    ['/%zz/_search'],
    ['/books%00/_search'],
    ['/books\\..\\secret'],
  ])('refuse %s, which two parsers may read differently', (target) => {
    expect(statusFor(allow, target)).toBe(400)
  })

  it('take a slash inside an encoded name for a part of the name', () => {
    expect(statusFor(allow, '/books%2Fsecret/_search')).toBe(403)
    expect(statusFor(allow, '/books/_doc/a%2Fb')).toBeUndefined()
  })

  it.each([
    ['/secret-a/_search'],
    ['/sec*/_search'],
    ['/*-a/_search'],
    ['/_all'],
    ['/open,secret-b/_search'],
  ])('that deny close %s, whatever a wildcard could reach', (target) => {
    expect(statusFor({ denyIndices: ['secret-*'] }, target)).toBe(403)
  })

  it('let a path that is opened by name through', () => {
    const rules = { ...allow, allowPaths: ['/_bulk', '/books/*'] }
    expect(statusFor(rules, '/_bulk')).toBeUndefined()
    expect(statusFor(rules, '/books/_bulk')).toBeUndefined()
    expect(statusFor(rules, '/articles-1/_search')).toBe(403)
  })
})

describe('lists of paths', () => {
  it.each([
    [{ allowPaths: ['/*/_search'] }, '/a/_search?x=1', undefined],
    [{ allowPaths: ['/*/_search'] }, '/a/_search/scroll', 403],
    [{ denyPaths: ['/_cluster/*'] }, '/_cluster/settings', 403],
    [{ denyPaths: ['/_cluster/*'] }, '/%5Fcluster/settings', 403],
    [{ denyPaths: ['/_cluster/*'] }, '/_cluster/settings/', 403],
    [{ denyPaths: ['/_cluster/*'] }, '/a/_search', undefined],
  ])('%j and %s: %s', (rules, target, status) => {
    expect(statusFor(rules, target)).toBe(status)
  })

  it.each([
    [{ allowPaths: ['a'] }, 'path pattern'],
    [{ denyIndices: ['a,b'] }, 'index pattern'],
    [{ allowIndices: [''] }, 'index pattern'],
  ])('%j does not start', (rules, message) => {
    expect(() => createAccessCheck(rules)).toThrow(message)
  })

  it('are not looked into where there are none', () => {
    expect(createAccessCheck({})).toBeUndefined()
  })
})
