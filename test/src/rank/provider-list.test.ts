import { readFile } from 'node:fs/promises'
import { expect } from 'chai'
import { parseProviderList } from '../../../src/rank/provider-list.ts'
import { refused } from '../../support/refused.ts'

const ENTRY = { network: 'calibration', id: 't01234', source: 'their page', note: 'by mail' }

function list(...providers: object[]): string {
  return JSON.stringify({ version: 1, providers })
}

describe('rank/provider-list', () => {
  it('reads the entries of one network', () => {
    const text = list(ENTRY, { network: 'filecoin', id: 'f05', source: 'x' })
    expect(parseProviderList(text, 'a list', 'calibration')).to.deep.equal([
      { id: 1234n, source: 'their page', note: 'by mail' },
    ])
    expect(parseProviderList(text, 'a list', 'filecoin')).to.deep.equal([
      { id: 5n, source: 'x', note: undefined },
    ])
    expect(parseProviderList(text, 'a list', 'localnet')).to.deep.equal([])
  })

  for (const [what, text, where] of [
    ['no JSON', '{', 'not JSON'],
    ['another version', '{"version":2,"providers":[]}', 'version'],
    ['an id that is none', list({ ...ENTRY, id: '1234' }), 'providers.0.id'],
    ['an entry without its source', list({ ...ENTRY, source: undefined }), 'providers.0.source'],
    ['an entry with an empty source', list({ ...ENTRY, source: '' }), 'providers.0.source'],
    ['a network that is none', list({ ...ENTRY, network: 'mars' }), 'providers.0.network'],
    ['fields of its own', list({ ...ENTRY, price: 1 }), 'providers.0'],
  ] as const)
    it(`refuses ${what}, and says where`, async () => {
      const error = await refused('ARGUMENT_INVALID', () =>
        parseProviderList(text, 'my.json', 'calibration'),
      )
      expect(error.message).to.include('my.json is no list of providers').and.include(where)
    })

  it('can read the list that ships with the project', async () => {
    const shipped = new URL('../../../src/flow/known-providers.json', import.meta.url)
    const text = await readFile(shipped, 'utf8')
    for (const network of ['calibration', 'filecoin'])
      for (const { source } of parseProviderList(text, 'shipped', network))
        expect(source).to.match(/\d{4}-\d{2}-\d{2}/)
  })
})
