import { expect } from 'chai'
import { isCarWanted } from '../../../src/depot/format.ts'

describe('depot/format', () => {
  const rows: [query: Record<string, unknown>, accept: string | undefined, want: boolean][] = [
    [{}, undefined, true],
    [{}, '', true],
    [{}, '*/*', true],
    [{}, 'application/vnd.ipld.car', true],
    [{}, 'Application/Vnd.Ipld.Car; version=1; order=dfs; dups=n', true],
    [{}, 'text/html,application/xhtml+xml,*/*;q=0.8', true],
    [{}, 'application/*', true],
    [{}, 'application/vnd.ipld.car; version=2', false],
    [{}, 'application/vnd.ipld.car;q=0', false],
    [{}, 'text/html', false],
    [{}, 'application/vnd.ipld.raw', false],
    [{ format: 'car' }, 'text/html', true],
    [{ format: 'raw' }, undefined, false],
    [{ format: ['car', 'raw'] }, undefined, false],
    [{ 'dag-scope': 'all' }, undefined, true],
    [{ 'dag-scope': 'block' }, undefined, false],
    [{ format: 'car', 'entity-bytes': '0:5' }, undefined, false],
  ]
  for (const [query, accept, want] of rows) {
    const says = want ? 'serves' : 'refuses'
    it(`${says} a CAR for ${JSON.stringify(query)} and Accept ${accept}`, () =>
      expect(isCarWanted(query, accept)).to.equal(want))
  }
})
