/** What docs/storage-providers.md says of gas is what Gas.t.sol measured. */
import { expect } from 'chai'
import { readFile } from 'node:fs/promises'

describe('docs/storage-providers.md', () => {
  it('has the measured gas of both callbacks', async () => {
    const page = await readFile('docs/storage-providers.md', 'utf8')
    const [, table = ''] =
      /<!-- provider-gas:begin -->([\s\S]*?)<!-- provider-gas:end -->/.exec(page) ?? []
    const figures = JSON.parse(await readFile('test/contracts/client/gas.json', 'utf8')) as Record<
      string,
      number
    >
    for (const name of [
      'authenticate, by a clone',
      'notify, first replica, by a clone',
      'notify, second replica',
    ])
      expect(table, name).to.include(` ${figures[name]?.toLocaleString('en')} |`)
  })
})
